#include "state/sealed.hpp"

#include "base/atomic_file.hpp"
#include "base/regular_file.hpp"
#include "base/sha256.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace dockerext::state {
namespace {

constexpr unsigned version = 1;
constexpr std::string_view before_version = R"({"version":)";
constexpr std::string_view before_checksum = R"(,"sha256":")";
constexpr std::string_view before_content = R"(","content":)";
constexpr std::string_view end = "}";
constexpr std::size_t checksum_length = 64;

Error broken(std::string reason) { return {ErrorKind::invalid_input, std::move(reason)}; }

/// Removes `prefix` from the front of `text`, if `text` begins with it.
bool consume(std::string_view& text, std::string_view prefix) {
    if (!text.starts_with(prefix)) return false;
    text.remove_prefix(prefix.size());
    return true;
}

bool consume(std::string_view& text, unsigned& number) {
    const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{}) return false;
    text.remove_prefix(static_cast<std::size_t>(rest - text.data()));
    return true;
}

/// "written by a newer dockerextd (…)".
std::string written_by_newer(unsigned format) {
    return "written by a newer dockerextd (format " + std::to_string(format) + ", this one reads " +
           std::to_string(version) + ")";
}

/// The journal has one format number per line, any other file has one in its only line.
std::optional<unsigned> newer_format_in(std::string_view text) {
    while (!text.empty()) {
        const std::string_view line = text.substr(0, text.find('\n'));
        if (const auto format = newer_format(line)) return format;
        text.remove_prefix(std::min(line.size() + 1, text.size()));
    }
    return std::nullopt;
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
    if (!consume(text, before_version) || !consume(text, found))
        return broken("damaged: not in this program's format");
    if (found != version || !consume(text, before_checksum))
        return broken("damaged: not in this program's format");
    const std::string_view checksum = text.substr(0, checksum_length);
    text.remove_prefix(checksum.size());
    if (!consume(text, before_content) || !text.ends_with(end)) return broken("damaged: cut off");
    text.remove_suffix(end.size());
    if (sha256_hex(text) != checksum) return broken("damaged: the checksum does not match");
    return text;
}

std::optional<unsigned> newer_format(std::string_view text) {
    unsigned found = 0;
    const bool has_format = consume(text, before_version) && consume(text, found);
    return has_format && found > version ? std::optional(found) : std::nullopt;
}

Result<Secret> read_file(const std::filesystem::path& path, std::size_t limit) {
    auto bytes = read_regular(path, limit);
    if (!bytes) return bytes.error();
    return Secret(std::move(*bytes));
}

Result<> SealedFile::save(const Secret& content, bool (*readable)(const Secret& text)) const {
    const Secret text(seal(content.reveal()));
    const auto current = read();
    if (current && *current == text) return {};
    if (current && readable(*current)) {
        if (auto kept = replace_file(previous_, current->reveal()); !kept)
            return kept.error().within("keep the previous copy");
    }
    return replace_file(file_, text.reveal());
}

Result<> SealedFile::remove() const {
    // The copy first: if only the file were removed, a crash here would bring back the older content of the
    // copy.
    if (auto removed = remove_file(previous_); !removed) return removed;
    return remove_file(file_);
}

std::optional<std::string> newer_state(const std::filesystem::path& folder) {
    std::error_code none;  // without a folder there is no state
    for (std::filesystem::directory_iterator entry(folder, none), end; !none && entry != end;
         entry.increment(none)) {
        const auto text = read_file(entry->path(), state_file_limit);
        const auto format = text ? newer_format_in(text->reveal()) : std::nullopt;
        if (format) return "'" + entry->path().string() + "' was " + written_by_newer(*format);
    }
    return std::nullopt;
}

}  // namespace dockerext::state
