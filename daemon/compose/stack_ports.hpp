#pragma once

#include "compose/service.hpp"

#include <compare>
#include <cstdint>
#include <set>
#include <string>

namespace dockerext::compose {

/// A port as Swarm publishes it: on all nodes (mode "ingress"), or on those with a task ("host").
struct StackPort {
    std::uint32_t published = 0;  ///< 0: Swarm chooses one
    std::uint32_t target = 0;
    std::string protocol, mode;
    auto operator<=>(const StackPort&) const = default;
};

/// How many ports a service publishes with this one.
std::size_t count_published(const Port& port);

/// The ports of a service. Each port of a published range becomes one.
std::set<StackPort> stack_ports(const Service& service);

}  // namespace dockerext::compose
