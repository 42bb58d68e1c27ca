#pragma once

#include "base/task.hpp"
#include "observe/observer.hpp"
#include "reconcile/world.hpp"

#include <optional>
#include <string>

namespace dockerext::reconcile {

/// The snapshot of one project, and when to look again. A failed look, and objects that the engine gives no
/// answer about, have separate backoffs. On the daemon's thread.
class ProjectView {
public:
    explicit ProjectView(engine::Client& client) : observer_(client) {}

    /// Observes the project in force.
    void track(const model::Project& project);
    /// Observes a former project.
    void track(const model::ProjectName& project, model::RemovalScope scope);
    void forget();

    /// Marks everything for another look, including unknown objects.
    void mark_all();
    /// The same without backoff, because the engine is connected again.
    void engine_returned();
    /// Retries a failed look at once.
    void retry();
    /// The daemon's work has changed the project, so the snapshot is outdated.
    void mark_outdated() noexcept { outdated_ = true; }
    observe::Observer& observer() noexcept { return observer_; }

    bool is_dirty() const noexcept { return observer_.dirty(); }
    bool is_looking() const noexcept { return looking_; }
    /// The caller is about to look.
    void set_looking() noexcept { looking_ = true; }
    /// Whether there is something to look at, and no backoff prevents it now.
    bool is_due(SteadyTime now) const;
    /// Takes a snapshot; the deadlines of its calls bound the time. `now` is when it started.
    Task<Result<>> look();
    /// The effect of a failed look, for a snapshot that could not be taken because of a bug.
    void look_failed(const Error& error);

    Snapshot snapshot() const;
    const model::Observed& observed() const noexcept {
        return last_snapshot_ ? *last_snapshot_ : observer_.observed();
    }
    /// When the snapshot was started.
    std::optional<model::WallTime> last_look() const noexcept { return last_look_; }
    /// Why the last look failed; "" if it succeeded. May contain secrets.
    const std::string& error() const noexcept { return error_; }
    /// When the first of the present series of failed looks was.
    std::optional<model::WallTime> failing_since() const noexcept { return failing_since_; }

private:
    bool should_retry_unknown(SteadyTime now) const {
        return !observed().unknown.empty() && now >= retry_unknown_at_;
    }
    void schedule_unknown_retry();

    observe::Observer observer_;
    /// The last snapshot, during a look and after a failed one. Otherwise only the observer holds it, to save
    /// memory.
    std::optional<model::Observed> last_snapshot_;
    std::optional<model::WallTime> last_look_;
    bool looking_ = false;
    bool outdated_ = true;
    unsigned failures_ = 0;  ///< in a row
    std::string error_;
    std::optional<model::WallTime> failing_since_;
    SteadyTime look_again_at_;
    unsigned unanswered_ = 0;  ///< successive looks that left some object unknown
    SteadyTime retry_unknown_at_;
};

}  // namespace dockerext::reconcile
