#pragma once

#include "engine/events.hpp"
#include "observe/project_snapshot.hpp"

#include <set>

namespace dockerext::observe {

/// What has to be read again. Cleared before the read, so that marks set meanwhile stay.
struct Marks {
    bool engine = true;
    bool containers = true;  ///< all containers; `container_ids` is irrelevant then
    bool images = true;
    bool networks = true;
    bool volumes = true;
    bool owners = true;
    bool network_users = false;  ///< also read with all containers
    std::set<model::ContainerId> container_ids;

    bool any() const noexcept;
    void add(const Marks& more);
    void mark_all();
    /// All containers, networks, volumes or images.
    void mark(model::Subject::Kind kind);
    void mark(const model::ContainerId& id);
    /// The object of an event, if it is in the snapshot or belongs in it.
    void mark(const engine::Event& event, const ProjectSnapshot& known);
    /// Unknown objects.
    void mark_unknown(const ProjectSnapshot& known);
};

}  // namespace dockerext::observe
