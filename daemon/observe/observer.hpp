#pragma once

#include "engine/client.hpp"
#include "engine/events.hpp"
#include "model/desired.hpp"
#include "model/observed.hpp"
#include "observe/marks.hpp"
#include "observe/project_snapshot.hpp"

namespace dockerext::observe {

/// Keeps a snapshot of the engine and updates it with as few calls as correctness allows: after `mark_all` it
/// lists and inspects everything; after single marks only the marked objects. Without marks it makes no call.
/// On the daemon's thread.
class Observer {
public:
    explicit Observer(engine::Client& client) : client_(client) {}

    /// Sets what the planner needs to know: desired images, networks, volumes and container names, and the
    /// project. A change marks what it adds.
    void track(const model::Project& project);

    /// For a former project: nothing is desired, and all its volumes are looked for.
    void track_volumes_of(const model::ProjectName& project);

    /// Lists the images in every full check, even if the project needs none.
    void track_all_images(bool all) { known_.tracked.all_images = all; }

    /// Forgets what is desired and what is known.
    void forget();

    /// Everything may have changed: at the start, after a reconnect, new settings, or the periodic check.
    void mark_all() { marks_.mark_all(); }
    /// Call after a reconnect, in addition to `mark_all`: the engine may have another version or other
    /// defaults.
    void mark_engine() { marks_.engine = true; }
    /// The object of an event may have changed, whatever the event reports.
    void mark(const engine::Event& event) { marks_.mark(event, known_); }

    /// Marks a container of the project, or one that is about to be: the caller changed it, so it does not
    /// wait for an event.
    void mark(const model::ContainerId& id) { marks_.mark(id); }
    /// All containers, networks, volumes or images.
    void mark(model::Subject::Kind kind) { marks_.mark(kind); }
    /// Marks unknown objects: the next `refresh` asks for them again.
    void mark_unknown() { marks_.mark_unknown(known_); }

    bool dirty() const noexcept { return marks_.any(); }

    /// Updates `observed`. Time is bounded: kinds are read at the same time, and each call has the deadline
    /// limits::query. If the engine refuses, answers late or unreadably, one object is unknown, or all
    /// objects of a kind if there is no list. It fails only if the engine does not answer at all; the marks
    /// then stay, so that the next call tries again.
    Task<Result<>> refresh();
    /// A consistent snapshot after `refresh` has succeeded; during a refresh and after a failure, parts of it
    /// are newer.
    const model::Observed& observed() const noexcept { return known_.observed; }

private:
    Task<Result<>> refresh_marked();

    engine::Client& client_;
    ProjectSnapshot known_;
    Marks marks_;
};

}  // namespace dockerext::observe
