#pragma once

#include "compose/diagnostics.hpp"
#include "compose/node.hpp"

#include <string>
#include <vector>

namespace dockerext::compose {

/// The name of an image, or several; what is no image reference is a problem, which tells the variable that
/// was empty, if one was. An empty text says nothing.
void read_image_name(const Node& node, std::string& into, Diagnostics& diagnostics);
void read_image_names(const Node& node, std::vector<std::string>& into, Diagnostics& diagnostics);

/// The images that a build may take layers from. What is meant for BuildKit, "type=registry,ref=…", is left
/// to it: the engine's own builder passes over it.
void read_cache_sources(const Node& node, std::vector<std::string>& into, Diagnostics& diagnostics);

/// Adds a problem at `pointer` unless `name` is an image reference; `hint` ends its text.
void check_image_name(const std::string& name, const std::string& pointer, const std::string& hint,
                      Diagnostics& diagnostics);

}  // namespace dockerext::compose
