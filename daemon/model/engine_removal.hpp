#pragma once

#include <string>
#include <vector>

namespace dockerext::model {

/// What became of the engine at the end of an installation of ours.
struct EngineRemoval {
    std::vector<std::string> done;  ///< "remove docker.io", for people
    std::string kept;               ///< why there was nothing to do; "" when something was done
};

}  // namespace dockerext::model
