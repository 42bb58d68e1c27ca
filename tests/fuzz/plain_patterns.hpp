#pragma once

#include "apply/ignore_pattern.hpp"

#include <string_view>

namespace dockerext::test {

/// A straightforward matcher for well-formed patterns of a .dockerignore. Its time grows exponentially, so it
/// suits only short patterns and paths.
class PlainPattern {
public:
    explicit PlainPattern(std::string_view pattern) : pattern_(apply::characters_of(pattern)) {}

    bool covers(std::string_view path) const {
        const std::u32string whole = apply::characters_of(path);
        for (std::size_t end = whole.find(U'/'); end != whole.npos; end = whole.find(U'/', end + 1)) {
            if (fits(pattern_, whole.substr(0, end))) return true;
        }
        return fits(pattern_, whole);
    }

private:
    using Text = std::u32string_view;

    bool fits(Text pattern, Text path) const {
        if (pattern.empty()) return path.empty();
        if (pattern.starts_with(U"**")) return fits_folders(pattern.substr(2), path);
        if (pattern.front() == U'*') {
            if (fits(pattern.substr(1), path)) return true;
            return !path.empty() && path.front() != U'/' && fits(pattern, path.substr(1));
        }
        if (path.empty()) return false;
        if (pattern.front() == U'?') return path.front() != U'/' && fits(pattern.substr(1), path.substr(1));
        if (pattern.front() == U'[') return fits_set(pattern.substr(1), path);
        if (pattern.front() == U'\\') pattern.remove_prefix(1);
        return pattern.front() == path.front() && fits(pattern.substr(1), path.substr(1));
    }

    bool fits_folders(Text rest, Text path) const {
        const bool at_front = rest.size() + 2 == pattern_.size();
        const bool whole = rest.starts_with(U'/');
        if (whole) rest.remove_prefix(1);
        if (rest.empty()) return true;
        if (at_front && !whole && rest.find_first_of(U"*?[]\\") == rest.npos) return path.ends_with(rest);
        if (fits(rest, path)) return true;
        for (std::size_t at = path.find(U'/'); at != path.npos; at = path.find(U'/', at + 1)) {
            if (fits(rest, path.substr(at + 1))) return true;
        }
        return false;
    }

    static char32_t take(Text& pattern) {
        if (pattern.front() == U'\\') pattern.remove_prefix(1);
        const char32_t c = pattern.front();
        pattern.remove_prefix(1);
        return c;
    }

    bool fits_set(Text pattern, Text path) const {
        const bool negated = pattern.front() == U'^';
        if (negated) pattern.remove_prefix(1);
        bool found = false;
        while (pattern.front() != U']') {
            const char32_t low = take(pattern);
            char32_t high = low;
            if (pattern.front() == U'-') {
                pattern.remove_prefix(1);
                high = take(pattern);
            }
            found = found || (low <= path.front() && path.front() <= high);
        }
        return found != negated && fits(pattern.substr(1), path.substr(1));
    }

    const std::u32string pattern_;
};

}  // namespace dockerext::test
