#include "model/join_token.hpp"

#include "base/ascii.hpp"
#include "base/split.hpp"

#include <algorithm>

namespace dockerext::model {
namespace {

constexpr std::size_t token_digest_size = 50;
constexpr std::size_t token_secret_size = 25;

bool is_base36(std::string_view text, std::size_t size) {
    return text.size() == size && std::all_of(text.begin(), text.end(),
                                              [](char c) { return is_digit(c) || (c >= 'a' && c <= 'z'); });
}

/// Whether the parts before the digest are those of a version that exists.
bool is_known_version(const std::vector<std::string_view>& parts) {
    if (parts[0] != "SWMTKN") return false;
    if (parts.size() == 4) return parts[1] == "1";
    return parts.size() == 5 && parts[1] == "2" && (parts[2] == "0" || parts[2] == "1");
}

}  // namespace

std::optional<JoinToken> parse_join_token(std::string_view text) {
    const auto parts = split(text, '-');
    if (!is_known_version(parts)) return std::nullopt;
    const JoinToken token{parts[parts.size() - 2], parts.back()};
    const bool is_whole =
        is_base36(token.digest, token_digest_size) && is_base36(token.secret, token_secret_size);
    return is_whole ? std::optional(token) : std::nullopt;
}

}  // namespace dockerext::model
