#pragma once

#include "compose/node.hpp"

#include <string>

namespace dockerext::compose {

/// Makes those paths of a document absolute that Compose resolves relative to the file that contains them.
void make_paths_absolute(Node& document, const std::string& directory);

}  // namespace dockerext::compose
