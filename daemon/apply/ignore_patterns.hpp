#pragma once

#include "apply/ignore_pattern.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace dockerext::apply {

/// The patterns of a .dockerignore, as the docker program reads it: "!" is for what stays after all; the last
/// that fits decides, and a folder takes along what is in it.
class IgnorePatterns {
public:
    /// `invalid_input` names the line that cannot be understood; so does the docker program refuse the build.
    static Result<IgnorePatterns> parse(std::string_view text);

    /// Does not ignore this one, whatever the patterns say.
    void keep(const std::string& path);

    /// `path` is relative to the context: "src/main.c".
    bool ignores(std::string_view path) const;

    /// Whether something in an ignored folder may stay: only where a "!" begins with the folder's very path.
    bool may_keep_in(std::string_view folder) const;

private:
    struct Line {
        std::string text;
        IgnorePattern pattern;
        bool exception = false;
    };
    Result<> add(std::string_view line);

    std::vector<Line> lines_;
};

}  // namespace dockerext::apply
