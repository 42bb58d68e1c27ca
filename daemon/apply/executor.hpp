#pragma once

#include "apply/host_access.hpp"
#include "base/task.hpp"
#include "engine/client.hpp"
#include "engine/images.hpp"
#include "model/plan.hpp"
#include "state/journal.hpp"

#include <chrono>
#include <functional>
#include <optional>
#include <string>

namespace dockerext::apply {

/// How a step ended.
struct Outcome {
    model::Step step;
    std::optional<Error> error;  ///< none: done. Secrets are hidden already.
    Duration took{0};
    std::optional<model::ContainerId> created;    ///< the new container of a create
    std::optional<model::ContainerId> container;  ///< the one that the step was about, as far as there is one
    bool skipped = false;  ///< not tried: a step that it comes after failed, or it was called off
};

/// How many calls are made at once, over all plans under way.
struct Bounds {
    std::size_t work = 4;    ///< for which the engine does something
    std::size_t waits = 64;  ///< that wait for a container: for its grace to end, for a hook
    std::size_t pulls = 3;   ///< and builds
    Duration lease = std::chrono::seconds(5);  ///< work and pulls that take longer are not counted any more,
    std::size_t in_all = 64;                   ///< up to so many of each
};

/// For what must not overlap: changes of the engine itself.
inline constexpr Bounds one_at_a_time{.work = 1, .in_all = 1};

/// Runs plans: what may run side by side does, within the bounds. Journals each step, durably before a step
/// that is not idempotent. Has no opinions: a failed step fails what comes after it, nothing else. Several
/// `run`s may be under way; on the daemon's thread.
class Executor {
public:
    struct Hooks {
        std::function<void(const model::Step&)> began;  ///< the call goes out now
        std::function<void(const Outcome&)> ended;      ///< every step of the plan, once; waiting ones never
        std::function<void(const model::ImageRef&, const engine::PullProgress&)> progress;
        // The headers with our logins, for pulls and for builds (model/registry.hpp). They may take a while.
        std::function<Task<std::optional<Secret>>(model::ImageRef)> pull_auth;
        std::function<Task<std::optional<Secret>>()> build_auth;
    };

    /// Without `host` there is no machine to manage: steps on the engine itself fail.
    Executor(engine::Client& client, state::Journal& journal, const asio::any_io_executor& executor,
             Bounds bounds = {}, HostAccess* host = nullptr);
    ~Executor();

    /// Until every step has ended. `redact` hides the secrets of whatever the engine says.
    Task<void> run(model::Plan plan, std::uint64_t cycle, Redactor redact, Hooks hooks);

    /// Steps that have not begun are skipped from now on, but for those that restore what a step before has
    /// taken away; pulls and builds under way are cancelled. What is being done to the engine itself goes on
    /// to its end. For new settings, a pause, and the end.
    void call_off();

    /// For how long containers may still take to end whose place another is to take, or which are being
    /// restarted. To be cut off before that leaves services down.
    Duration grace_left() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace dockerext::apply
