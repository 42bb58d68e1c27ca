#include "base/url.hpp"

#include <charconv>

namespace dockerext {
namespace {

constexpr std::string_view unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";

Result<char> decode_hex(std::string_view digits) {
    unsigned value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
    if (error != std::errc() || end != digits.data() + 2 || value == 0)
        return Error(ErrorKind::invalid_input, "bad percent encoding in '" + std::string(digits) + "'");
    return static_cast<char>(value);
}

}  // namespace

std::optional<Url> split_url(std::string_view text) {
    constexpr std::string_view mark = "://";
    const std::size_t end = text.find(mark);
    if (end == std::string_view::npos) return std::nullopt;
    return Url{text.substr(0, end), text.substr(end + mark.size())};
}

bool is_web(const std::optional<Url>& url) {
    return url && (url->scheme == "https" || url->scheme == "http");
}

std::string percent_encoded(std::string_view text) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (unreserved.find(c) != std::string_view::npos) out += c;
        else out += {'%', digits[byte >> 4U], digits[byte & 15U]};
    }
    return out;
}

Result<std::string> percent_decoded(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out += text[i] == '+' ? ' ' : text[i];
            continue;
        }
        auto letter = decode_hex(text.substr(i + 1, 2));
        if (!letter) return letter.error();
        out += *letter;
        i += 2;
    }
    return out;
}

}  // namespace dockerext
