#pragma once

#include "base/task.hpp"
#include "observe/observer.hpp"
#include "reconcile/world.hpp"

#include <optional>
#include <string>

namespace dockerext::reconcile {

/// What is known of one project, and when it is looked at again: a failed look, and objects of which the
/// engine tells nothing, have backoffs of their own. On the daemon's thread.
class ProjectView {
public:
    explicit ProjectView(engine::Client& client) : observer_(client) {}

    /// For the project in force.
    void want(const model::Project& project);
    /// For one that is leaving.
    void want(const model::ProjectName& project, model::Extent extent);
    void forget();

    /// Everything is looked at again, what is unknown included.
    void mark_all();
    /// The same at once: the engine is there again.
    void engine_returned();
    /// What failed to be looked at is looked at at once.
    void retry();
    /// Our work on the project has changed something: what is known is of before.
    void outdate() noexcept { outdated_ = true; }
    observe::Observer& observer() noexcept { return observer_; }

    bool is_dirty() const noexcept { return observer_.dirty(); }
    bool is_looking() const noexcept { return looking_; }
    /// A look is about to be taken.
    void reserve() noexcept { looking_ = true; }
    /// Whether there is something to look at, and it may be done now.
    bool is_due(SteadyTime now) const;
    /// Takes a snapshot; bounded by the deadlines of the calls. `now` is when it is begun.
    Task<Result<>> look();
    /// The same for a snapshot that nothing can be made of.
    void look_failed(const Error& error);

    Snapshot snapshot() const;
    const model::Observed& observed() const noexcept { return before_ ? *before_ : observer_.observed(); }
    /// When the snapshot was begun.
    std::optional<model::WallTime> looked_at() const noexcept { return looked_at_; }
    /// Why the last look failed; "" when it did not. Secrets are not hidden.
    const std::string& error() const noexcept { return error_; }
    /// The first of the looks in a row that have failed.
    std::optional<model::WallTime> failing_since() const noexcept { return failing_since_; }

private:
    bool asks_again(SteadyTime now) const { return !observed().unknown.empty() && now >= ask_again_at_; }
    void plan_asking_again();

    observe::Observer observer_;
    /// While a look is taken, and after one that failed: the last snapshot. At rest there is but one of it.
    std::optional<model::Observed> before_;
    std::optional<model::WallTime> looked_at_;
    bool looking_ = false;
    bool outdated_ = true;
    unsigned failures_ = 0;  ///< in a row
    std::string error_;
    std::optional<model::WallTime> failing_since_;
    SteadyTime look_again_at_;
    unsigned unanswered_ = 0;  ///< looks in a row after which some object was unknown
    SteadyTime ask_again_at_;
};

}  // namespace dockerext::reconcile
