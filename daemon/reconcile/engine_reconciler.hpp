#pragma once

#include "apply/executor.hpp"
#include "apply/host_access.hpp"
#include "base/task.hpp"
#include "base/trigger.hpp"
#include "engine/client.hpp"
#include "model/host.hpp"
#include "plan/host_planner.hpp"
#include "reconcile/changes.hpp"
#include "reconcile/drift_tally.hpp"
#include "reconcile/failure_ledger.hpp"
#include "reconcile/intent.hpp"
#include "reconcile/outcome_log.hpp"
#include "reconcile/registry_tokens.hpp"
#include "report/counters.hpp"
#include "state/host_record.hpp"
#include "state/journal.hpp"
#include "systemd/systemd.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace dockerext::reconcile {

/// Keeps the engine itself in its desired state: looks at the machine when something of the engine has
/// changed, plans, runs the plan, and looks again. Its loop is separate from the loop of the reconciler,
/// which waits while this one works. Runs on the daemon's thread.
class EngineReconciler {
public:
    EngineReconciler(const asio::any_io_executor& executor, engine::Client& client, state::Journal& journal,
                     const std::filesystem::path& root, state::HostRecordStore host_record,
                     const Intent& intent, Trigger& reconcile_trigger, Changes& changes,
                     report::Counters& counters);

    /// Runs until cancelled. First rolls back a change that a crash interrupted.
    Task<void> run();

    // From the settings.
    void adopt(model::EngineDesired desired, Redactor redact);
    /// The settings ask nothing of the engine any more. The engine stays in its present state.
    void clear_settings();

    // From the engine, and from operators.
    void engine_connected(std::string version);
    void engine_lost();
    void check_everything() { trigger_.raise(); }
    /// A pause has ended: containers wait for a change of the engine that is due.
    void resume();
    /// Retries at once what failed, including what dockerd refused.
    void retry();

    /// Whether containers may be worked on: no step changes the engine now, and none is about to.
    bool engine_ready() const noexcept { return engine_ready_; }
    /// The status of the engine's parts; the part of the step under way names the work.
    std::vector<model::PartStatus> parts() const;
    /// What is in force from settings that are no more, for people; "" if there are settings or nothing is.
    const std::string& left() const noexcept { return left_; }
    const model::Plan& plan() const noexcept { return host_plan_.plan; }
    /// Keys of registries that have started to accept our login since the last call. What failed for lack of
    /// a login can be retried.
    std::set<std::string> take_newly_accepting_registries() {
        return std::exchange(newly_accepting_registries_, {});
    }
    /// The registries that accept this machine's identity as a login.
    RegistryTokens& tokens() noexcept { return tokens_; }
    /// The plan for other settings, made from a fresh look; an error if the machine cannot be inspected.
    /// Changes nothing.
    Task<Result<model::Plan>> preview(model::EngineDesired desired);

private:
    void tokens_changed();
    Task<void> recover();
    void note_left();
    Task<void> cycle();
    Task<Result<>> look_and_act();
    std::string look_error_text(const Error& error) const;
    void look_failed(const Error& error);
    Task<Result<model::ObservedHost>> look(bool with_package);
    void hide_secrets();
    bool package_matters(const model::EngineDesired& desired) const;
    apply::Executor::Callbacks executor_callbacks();
    void ended(const apply::Outcome& outcome);
    void set_engine_ready(bool engine_ready);
    plan::HostHistory history() const;
    Duration until_next() const;

    asio::any_io_executor executor_;
    engine::Client& client_;
    std::filesystem::path root_;
    systemd::Systemd systemd_;
    state::HostRecordStore store_;
    apply::HostAccess access_;
    apply::Executor apply_;
    const Intent& intent_;
    Trigger& reconcile_trigger_;  ///< woken when containers may be worked on, and when a registry accepts our
                                  ///< login
    Changes& changes_;
    report::Counters& counters_;
    DriftTally drift_;
    Trigger trigger_;
    FailureLedger ledger_;
    RegistryTokens tokens_;

    std::optional<model::EngineDesired> desired_;
    std::string left_;
    std::string engine_version_;
    std::set<std::string> confirmed_;  ///< logins that their registries have accepted
    std::set<std::string> newly_accepting_registries_;
    plan::HostPlan host_plan_;
    model::Subject under_way_;  ///< the subject of the step under way
    std::string progress_;      ///< progress of that step, for people; "" if it reports none
    std::uint64_t cycle_ = 0;
    std::optional<plan::LoadedConfiguration> loaded_;
    OutcomeLog outcome_log_{counters_};
    model::SteadyTime no_restart_until_;  ///< new settings do not restart the engine before this time
    bool last_look_succeeded_ = true;     ///< the last look at the machine succeeded
    bool engine_ready_ = true;
};

}  // namespace dockerext::reconcile
