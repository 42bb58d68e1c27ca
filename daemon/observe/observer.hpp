#pragma once

#include "engine/client.hpp"
#include "engine/events.hpp"
#include "model/desired.hpp"
#include "model/observed.hpp"
#include "model/ownership.hpp"
#include "observe/container_inspection.hpp"
#include "observe/network_users.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace dockerext::observe {

/// Keeps a snapshot of the engine and updates it with as few calls as correctness allows: after `mark_all` it
/// lists and inspects everything; after single marks only the marked objects. Without marks it makes no call.
/// On the daemon's thread.
class Observer {
public:
    explicit Observer(engine::Client& client) : client_(client) {}

    /// Sets what the planner needs to know: desired images, networks, volumes and container names, and the
    /// project. A change marks what it adds.
    void want(const model::Project& project);

    /// For a leaving project: nothing is desired, and all its volumes are looked for.
    void want_volumes_of(const model::ProjectName& project);

    /// Forgets what is desired and what is known.
    void forget();

    /// Everything may have changed: at the start, after a reconnect, new settings, or the periodic check.
    void mark_all();
    /// Call after a reconnect, in addition to `mark_all`: the engine may have another version or other
    /// defaults.
    void mark_engine() { marks_.engine = true; }
    /// The object of an event may have changed, whatever the event reports.
    void mark(const engine::Event& event);

    /// Marks a container of the project, or one that is about to be: the caller changed it, so it does not
    /// wait for an event.
    void mark(const model::ContainerId& id);
    /// All containers, networks, volumes or images.
    void mark(model::Subject::Kind kind);
    /// Marks unknown objects: the next `refresh` asks for them again.
    void mark_unknown();

    bool dirty() const noexcept;

    /// Updates `observed`. Time is bounded: kinds are read at the same time, and each call has the deadline
    /// limits::look. If the engine refuses, answers late or unreadably, one object is unknown, or all objects
    /// of a kind if there is no list. It fails only if the engine does not answer at all; the marks then
    /// stay, so that the next call tries again.
    Task<Result<>> refresh();
    /// A consistent snapshot after `refresh` has succeeded; during a refresh and after a failure, parts of it
    /// are newer.
    const model::Observed& observed() const noexcept { return snapshot_; }

private:
    struct Wanted {
        model::ProjectName project;
        std::set<model::ContainerName> names;
        std::set<model::ImageRef> images;
        std::set<model::NetworkName> networks;
        std::set<model::VolumeName> volumes;
        std::set<std::string> owners;  ///< owners of namespaces, as named in modes
        bool all_volumes = false;      ///< all volumes of the project
    };
    /// What has to be read again. Cleared before the read, so that marks set meanwhile stay.
    struct Marks {
        bool engine = true;
        bool containers = true;  ///< all containers; `some` is irrelevant then
        bool images = true;
        bool networks = true;
        bool volumes = true;
        bool owners = true;
        bool network_users = false;  ///< also read with all containers
        std::set<model::ContainerId> some;

        void add(const Marks& more);
    };

    /// A container without an answer from the engine; only its slot is known.
    struct UnknownContainer {
        model::Slot slot;
        Error error;
    };

    static Wanted wanted_by(const model::Project& project);
    bool claims(const model::Labels& labels) const;
    bool is_ours(const model::ObservedContainer& container) const;
    bool concerns_us(const engine::Event& event) const;
    bool concerns_an_owner(const engine::Event& event) const;
    bool concerns_a_network(const model::ContainerId& container, const model::NetworkId& network) const;
    bool is_wanted(const model::ObservedVolume& volume) const;
    bool is_known(const std::string& owner) const;
    std::set<std::string> foreign_owners() const;
    void place(model::ObservedContainer container);
    void forget(const model::ContainerId& id);
    void leave_networks(const model::ContainerId& id);
    std::set<std::string> strangers_on(const model::NetworkId& network) const;
    void complete_snapshot();

    Task<Result<>> refresh_marked();
    Task<Result<>> make_sure_that_it_answers();
    Task<Result<>> look_at_engine();
    Task<void> look_at_networks();
    Task<void> look_at_volumes();
    Task<void> look_at_images();
    Task<void> look_at_containers();
    Task<void> look_at_all_containers();
    Task<void> look_at_some_containers();
    Task<void> look_at_owners();
    Task<void> look_at_network_users();
    Task<void> look_at_origins(Inspected& inspected);
    Task<Result<>> look_at_origin(model::ImageId image);
    std::vector<model::ContainerId> silent_last(std::vector<model::ContainerId> ids) const;
    /// Stores the inspected containers; `slots` has the slots of the unknown ones.
    void take(Inspected inspected, const std::map<model::ContainerId, model::Slot>& slots);
    /// Stores all unknown objects of a kind; those that were unknown before keep their time.
    void note_unknown(model::Subject::Kind kind, const std::map<model::Subject, Error>& errors);
    /// The engine gave no list of the kind.
    void note_unlisted(model::Subject::Kind kind, const Error& error);
    /// Notes an error that may also mean that the whole engine is gone or hangs.
    void doubt(const Error& error);

    engine::Client& client_;
    model::Observed snapshot_;
    Wanted wanted_;
    Marks marks_;
    std::set<std::string> owners_;  ///< owners that were looked for last
    /// Labels of the images that containers may have their labels from.
    std::map<model::ImageId, model::Labels> image_labels_;
    std::map<model::ContainerId, UnknownContainer> unknown_;
    std::optional<Error> doubt_;  ///< the first one of this refresh
    NetworkUsers network_users_;
};

}  // namespace dockerext::observe
