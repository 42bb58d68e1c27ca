#pragma once

#include "apply/ignore_patterns.hpp"
#include "base/error.hpp"
#include "base/unique_fd.hpp"
#include "model/desired.hpp"

#include <string>
#include <vector>

namespace dockerext::apply {

/// What to send of a build's folder, and the extra entries that are not in the folder.
struct ContextPlan {
    struct Extra {
        std::string name, content;
    };
    std::string dockerfile;  ///< the name of the Dockerfile in the tar
    IgnorePatterns ignored;
    std::vector<Extra> extras;
};

/// Reads the .dockerignore and finds the Dockerfile. `root` is the open folder.
Result<ContextPlan> plan_context(const UniqueFd& root, const model::Build::Folder& folder);

}  // namespace dockerext::apply
