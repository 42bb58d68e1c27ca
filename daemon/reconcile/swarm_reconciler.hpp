#pragma once

#include "apply/executor.hpp"
#include "base/redactor.hpp"
#include "base/task.hpp"
#include "base/trigger.hpp"
#include "engine/client.hpp"
#include "engine/events.hpp"
#include "model/stack.hpp"
#include "model/status.hpp"
#include "model/swarm.hpp"
#include "plan/stack_planner.hpp"
#include "plan/swarm_planner.hpp"
#include "reconcile/changes.hpp"
#include "reconcile/drift_tally.hpp"
#include "reconcile/failure_ledger.hpp"
#include "reconcile/intent.hpp"
#include "reconcile/outcome_log.hpp"
#include "reconcile/registry_tokens.hpp"
#include "reconcile/scheduled_events.hpp"
#include "reconcile/stack_changes.hpp"
#include "reconcile/swarm_look.hpp"
#include "report/counters.hpp"
#include "state/journal.hpp"
#include "state/swarm_record.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace dockerext::reconcile {

/// The parts of the daemon that the swarm's loop uses; they outlive it.
struct SwarmParts {
    engine::Client& client;
    state::Journal& journal;
    const Intent& intent;
    RegistryTokens& tokens;
    Changes& changes;
    report::Counters& counters;
    std::function<bool()> engine_ready;    ///< whether no step changes the engine now, and none is about to
    std::function<void()> remove_project;  ///< the stack has taken the place of the project's containers
};

/// Keeps this machine in its place in the swarm, and on the swarm's leader the stack of the settings. A loop
/// of its own, like that of the engine itself: looks, plans, runs the plan, looks again. It makes no call if
/// the settings have no `swarm`, and never had one. Leaves a swarm only before Azure takes the machine away,
/// and never founds a second one (plan/swarm_planner.hpp). Runs on the daemon's thread.
class SwarmReconciler {
public:
    SwarmReconciler(const asio::any_io_executor& executor, SwarmParts parts, state::SwarmRecordStore record);

    /// Both run until cancelled.
    Task<void> run();
    Task<void> follow_scheduled_events() { return scheduled_events_.run(); }

    // From the settings. Former settings that are put in force again do not change the swarm: old settings
    // without tokens must found nothing, and tokens that were rotated since must not come back.
    void adopt(std::optional<model::SwarmDesired> desired, Redactor redact);
    /// The stack of the settings that are in force, also of former ones.
    void adopt_stack(model::StackDesired desired, std::vector<model::RegistryLogin> logins, Redactor redact);
    /// The settings are forgotten. The machine stays a member, but what we know of it is forgotten, too. If
    /// it is the leader, the stack leaves.
    Result<> clear_settings();
    /// What remains of forgotten settings, for people; "" for nothing.
    std::string left() const;

    // From the engine, and from operators.
    void engine_connected();
    void engine_lost();
    void event_received(const engine::Event& event);
    void check_everything() { trigger_.raise(); }
    /// Steps that have not begun are skipped: for other settings, and for a pause.
    void cancel_steps() { apply_.cancel_steps(); }
    /// Retries at once what failed.
    void retry();

    std::vector<model::PartStatus> parts() const;
    const model::Plan& plan() const noexcept { return made_.plan; }
    /// The swarm as this machine last saw it, for people; nullopt if the settings have none, or if it is
    /// unknown.
    std::optional<model::SwarmStatus> status() const;
    /// The plan for other settings, made from a fresh look. Changes nothing.
    Task<Result<model::Plan>> preview(std::optional<model::SwarmDesired> desired, model::StackDesired stack,
                                      Redactor redact);
    /// What the settings ask for.
    const std::optional<model::SwarmDesired>& desired() const noexcept { return wish_.swarm; }
    /// After a recovery: the next look takes the swarm that it finds for ours.
    Result<> expect_own_swarm();
    /// Whether the settings have a swarm at which no look has been taken yet.
    bool awaits_look() const noexcept { return wish_.swarm && made_.parts.empty(); }

private:
    Task<void> cycle();
    Task<Result<>> look_and_act();
    Task<Result<>> act(model::SwarmRecord before);
    void make_plan(const SwarmLook& look, model::SwarmHistory past, bool paused);
    Result<model::SwarmRecord> load_record();
    Result<> keep_record(const model::SwarmRecord& before);
    Result<> save_changes();
    model::SwarmHistory history() const;
    void forget_plan();
    void show_failure(const std::string& why);
    apply::Executor::Callbacks executor_callbacks();
    void ended(const apply::Outcome& outcome);
    Duration until_next() const;

    SwarmParts parts_;
    apply::Executor apply_;
    state::SwarmRecordStore store_;
    DriftTally drift_;
    Trigger trigger_;
    ScheduledEvents scheduled_events_{[this] { trigger_.raise(); }};
    FailureLedger ledger_;
    OutcomeLog outcome_log_{parts_.counters};
    StackChanges changes_;

    SwarmWish wish_;
    std::uint64_t wish_number_ = 0;  ///< changes with `wish_`
    std::vector<model::RegistryLogin> logins_;
    bool is_connected_ = false;
    std::optional<bool> leads_;  ///< this node was the leader at the last look; nullopt before that
    bool is_watching_ = false;   ///< the last look listed the nodes
    bool was_waiting_ = false;   ///< the last cycle could not look: the engine was about to change
    SwarmDecision made_;
    std::optional<model::ObservedSwarm> observed_;
    std::uint64_t cycle_ = 0;
    std::uint64_t seed_;
    unsigned attempts_ = 0;
    bool key_refused_ = false;
    bool retries_updates_ = false;  ///< also those that SwarmKit has rolled back
};

}  // namespace dockerext::reconcile
