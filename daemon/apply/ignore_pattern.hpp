#pragma once

#include "base/error.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dockerext::apply {

/// The characters of a path. A byte that is no UTF-8 is one of its own, equal to no other.
std::u32string characters_of(std::string_view path);

/// One pattern of a .dockerignore, as moby's patternmatcher understands it: "*" and "?" stay within a name,
/// "[a-z]" and "[^a-z]" are one character, "**/" is any folders or none, "**" at the end is everything, "\\"
/// takes the next character as it is. Matching takes (its length × the path's) steps and no recursion,
/// whatever both are: who writes them need not be trusted.
class IgnorePattern {
public:
    /// `text` is a clean relative path: "src/**/*.o". `invalid_input` when it is malformed.
    static Result<IgnorePattern> parse(std::string_view text);
    /// Fits this one path.
    static IgnorePattern exactly(std::string_view path);

    /// Whether it fits the path, or a folder that the path is in.
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
        std::vector<Range> ranges{};  ///< of a set; of a character, itself
        bool negated = false;

        bool may_be_nothing() const;
        bool takes(char32_t c) const;
    };
    class Parser;
    class Match;

    std::vector<Part> parts_;
};

}  // namespace dockerext::apply
