#pragma once

#include "base/json_cursor.hpp"
#include "model/stack.hpp"

#include <map>
#include <string>
#include <vector>

/// The answers about a stack, and about the objects of the swarm that it may use. What lacks a part that the
/// engine always sends is `unavailable`; the message says which.
namespace dockerext::observe {

/// GET /services?status=true, by name; `problems` stay empty. Of a job, `wanted` counts the completed tasks,
/// too.
Result<std::map<std::string, model::ObservedStackService>> read_stack_services(const JsonCursor& list);

/// Whether the tasks of a service have to be asked why they do not run: fewer run than wanted. A global job
/// always has to be, because the engine does not count its failed tasks.
bool needs_tasks(const model::ObservedStackService& service);

/// GET /configs or GET /secrets.
Result<std::vector<model::ObservedStackFile>> read_stack_files(const JsonCursor& list,
                                                               model::StackFileKind kind);

/// GET /networks. The engine shows no difference between IPAM pools that it has chosen and those that were
/// asked for.
struct StackNetworks {
    std::vector<model::ObservedStackNetwork> of_swarm;
    std::map<model::NetworkName, model::ProjectName> local;  ///< ObservedStack::local_networks
};
Result<StackNetworks> read_stack_networks(const JsonCursor& list);

}  // namespace dockerext::observe
