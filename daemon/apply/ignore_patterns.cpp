#include "apply/ignore_patterns.hpp"

#include <algorithm>
#include <climits>
#include <filesystem>

namespace dockerext::apply {
namespace {

constexpr std::size_t max_lines = 10'000;  ///< lines with a pattern
constexpr std::size_t longest_pattern = PATH_MAX;
constexpr std::size_t shown = 60;  ///< bytes of a line in an error message

std::string_view trimmed(std::string_view line) {
    constexpr std::string_view blanks = " \t\r\v\f";
    const std::size_t begin = line.find_first_not_of(blanks);
    if (begin == std::string_view::npos) return {};
    return line.substr(begin, line.find_last_not_of(blanks) - begin + 1);
}

/// Cleans the path as Go does, and makes it relative to the context.
std::string cleaned(std::string_view pattern) {
    std::string clean = std::filesystem::path(pattern).lexically_normal().string();
    while (clean.size() > 1 && clean.ends_with('/')) clean.pop_back();
    if (clean.size() > 1 && clean.starts_with('/')) clean.erase(0, 1);
    return clean;
}

Error refused(std::string why) { return {ErrorKind::invalid_input, std::move(why)}; }

Error refused(std::string_view line, const std::string& why) {
    const bool whole = line.size() <= shown;
    return refused("'" + std::string(whole ? line : line.substr(0, shown)) + (whole ? "' " : "…' ") + why);
}

}  // namespace

Result<IgnorePatterns> IgnorePatterns::parse(std::string_view text) {
    IgnorePatterns patterns;
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    for (std::size_t number = 1; !text.empty(); ++number) {
        const std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(text.size(), line.size() + 1));
        if (line.starts_with('#')) continue;
        auto added = patterns.add(trimmed(line));
        if (!added) return added.error().within("line " + std::to_string(number));
    }
    return patterns;
}

Result<> IgnorePatterns::add(std::string_view line) {
    const bool exception = line.starts_with('!');
    const std::string_view rest = exception ? trimmed(line.substr(1)) : line;
    if (rest.empty()) return exception ? Result<>(refused(line, "has no pattern")) : Result<>();
    if (rest.size() > longest_pattern)
        return refused(line, "is longer than " + std::to_string(longest_pattern) + " bytes");
    std::string text = cleaned(rest);
    if (text == ".") return {};  // the context itself
    auto pattern = IgnorePattern::parse(text);
    if (!pattern) return refused(line, pattern.error().message());
    if (lines_.size() == max_lines) return refused("more than " + std::to_string(max_lines) + " patterns");
    lines_.push_back({std::move(text), std::move(*pattern), exception});
    return {};
}

void IgnorePatterns::keep(const std::string& path) {
    if (ignores(path)) lines_.push_back({path, IgnorePattern::exactly(path), true});
}

bool IgnorePatterns::ignores(std::string_view path) const {
    const std::u32string characters = characters_of(path);
    bool ignored = false;
    for (const Line& line : lines_) {
        if (ignored == line.exception && line.pattern.covers(characters)) ignored = !line.exception;
    }
    return ignored;
}

bool IgnorePatterns::can_contain_exception(std::string_view folder) const {
    return std::any_of(lines_.begin(), lines_.end(), [&](const Line& line) {
        const bool below = line.text.starts_with(folder) &&
                           (line.text.size() == folder.size() || line.text[folder.size()] == '/');
        return line.exception && below;
    });
}

}  // namespace dockerext::apply
