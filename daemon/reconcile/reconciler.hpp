#pragma once

#include "apply/executor.hpp"
#include "base/task_group.hpp"
#include "engine/client.hpp"
#include "model/status.hpp"
#include "observe/observer.hpp"
#include "reconcile/chronicle.hpp"
#include "reconcile/intake.hpp"
#include "reconcile/trigger.hpp"
#include "state/journal.hpp"
#include "state/memory.hpp"

#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace dockerext::reconcile {

/// The loop: observe → plan → apply, level-triggered. Each cycle derives everything anew; plans run in the background
/// while further cycles look after what those do not touch. At rest it sleeps until something is marked or the
/// periodic check is due. Everything on the daemon's thread.
class Reconciler {
public:
    Reconciler(const asio::any_io_executor& executor, engine::Client& client, state::Journal& journal,
               state::MemoryStore memory);

    /// Cycles until cancelled; what is under way then is awaited or cancelled.
    Task<void> run();

    // From the settings.
    void adopt(Accepted accepted);
    void forget();  ///< nothing is desired any more; what runs keeps running
    const Accepted* accepted() const noexcept { return accepted_ ? &*accepted_ : nullptr; }

    // From the engine.
    void engine_connected(const std::vector<engine::Event>& missed);
    void engine_lost();
    void heard(const engine::Event& event);

    // From operators.
    void check_everything();
    void retry(const std::set<model::ServiceName>& services);
    void pause(std::optional<std::chrono::seconds> duration);
    void resume();
    /// Stops and removes what the project has; volumes stay. Gives the names of what went.
    Task<Result<std::vector<std::string>>> take_down(model::ProjectName project);

    /// What would be done for other settings, from a fresh look. Changes nothing.
    Task<Result<model::Plan>> rehearse(model::Desired desired);

    /// The plan of the last cycle.
    const model::Plan& plan() const noexcept { return plan_; }
    /// Services, parts, state and last cycle; settings and engine are others' to fill in. No engine call.
    model::Status status() const;
    /// When the process before this one last looked; from then on missed events count.
    std::optional<model::WallTime> looked_until() const { return memory_.looked_until; }

private:
    Task<void> cycle();
    Task<bool> refresh();
    Task<void> retire();
    Task<void> execute(model::Plan plan, std::uint64_t number, Redactor redact);
    void start(const model::Plan& plan);
    void ended(const apply::Outcome& outcome);
    void mark_touched(const apply::Outcome& outcome);
    bool paused();
    void notice_the_clock();
    void remember();
    Duration until_next() const;

    asio::any_io_executor executor_;
    engine::Client& client_;
    state::MemoryStore store_;
    state::Memory memory_;
    apply::Executor apply_;
    observe::Observer observer_;
    Chronicle chronicle_;
    Trigger trigger_;
    TaskGroup runs_;

    std::optional<Accepted> accepted_;
    bool connected_ = false;
    bool absent_ = true;  ///< the engine was away, or this process was: endings may have gone unseen
    model::Observed observed_;
    bool looked_ = false;  ///< everything has been looked at since it was asked for: what is known is not of before
    model::Plan plan_;
    std::uint64_t cycle_ = 0;
    unsigned failed_cycles_ = 0;
    std::string last_error_;
    model::SteadyTime next_check_, retry_at_;
    std::chrono::nanoseconds clock_offset_{0};
    std::map<model::Subject, std::set<model::ContainerId>> touched_;  ///< by steps about subjects still busy
    std::map<model::ImageRef, engine::PullProgress> pulls_;
    model::SteadyTime remembered_at_;
    model::CycleStatus last_cycle_;
};

}  // namespace dockerext::reconcile
