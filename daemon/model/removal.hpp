#pragma once

#include <string>
#include <vector>

namespace dockerext::model {

/// What happened to the engine when this daemon was uninstalled.
struct EngineRemoval {
    std::vector<std::string> done;  ///< "remove docker.io", for people
    std::string skip_reason;        ///< why nothing was done; "" if something was
};

}  // namespace dockerext::model
