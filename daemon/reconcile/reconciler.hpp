#pragma once

#include "apply/executor.hpp"
#include "base/task_group.hpp"
#include "engine/client.hpp"
#include "intake/take_in.hpp"
#include "model/status.hpp"
#include "observe/observer.hpp"
#include "reconcile/action_budget.hpp"
#include "reconcile/changes.hpp"
#include "reconcile/engine_link.hpp"
#include "reconcile/failure_ledger.hpp"
#include "reconcile/heartbeat.hpp"
#include "reconcile/trigger.hpp"
#include "state/journal.hpp"
#include "state/memory.hpp"

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace dockerext::reconcile {

using intake::Accepted;

/// The loop: observe → plan → apply, level-triggered. Each cycle derives everything anew; plans run in the
/// background while further cycles look after what those do not touch. At rest it sleeps until something is
/// marked or the periodic check is due. Everything on the daemon's thread.
class Reconciler {
public:
    /// What it asks of, and tells, those around it.
    struct Hooks {
        std::function<bool()> settled;  ///< the engine itself is as it is to be; no work on containers before
        /// Logins with what stands in for a password put in. They may have to be waited for.
        std::function<Task<std::vector<model::RegistryLogin>>(std::vector<model::RegistryLogin>)> logins;
        std::function<void()> resumed;  ///< called when a pause has ended
    };
    Reconciler(const asio::any_io_executor& executor, engine::Client& client, state::Journal& journal,
               state::MemoryStore memory, Changes& changes, Hooks hooks);

    /// Cycles until cancelled; what is under way then is awaited or cancelled.
    Task<void> run();

    // From the settings.
    void adopt(Accepted accepted);
    /// Nothing is desired any more, and what there was is to go: kept on disk on return, and then done by
    /// whatever process comes. The projects that are to go, those of before that are not gone yet included.
    std::set<model::ProjectName> dismiss();
    /// Until they are gone; the names of what went, volumes stay. Fails at the first attempt that does;
    /// further attempts follow by themselves.
    Task<Result<std::vector<std::string>>> dismissed();
    /// The loop should have gone on by now (heartbeat.hpp).
    bool is_overdue(Duration tolerance);
    const Accepted* accepted() const noexcept { return accepted_ ? &*accepted_ : nullptr; }

    // From the engine.
    void engine_connected(const EngineLink::Missed& missed);
    void engine_lost();
    void heard(const engine::Event& event);

    /// The engine itself is as it is to be.
    void engine_ready() { trigger_.raise(); }
    /// What could not be had from this registry can be tried again.
    void registry_knows_us(const std::string& key);

    // From operators.
    void check_everything();
    void retry(const std::set<model::ServiceName>& services);
    void pause(std::optional<std::chrono::seconds> duration);
    void resume();
    bool paused();
    /// What would be done for other settings, from a fresh look. Changes nothing. For people.
    Task<Result<model::Plan>> rehearse(model::Desired desired);

    /// Why nothing is known of the services now; "" when they have been looked at.
    std::string blindness() const;
    /// The plan of the last cycle, for people.
    model::Plan plan() const;
    /// Services, parts, state and last cycle; settings and engine are others' to fill in. No engine call.
    model::Status status() const;
    /// When the process before this one last looked; from then on missed events count.
    std::optional<model::WallTime> looked_until() const { return memory_.looked_until; }

private:
    Task<void> cycle();
    Task<Result<>> look_and_act();
    void look_again_later(const Error& error);
    Task<bool> refresh();
    void act();
    Task<void> execute(model::Plan plan, std::uint64_t number, Redactor redact,
                       std::vector<model::RegistryLogin> logins);
    Task<std::optional<Secret>> auth_for_pull(model::ImageRef image,
                                              std::vector<model::RegistryLogin> logins);
    Task<std::optional<Secret>> auth_for_build(std::vector<model::RegistryLogin> logins);
    void start(const model::Plan& plan);
    void ended(const apply::Outcome& outcome, std::uint64_t cycle);
    void mark_touched(const apply::Outcome& outcome);
    void interrupt();
    void ask_again();
    void plan_asking_again();
    void remember();
    void remember_now();
    Duration until_next() const;

    // Projects that are to go (retirement.cpp).
    Task<void> retire();
    Task<Result<>> take_down(model::ProjectName project);
    Task<Result<model::Plan>> plan_retirement(model::ProjectName project);
    void forget_secrets_of_the_gone();
    bool is_retired(const model::ProjectName& project) const { return memory_.retired.contains(project); }

    // What people see (reconciler_status.cpp).
    void add_retired_parts(model::Status& status) const;
    model::OverallState overall(const model::Status& status) const;

    asio::any_io_executor executor_;
    Changes& changes_;
    Hooks hooks_;
    engine::Client& client_;
    state::MemoryStore store_;
    state::Memory memory_;
    state::Memory saved_;  ///< as it is on disk
    apply::Executor apply_;
    observe::Observer observer_;
    FailureLedger ledger_;
    Trigger trigger_;
    TaskGroup runs_;
    Heartbeat heartbeat_;

    std::optional<Accepted> accepted_;
    std::uint64_t era_ = 0;  ///< another one whenever what is under way was overtaken by an order
    bool connected_ = false;
    bool absent_ = true;       ///< the engine was away, or this process was: endings may have gone unseen
    bool missed_all_ = false;  ///< and all events of that time have been told since
    model::Observed observed_;
    bool looked_ =
        false;  ///< everything has been looked at since it was asked for: what is known is not of before
    model::Plan plan_;
    std::uint64_t cycle_ = 0;
    unsigned failed_cycles_ = 0;
    std::string last_error_;
    std::optional<model::WallTime> blind_since_;  ///< the first of the looks in a row that have failed
    model::SteadyTime next_check_, retry_at_;
    unsigned unanswered_ = 0;  ///< looks in a row that some object remained unknown
    model::SteadyTime ask_again_at_;
    unsigned failed_retirements_ = 0;
    std::optional<Error> retirement_error_;
    model::SteadyTime retire_at_;
    Trigger retirement_;             ///< an attempt has ended
    std::vector<std::string> gone_;  ///< removed with the projects dismissed last
    ActionBudget budget_;
    bool worked_ = false;                                             ///< since it last rested
    std::map<model::Subject, std::set<model::ContainerId>> touched_;  ///< by steps about subjects still busy
    std::map<model::ImageRef, engine::PullProgress> pulls_;
    std::optional<model::WallTime> looked_at_;  ///< when the picture was begun
    model::SteadyTime remembered_at_;
    model::CycleStatus last_cycle_;
};

}  // namespace dockerext::reconcile
