#include "engine/json_lines.hpp"

#include "engine/response.hpp"

#include <utility>

namespace dockerext::engine {
namespace {

constexpr std::size_t longest_line = std::size_t{1} << 20;

}  // namespace

/// Takes a complete line that is not blank; at the stream's end also an unterminated one.
std::optional<std::string> JsonLines::next_line() {
    for (;;) {
        const auto end = pending_.find('\n', searched_);
        if (end == std::string::npos && (!ended_ || pending_.empty())) {
            searched_ = pending_.size();
            return {};
        }
        std::string line = pending_.substr(0, end);
        // Copied to new memory: the returned part may be secret, and the stream may last for months.
        std::string rest = end == std::string::npos ? std::string() : pending_.substr(end + 1);
        pending_.swap(rest);
        searched_ = 0;
        if (line.find_first_not_of(" \t\r") != std::string::npos) return line;
    }
}

Task<Result<std::optional<JsonDocument>>> JsonLines::next(Duration inactivity) {
    std::optional<std::string> line = next_line();
    while (!line && !ended_) {
        if (pending_.size() > longest_line) co_return Error(ErrorKind::unavailable, "a line of over 1 MiB");
        const auto piece = co_await stream_.read(inactivity);
        if (!piece) co_return piece.error();
        ended_ = piece->empty();
        pending_ += *piece;
        line = next_line();
    }
    if (!line) co_return std::optional<JsonDocument>{};
    auto json = parse_json(*line);
    if (!json) co_return redacted(json.error(), redact_);
    co_return std::optional(std::move(*json));
}

}  // namespace dockerext::engine
