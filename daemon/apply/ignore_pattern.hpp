#pragma once

#include "base/error.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dockerext::apply {

/// The characters of a path. A byte that is not valid UTF-8 becomes a character of its own that equals no
/// other.
std::u32string characters_of(std::string_view path);

/// One pattern of a .dockerignore, with the semantics of moby's patternmatcher: "*" and "?" do not match a
/// "/", "[a-z]" and "[^a-z]" match one character, "**/" matches any number of folders, "**" at the end
/// matches everything, "\\" escapes the next character. Matching takes (pattern length × path length) steps
/// and no recursion, because the author of the pattern need not be trusted.
class IgnorePattern {
public:
    /// `text` is a clean relative path: "src/**/*.o". `invalid_input` if it is malformed.
    static Result<IgnorePattern> parse(std::string_view text);
    /// Matches only this path.
    static IgnorePattern exactly(std::string_view path);

    /// Whether the pattern matches the path, or a folder that contains it.
    bool covers(const std::u32string& path) const;

private:
    using Range = std::pair<char32_t, char32_t>;
    struct Part {
        enum class Kind {
            character,
            one_of_name,  ///< "?"
            set,
            within_name,  ///< "*"
            folders,      ///< "**/": nothing, or anything that ends with a '/'
            anything,     ///< "**" at the end
        };
        Kind kind = Kind::character;
        std::vector<Range> ranges{};  ///< of a set; for a character, the character itself
        bool negated = false;

        bool can_be_empty() const;
        bool matches(char32_t c) const;
    };
    class Parser;
    class Match;

    std::vector<Part> parts_;
};

}  // namespace dockerext::apply
