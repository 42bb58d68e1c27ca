#pragma once

#include "compose/read.hpp"

#include <string>

namespace dockerext::compose {

/// "demo_web": the name that an object of a stack has in the engine unless the model gives one.
std::string name_in_stack(const std::string& stack, const std::string& key);

/// The labels, with that of the stack.
StringMap with_stack_label(StringMap labels, const std::string& stack);

/// Whether the name is that of a network which every node has for itself ("host"), or of a container's
/// network. Such a network is in no swarm, and containers have no aliases in it.
bool is_network_of_node(const std::string& name);

}  // namespace dockerext::compose
