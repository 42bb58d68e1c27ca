#include "apply/ignore_patterns.hpp"

#include <algorithm>
#include <filesystem>

namespace dockerext::apply {
namespace {

/// Takes the set at the front of `pattern`, "[a-z]" or "[^a-z]"; whether `c` is in it. A set without an end
/// holds nothing.
bool take_set(std::string_view& pattern, char c) {
    pattern.remove_prefix(1);
    const bool negated = pattern.starts_with('^');
    if (negated) pattern.remove_prefix(1);
    const auto take = [&] {
        if (pattern.size() > 1 && pattern.front() == '\\') pattern.remove_prefix(1);
        const char taken = pattern.front();
        pattern.remove_prefix(1);
        return taken;
    };
    bool found = false;
    for (bool first = true; !pattern.empty() && (first || pattern.front() != ']'); first = false) {
        const char low = take();
        char high = low;
        if (pattern.size() > 1 && pattern.front() == '-' && pattern[1] != ']') {
            pattern.remove_prefix(1);
            high = take();
        }
        found = found || (low <= c && c <= high);
    }
    if (pattern.empty()) return false;
    pattern.remove_prefix(1);
    return found != negated;
}

bool matches(std::string_view pattern, std::string_view path);

/// "**/" is any number of folders, none too; elsewhere "**" is anything.
bool matches_folders(std::string_view rest, std::string_view path) {
    const bool whole = rest.starts_with('/');
    if (whole) rest.remove_prefix(1);
    for (std::size_t at = 0; at <= path.size(); ++at) {
        const bool begins = !whole || at == 0 || path[at - 1] == '/';
        if (begins && matches(rest, path.substr(at))) return true;
    }
    return false;
}

bool matches_within_folder(std::string_view rest, std::string_view path) {
    for (std::size_t at = 0; at <= path.size(); ++at) {
        if (matches(rest, path.substr(at))) return true;
        if (at < path.size() && path[at] == '/') return false;
    }
    return false;
}

bool matches(std::string_view pattern, std::string_view path) {
    while (!pattern.empty()) {
        if (pattern.starts_with("**")) return matches_folders(pattern.substr(2), path);
        if (pattern.front() == '*') return matches_within_folder(pattern.substr(1), path);
        if (path.empty()) return false;
        const char c = path.front();
        path.remove_prefix(1);
        if (pattern.front() == '[') {
            if (c == '/' || !take_set(pattern, c)) return false;
            continue;
        }
        if (pattern.front() == '?') {
            if (c == '/') return false;
        } else {
            if (pattern.front() == '\\' && pattern.size() > 1) pattern.remove_prefix(1);
            if (pattern.front() != c) return false;
        }
        pattern.remove_prefix(1);
    }
    return path.empty();
}

/// Whether the pattern fits the path, or a folder that it is in.
bool covers(std::string_view pattern, std::string_view path) {
    for (std::size_t end = path.find('/'); end != std::string_view::npos; end = path.find('/', end + 1)) {
        if (matches(pattern, path.substr(0, end))) return true;
    }
    return matches(pattern, path);
}

std::string_view trimmed(std::string_view line) {
    constexpr std::string_view blanks = " \t\r";
    const std::size_t begin = line.find_first_not_of(blanks);
    if (begin == std::string_view::npos) return {};
    return line.substr(begin, line.find_last_not_of(blanks) - begin + 1);
}

/// As Go cleans a path, and relative to the context.
std::string cleaned(std::string_view pattern) {
    std::string clean = std::filesystem::path(pattern).lexically_normal().string();
    while (clean.size() > 1 && clean.ends_with('/')) clean.pop_back();
    while (clean.starts_with('/')) clean.erase(0, 1);
    return clean;
}

}  // namespace

IgnorePatterns::IgnorePatterns(std::string_view text) {
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    while (!text.empty()) {
        const std::string_view whole = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(text.size(), whole.size() + 1));
        if (whole.starts_with('#')) continue;
        std::string_view line = trimmed(whole);
        const bool exception = line.starts_with('!');
        if (exception) line = trimmed(line.substr(1));
        if (std::string pattern = cleaned(line); !pattern.empty() && pattern != ".")
            patterns_.push_back({std::move(pattern), exception});
    }
}

bool IgnorePatterns::ignores(std::string_view path) const {
    bool ignored = false;
    for (const Pattern& pattern : patterns_) {
        if (ignored == pattern.exception && covers(pattern.text, path)) ignored = !pattern.exception;
    }
    return ignored;
}

bool IgnorePatterns::has_exceptions() const {
    return std::any_of(patterns_.begin(), patterns_.end(), [](const auto& each) { return each.exception; });
}

}  // namespace dockerext::apply
