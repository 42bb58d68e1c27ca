#pragma once

#include "apply/ignore_pattern.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace dockerext::apply {

/// The patterns of a .dockerignore, with the semantics of the docker CLI: "!" marks an exception; the last
/// matching pattern decides, and a pattern for a folder covers its content.
class IgnorePatterns {
public:
    /// `invalid_input` names the malformed line; the docker CLI rejects the build in this case, too.
    static Result<IgnorePatterns> parse(std::string_view text);

    /// Never ignores this path, whatever the patterns say.
    void keep(const std::string& path);

    /// `path` is relative to the context: "src/main.c".
    bool ignores(std::string_view path) const;

    /// Whether an exception may apply to something in an ignored folder: only if a "!" pattern starts with
    /// the exact path of the folder.
    bool can_contain_exception(std::string_view folder) const;

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
