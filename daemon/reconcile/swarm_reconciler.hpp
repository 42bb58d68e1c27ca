#pragma once

#include "apply/executor.hpp"
#include "base/redactor.hpp"
#include "base/task.hpp"
#include "base/trigger.hpp"
#include "engine/client.hpp"
#include "engine/events.hpp"
#include "model/status.hpp"
#include "model/swarm.hpp"
#include "plan/swarm_planner.hpp"
#include "reconcile/changes.hpp"
#include "reconcile/drift_tally.hpp"
#include "reconcile/failure_ledger.hpp"
#include "reconcile/intent.hpp"
#include "reconcile/outcome_log.hpp"
#include "report/counters.hpp"
#include "state/journal.hpp"
#include "state/swarm_record.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace dockerext::reconcile {

/// Keeps this machine in its place in the swarm. A loop of its own, like that of the engine itself: looks,
/// plans, runs the plan, looks again. It makes no call if the settings have no `swarm`, and never had one.
/// Never leaves a swarm and never founds a second one (plan/swarm_planner.hpp). Runs on the daemon's thread.
class SwarmReconciler {
public:
    /// `engine_ready`: whether no step changes the engine now, and none is about to.
    SwarmReconciler(const asio::any_io_executor& executor, engine::Client& client, state::Journal& journal,
                    state::SwarmRecordStore record, const Intent& intent, std::function<bool()> engine_ready,
                    Changes& changes, report::Counters& counters);

    /// Runs until cancelled.
    Task<void> run();

    // From the settings. Former settings that are put in force again do not change the swarm: old settings
    // without tokens must found nothing, and tokens that were rotated since must not come back.
    void adopt(std::optional<model::SwarmDesired> desired, Redactor redact);
    /// The settings are forgotten. The machine stays a member, but what we know of it is forgotten, too.
    Result<> clear_settings();

    // From the engine, and from operators.
    void engine_connected();
    void engine_lost();
    void event_received(const engine::Event& event);
    void check_everything() { trigger_.raise(); }
    /// Retries at once what failed.
    void retry();

    std::vector<model::PartStatus> parts() const { return made_.parts; }
    const model::Plan& plan() const noexcept { return made_.plan; }
    /// The swarm as this machine last saw it, for people; nullopt if the settings have none, or if it is
    /// unknown.
    std::optional<model::SwarmStatus> status() const;
    /// The plan for other settings, made from a fresh look. Changes nothing.
    Task<Result<model::Plan>> preview(model::SwarmDesired desired);
    /// What `dockerextd swarm recover` has to do, from a fresh look (plan/swarm_recovery.hpp).
    Task<Result<model::InitSwarm>> recovery();
    /// After a recovery: the next look takes the swarm that it finds for ours.
    Result<> expect_own_swarm();
    /// Whether the settings have a swarm at which no look has been taken yet.
    bool awaits_look() const noexcept { return desired_ && made_.parts.empty(); }

private:
    Task<void> cycle();
    Task<Result<>> look_and_act();
    Task<Result<>> tell_left_membership(model::SwarmRecord record);
    void make_plan(model::SwarmHistory past, bool paused);
    model::SwarmHistory history() const;
    void show_failure(const std::string& why);
    apply::Executor::Callbacks executor_callbacks();
    void ended(const apply::Outcome& outcome);
    Duration until_next() const;

    engine::Client& client_;
    apply::Executor apply_;
    state::SwarmRecordStore store_;
    const Intent& intent_;
    std::function<bool()> engine_ready_;
    Changes& changes_;
    report::Counters& counters_;
    DriftTally drift_;
    Trigger trigger_;
    FailureLedger ledger_;
    OutcomeLog outcome_log_{counters_};

    std::optional<model::SwarmDesired> desired_;
    Redactor redact_;
    bool is_connected_ = false;
    bool is_watching_ = false;  ///< the last look listed the nodes
    bool was_waiting_ = false;  ///< the last cycle could not look: the engine was about to change
    plan::SwarmPlan made_;
    std::optional<model::ObservedSwarm> observed_;
    std::uint64_t cycle_ = 0;
    std::uint64_t seed_;
    unsigned attempts_ = 0;
    bool key_refused_ = false;
};

}  // namespace dockerext::reconcile
