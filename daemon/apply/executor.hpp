#pragma once

#include "apply/host_access.hpp"
#include "base/task.hpp"
#include "engine/client.hpp"
#include "engine/images.hpp"
#include "model/history.hpp"
#include "model/plan.hpp"
#include "state/journal.hpp"

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string>

namespace dockerext::apply {

/// How a step ended.
struct Outcome {
    model::Step step;
    std::optional<Error> error;  ///< none on success; secrets are already hidden
    Duration took{0};
    std::optional<model::ContainerId> created;    ///< the new container of a create
    std::optional<model::ContainerId> container;  ///< the container of the step, if there is one
    engine::Pulled pulled;
    std::map<model::ImageId, model::BroughtImage> built;  ///< what a build made or pulled, even if it failed
    bool skipped = false;  ///< not tried: a step before it failed, or it was cancelled
};

/// How many calls run at the same time, over all plans under way.
struct Bounds {
    std::size_t work = 4;    ///< calls that make the engine work
    std::size_t waits = 64;  ///< calls that wait for a container: for its stop, for a hook
    std::size_t pulls = 3;   ///< pulls and builds
    /// How long a call counts for `work` and `pulls`; up to `max_total` of each may be under way.
    Duration lease = std::chrono::seconds(5);
    std::size_t max_total = 64;  ///< for work and for pulls, with those that no longer count
};

/// For steps that must not overlap: changes of the engine itself.
inline constexpr Bounds one_at_a_time{.work = 1, .max_total = 1};

/// Runs plans; independent steps run at the same time, within the bounds. Journals each step: durably before
/// a step that is not idempotent. It makes no decisions: a failed step fails only the steps that depend on
/// it. Several `run`s may be under way. On the daemon's thread.
class Executor {
public:
    struct Callbacks {
        std::function<void(const model::Step&)> began;  ///< the call starts now
        /// Once for every step of the plan, but never for one with `waits_for`.
        std::function<void(const Outcome&)> ended;
        std::function<void(const model::ImageRef&, const engine::PullProgress&)> progress;
        // The headers with our logins, for pulls and for builds (model/registry.hpp). They may take a while.
        std::function<Task<std::optional<Secret>>(model::ImageRef)> pull_auth;
        std::function<Task<std::optional<Secret>>()> build_auth;
    };

    /// Without `host`, steps on the engine itself fail.
    Executor(engine::Client& client, state::Journal& journal, const asio::any_io_executor& executor,
             Bounds bounds = {}, HostAccess* host = nullptr);
    ~Executor();

    /// Runs until every step has ended. `redact` hides secrets in the engine's messages.
    Task<void> run(model::Plan plan, std::uint64_t cycle, Redactor redact, Callbacks callbacks);

    /// From now on, skips steps that have not started, except steps that restore what an earlier step has
    /// removed; cancels pulls and builds under way. A change of the engine itself continues to its end. For
    /// new settings, a pause, and the end of the daemon.
    void cancel_steps();

    /// How long containers may still take to stop that are being replaced or restarted. An interruption
    /// before that would leave services down.
    Duration grace_left() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace dockerext::apply
