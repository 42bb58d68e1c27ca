#pragma once

#include "compose/node.hpp"

#include <string>

namespace dockerext::compose {

/// Makes the paths of a document absolute that Compose takes as relative to the file they stand in.
void make_paths_absolute(Node& document, const std::string& directory);

}  // namespace dockerext::compose
