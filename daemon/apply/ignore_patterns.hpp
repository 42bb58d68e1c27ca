#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace dockerext::apply {

/// The patterns of a .dockerignore, as Docker reads it: Go's path patterns, "**" for any number of folders,
/// "!" for what stays after all; the last that fits decides, and a folder takes along what is in it.
class IgnorePatterns {
public:
    explicit IgnorePatterns(std::string_view text);

    /// `path` is relative to the context: "src/main.c".
    bool ignores(std::string_view path) const;

    /// Whether something may stay in a folder that is ignored.
    bool has_exceptions() const;

private:
    struct Pattern {
        std::string text;
        bool exception = false;
    };
    std::vector<Pattern> patterns_;
};

}  // namespace dockerext::apply
