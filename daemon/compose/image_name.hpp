#pragma once

#include "compose/diagnostics.hpp"
#include "compose/node.hpp"

#include <string>
#include <vector>

namespace dockerext::compose {

/// Reads the name of an image, or several. An invalid image reference is a problem, which names the empty
/// variable if there was one. An empty text is ignored.
void read_image_name(const Node& node, std::string& into, Diagnostics& diagnostics);
void read_image_names(const Node& node, std::vector<std::string>& into, Diagnostics& diagnostics);

/// Reads the images whose layers a build may reuse. An entry for BuildKit, such as "type=registry,ref=…", is
/// skipped, because the engine's classic builder ignores it.
void read_cache_sources(const Node& node, std::vector<std::string>& into, Diagnostics& diagnostics);

/// Reports `name` at `pointer` unless it is an image reference. `hint` is appended to the problem's text.
void check_image_name(const std::string& name, const std::string& pointer, const std::string& hint,
                      Diagnostics& diagnostics);

}  // namespace dockerext::compose
