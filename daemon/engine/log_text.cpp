#include "engine/log_text.hpp"

#include "base/utf8.hpp"

#include <cstddef>
#include <optional>

namespace dockerext::engine {
namespace {

constexpr std::size_t frame_head = 8;

/// The payload's size, if a frame's head is what `text` begins with.
std::optional<std::size_t> payload_size(std::string_view text) {
    if (text.size() < frame_head || text[0] < 0 || text[0] > 3 ||
        text.substr(1, 3) != std::string_view("\0\0\0", 3)) {
        return {};
    }
    std::size_t size = 0;
    for (const char c : text.substr(4, 4)) size = size << 8 | static_cast<unsigned char>(c);
    return size <= text.size() - frame_head ? std::optional(size) : std::nullopt;
}

/// The text within the frames; none if it is not framed from end to end. The answer's
/// Content-Type says it only from API 1.42 on.
std::optional<std::string> unframed(std::string_view body) {
    std::string out;
    while (!body.empty()) {
        const auto size = payload_size(body);
        if (!size) return {};
        out += body.substr(frame_head, *size);
        body.remove_prefix(frame_head + *size);
    }
    return out;
}

}  // namespace

std::string log_text(std::string_view body) {
    const auto text = unframed(body);
    return valid_utf8(text ? std::string_view(*text) : body);
}

}  // namespace dockerext::engine
