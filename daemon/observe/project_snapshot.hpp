#pragma once

#include "model/desired.hpp"
#include "model/observed.hpp"
#include "model/ownership.hpp"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace dockerext::observe {

/// What a project needs: the planner must know these objects.
struct Tracked {
    model::ProjectName project;
    std::set<model::ContainerName> names;
    std::set<model::ImageRef> images;
    std::set<model::NetworkName> networks;
    std::set<model::VolumeName> volumes;
    std::set<std::string> owners;  ///< owners of namespaces, as named in modes
    bool all_volumes = false;      ///< all volumes of the project
    bool all_images = false;       ///< list the images even if none is needed
};

Tracked tracked_by(const model::Project& project);

/// A container without an answer from the engine; only its slot is known.
struct UnknownContainer {
    model::Slot slot;
    Error error;
};

/// The containers on each network, with their names, by the network's id. Stopped containers count, because
/// they need the network at their next start.
using NetworkUsers = std::map<model::NetworkId, std::map<model::ContainerId, std::string>>;

/// The snapshot of a project, and what decides which objects belong in it. Makes no call.
struct ProjectSnapshot {
    model::Observed observed;
    Tracked tracked;
    std::set<std::string> owners;  ///< owners that were looked for last
    /// Labels of the images that containers may have their labels from.
    std::map<model::ImageId, model::Labels> image_labels;
    std::map<model::ContainerId, UnknownContainer> unknown;
    std::vector<model::ObservedNetwork> networks;  ///< all networks of the engine
    NetworkUsers network_users;

    bool claims(const model::Labels& labels) const;
    bool is_tracked(const model::ObservedVolume& volume) const;
    /// The owners of namespaces, as named in modes, that are no containers of the project.
    std::set<std::string> foreign_owners() const;
    /// Puts containers without an answer last, so that they delay no others.
    std::vector<model::ContainerId> unresponsive_last(std::vector<model::ContainerId> ids) const;

    void store_container(model::ObservedContainer container);
    void forget(const model::ContainerId& id);
    void remove_from_networks(const model::ContainerId& id);
    /// Stores all unknown objects of a kind; those that were unknown before keep their time.
    void record_unknown(model::Subject::Kind kind, const std::map<model::Subject, Error>& errors);
    void complete_snapshot();

private:
    bool is_of_project(const model::ObservedContainer& container) const;
    bool is_own_container(const std::string& owner) const;
    bool is_of_project(const model::ObservedNetwork& network) const;
    /// Of the project's containers and others, running or not.
    std::size_t count_users(const model::NetworkId& network) const;
    void select_networks();
    std::set<std::string> foreign_containers_on(const model::NetworkId& network) const;
};

}  // namespace dockerext::observe
