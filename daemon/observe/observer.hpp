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

/// Keeps a snapshot of the engine and brings it up to date with as few calls as the truth allows:
/// after `mark_all` everything is listed and inspected; after single marks only what was marked.
/// Not converging and idle, it makes no call. On the daemon's thread.
class Observer {
public:
    explicit Observer(engine::Client& client) : client_(client) {}

    /// What the plan will ask about: wanted images, networks, volumes and container names, and the project.
    /// A change of these marks what is new to it.
    void want(const model::Project& project);

    /// For a project that is leaving: nothing is wanted of it, and all its volumes are looked for.
    void want_volumes_of(const model::ProjectName& project);

    /// Nothing is wanted, and nothing known, any more.
    void forget();

    /// Everything may have changed: start, reconnect, new settings, the periodic check.
    void mark_all();
    /// After a reconnect, besides `mark_all`: the engine may be another version or have other defaults by
    /// now.
    void mark_engine() { marks_.engine = true; }
    /// What an event is about may have changed, whatever the event says.
    void mark(const engine::Event& event);

    /// One of ours, or about to be: what the caller did to it is not told by an event he waits for.
    void mark(const model::ContainerId& id);
    /// All containers, networks, volumes or images.
    void mark(model::Subject::Kind kind);
    /// What the engine has told nothing of: asked for again with the next `refresh`.
    void mark_unknown();

    bool dirty() const noexcept;

    /// Brings `observed` up to date. Bounded: kinds are looked at side by side, and each call has
    /// limits::look. What the engine refuses, answers unreadably or not in time makes one object unknown, or
    /// all of a kind where it gives no list. It fails only when the engine does not answer at all; the marks
    /// stay then, so that the next call tries again.
    Task<Result<>> refresh();
    /// A snapshot when `refresh` has succeeded; while it runs, and after a failure, some of it is newer.
    const model::Observed& observed() const noexcept { return snapshot_; }

private:
    struct Wanted {
        model::ProjectName project;
        std::set<model::ContainerName> names;
        std::set<model::ImageRef> images;
        std::set<model::NetworkName> networks;
        std::set<model::VolumeName> volumes;
        std::set<std::string> owners;  ///< of namespaces, as modes call them
        bool all_volumes = false;      ///< of the project
    };
    /// What has to be looked at. Taken back before the look, so that what is marked meanwhile stays marked.
    struct Marks {
        bool engine = true;
        bool containers = true;  ///< all; `some` says nothing then
        bool images = true;
        bool networks = true;
        bool volumes = true;
        bool owners = true;
        bool network_users = false;  ///< looked at with all containers, too
        std::set<model::ContainerId> some;

        void add(const Marks& more);
    };

    /// A container of which the engine tells nothing, but for whose it is.
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
    /// Notes what was learned of the containers, and who `slots` says those are of which nothing was.
    void take(Inspected inspected, const std::map<model::ContainerId, model::Slot>& slots);
    /// All that is unknown of a kind; what was so before keeps its time.
    void note_unknown(model::Subject::Kind kind, const std::map<model::Subject, Error>& errors);
    /// There is no list of the kind.
    void note_unlisted(model::Subject::Kind kind, const Error& error);
    /// An answer that an engine which is gone or hangs would give as well.
    void doubt(const Error& error);

    engine::Client& client_;
    model::Observed snapshot_;
    Wanted wanted_;
    Marks marks_;
    std::set<std::string> owners_;  ///< that were looked for last
    /// Of the images whose containers may have their labels from there.
    std::map<model::ImageId, model::Labels> image_labels_;
    std::map<model::ContainerId, UnknownContainer> unknown_;
    std::optional<Error> doubt_;  ///< the first of this look
    NetworkUsers network_users_;
};

}  // namespace dockerext::observe
