#pragma once

#include "model/desired.hpp"
#include "model/observed.hpp"

#include <string>
#include <vector>

namespace dockerext::plan {

/// The final name of a replica's container: container_name, else PROJECT-SERVICE-N.
model::ContainerName final_name(const model::ProjectName& project, const model::Service& service,
                                unsigned number);

/// Whether the container was made to replace another and has not yet taken its name: it carries the label
/// `replace` and is called "<12 hex digits of the other's id>_NAME".
bool is_successor(const model::ObservedContainer& container);

bool is_alive(const model::ObservedContainer& container);

/// How long the engine waits by itself between its polite signal and the kill.
std::chrono::seconds grace_of(const model::ObservedContainer& container);

/// Who is who among the containers of one slot.
struct Roles {
    const model::ObservedContainer* current =
        nullptr;  ///< the one that holds the place; a lone successor too
    const model::ObservedContainer* successor = nullptr;   ///< the one that is to take it from `current`
    std::vector<const model::ObservedContainer*> surplus;  ///< nobody's; they go
};

using Containers = std::vector<const model::ObservedContainer*>;

/// `containers` are those of one slot; `name` is the slot's final name.
Roles roles_of(const Containers& containers, const model::ContainerName& name);

/// All containers in the order of their slots, then ids.
Containers by_slot(const model::Observed& observed);

}  // namespace dockerext::plan
