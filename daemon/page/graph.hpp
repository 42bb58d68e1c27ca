#pragma once

#include "model/service_outline.hpp"

#include <cstddef>
#include <map>
#include <vector>

namespace dockerext::page {

/// Where the services of the dependency graph are drawn: each in a column to the right of all that it needs.
struct GraphLayout {
    struct Place {
        std::size_t column = 0, row = 0;
        auto operator<=>(const Place&) const = default;
    };
    struct Edge {
        model::ServiceName from, to;  ///< `to` waits for `from`
        model::DependencyCondition condition{};
        std::vector<Place> bends;  ///< one in each column between the two
    };
    std::map<model::ServiceName, Place> places;  ///< of services with an edge
    std::vector<Edge> edges;
    std::vector<std::size_t> heights;  ///< of each column: its services and bends
};

/// The same for the same services, in whatever order. Dependencies on a service that is not there are left
/// out, and so are those within a cycle, which valid settings do not have.
GraphLayout layout_of(const std::vector<model::ServiceOutline>& services);

}  // namespace dockerext::page
