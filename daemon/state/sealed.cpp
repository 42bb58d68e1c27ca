#include "state/sealed.hpp"

#include "base/sha256.hpp"

#include <charconv>

namespace dockerext::state {
namespace {

constexpr unsigned version = 1;
constexpr std::string_view before_version = R"({"version":)";
constexpr std::string_view before_checksum = R"(,"sha256":")";
constexpr std::string_view before_content = R"(","content":)";
constexpr std::string_view end = "}";
constexpr std::size_t checksum_length = 64;

Error broken(std::string complaint) { return {ErrorKind::invalid_input, std::move(complaint)}; }

/// Removes `word` from the front of `text`, if `text` begins with it.
bool take(std::string_view& text, std::string_view word) {
    if (!text.starts_with(word)) return false;
    text.remove_prefix(word.size());
    return true;
}

bool take(std::string_view& text, unsigned& number) {
    const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{}) return false;
    text.remove_prefix(static_cast<std::size_t>(rest - text.data()));
    return true;
}

}  // namespace

std::string seal(std::string_view content) {
    const std::string checksum = sha256_hex(content);
    std::string text;
    text.append(before_version).append(std::to_string(version)).append(before_checksum).append(checksum);
    text.append(before_content).append(content).append(end);
    return text;
}

Result<std::string_view> unseal(std::string_view text) {
    if (text.empty()) return broken("empty");
    if (const auto format = newer_format(text)) return broken(written_by_newer(*format));
    unsigned found = 0;
    if (!take(text, before_version) || !take(text, found))
        return broken("damaged: not in this program's format");
    if (found != version || !take(text, before_checksum))
        return broken("damaged: not in this program's format");
    const std::string_view checksum = text.substr(0, checksum_length);
    text.remove_prefix(checksum.size());
    if (!take(text, before_content) || !text.ends_with(end)) return broken("damaged: cut off");
    text.remove_suffix(end.size());
    if (sha256_hex(text) != checksum) return broken("damaged: the checksum does not match");
    return text;
}

std::optional<unsigned> newer_format(std::string_view text) {
    unsigned found = 0;
    const bool told = take(text, before_version) && take(text, found);
    return told && found > version ? std::optional(found) : std::nullopt;
}

std::string written_by_newer(unsigned format) {
    return "written by a newer dockerextd (format " + std::to_string(format) + ", this one reads " +
           std::to_string(version) + ")";
}

}  // namespace dockerext::state
