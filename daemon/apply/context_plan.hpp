#pragma once

#include "apply/ignore_patterns.hpp"
#include "base/error.hpp"
#include "base/unique_fd.hpp"
#include "model/desired.hpp"

#include <string>
#include <vector>

namespace dockerext::apply {

/// What of a build's folder is sent, and what is not in the folder as it is sent.
struct ContextPlan {
    struct Extra {
        std::string name, content;
    };
    std::string dockerfile;  ///< its name in the tar
    IgnorePatterns ignored;
    std::vector<Extra> extras;
};

/// Reads the .dockerignore and finds the Dockerfile. `root` is the build's folder, opened.
Result<ContextPlan> plan_context(const UniqueFd& root, const model::Build& build);

}  // namespace dockerext::apply
