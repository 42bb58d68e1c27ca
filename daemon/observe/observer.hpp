#pragma once

#include "engine/client.hpp"
#include "engine/events.hpp"
#include "model/desired.hpp"
#include "model/observed.hpp"
#include "model/ownership.hpp"
#include "observe/container_inspection.hpp"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace dockerext::observe {

/// Keeps a picture of the engine and brings it up to date with as few calls as the truth allows:
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
    /// What the engine has told nothing of.
    void mark_unknown();

    bool dirty() const noexcept;

    /// The picture, up to date. What the engine refuses, or answers unreadably, about one object makes that
    /// one unknown. An error is about the engine; the marks stay then, so that the next call tries again.
    Task<Result<model::Observed>> refresh();

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
        std::set<model::ContainerId> some;
    };

    /// A container of which the engine tells nothing, but for whose it is.
    struct Unknown {
        model::Slot slot;
        Error error;
    };

    static Wanted wanted_by(const model::Project& project);
    bool claims(const model::Labels& labels) const;
    bool is_ours(const model::ObservedContainer& container) const;
    bool concerns_us(const engine::Event& event) const;
    bool concerns_an_owner(const engine::Event& event) const;
    bool is_wanted(const model::ObservedVolume& volume) const;
    bool is_known(const std::string& owner) const;
    std::set<std::string> foreign_owners() const;
    void place(model::ObservedContainer container);
    void forget(const model::ContainerId& id);
    model::Observed snapshot() const;

    Task<Result<>> refresh_marked();
    Task<Result<>> if_marked(bool Marks::*mark, Task<Result<>> look);
    Task<Result<>> look_at_engine();
    Task<Result<>> look_at_networks();
    Task<Result<>> look_at_volumes();
    Task<Result<>> look_at_images();
    Task<Result<>> look_at_all_containers();
    Task<Result<>> look_at_some_containers();
    Task<Result<>> look_at_owners();
    Task<void> look_at_origins(Inspected& inspected);
    Task<Result<>> look_at_origin(model::ImageId image);
    /// Notes what was learned of the containers, and who `slots` says those are of which nothing was.
    void take(Inspected inspected, const std::map<model::ContainerId, model::Slot>& slots);
    void forget_unknown(model::Subject::Kind kind);

    engine::Client& client_;
    model::Observed picture_;
    Wanted wanted_;
    Marks marks_;
    std::set<std::string> owners_;  ///< that were looked for last
    /// Of the images whose containers may have their labels from there.
    std::map<model::ImageId, model::Labels> image_labels_;
    std::map<model::ContainerId, Unknown> unknown_;
};

}  // namespace dockerext::observe
