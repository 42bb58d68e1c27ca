#pragma once

#include "model/desired.hpp"
#include "model/observed.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace dockerext::plan {

/// The final name of a replica's container: container_name, or PROJECT-SERVICE-N.
model::ContainerName final_name(const model::ProjectName& project, const model::Service& service,
                                unsigned number);

/// Whether the container was created to replace another one and has not yet taken its name: it has the label
/// `replace` and is called "<12 hex digits of the other's id>_NAME".
bool is_successor(const model::ObservedContainer& container);
constexpr std::size_t successor_prefix_length = 12;  ///< of the digits in its name

/// "<12 digits of the id>_NAME": the name of a successor of that container until it takes NAME, and of a
/// container itself while another one has its name.
model::ContainerName temporary_name(const model::ContainerId& id, const model::ContainerName& name);

bool is_alive(const model::ObservedContainer& container);

/// How long the engine waits between the stop signal and the kill.
std::chrono::seconds grace_of(const model::ObservedContainer& container);

/// The roles of the containers in one slot.
struct Roles {
    const model::ObservedContainer* current =
        nullptr;  ///< the one that holds the slot; also a successor without a predecessor
    const model::ObservedContainer* successor = nullptr;   ///< the one that is about to replace `current`
    std::vector<const model::ObservedContainer*> surplus;  ///< those without a role; they are removed
};

using Containers = std::vector<const model::ObservedContainer*>;

/// `containers` are those of one slot; `name` is its final name.
Roles roles_of(const Containers& containers, const model::ContainerName& name);

/// All containers, ordered by slot, then by id.
Containers by_slot(const model::Observed& observed);

}  // namespace dockerext::plan
