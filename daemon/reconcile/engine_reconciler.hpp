#pragma once

#include "apply/executor.hpp"
#include "apply/host_access.hpp"
#include "base/task.hpp"
#include "engine/client.hpp"
#include "model/host.hpp"
#include "plan/host_planner.hpp"
#include "reconcile/changes.hpp"
#include "reconcile/failure_ledger.hpp"
#include "reconcile/intent.hpp"
#include "reconcile/registry_tokens.hpp"
#include "reconcile/trigger.hpp"
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

/// Keeps the engine itself as the settings say: looks at the machine when something of it has changed, plans,
/// has the plan done, looks again. A loop of its own beside the reconciler's, which waits while this one
/// works. On the daemon's thread.
class EngineReconciler {
public:
    EngineReconciler(const asio::any_io_executor& executor, engine::Client& client, state::Journal& journal,
                     const std::filesystem::path& root, state::HostRecordStore memory, const Intent& intent,
                     Trigger& loop, Changes& changes);

    /// Until cancelled. A change that was cut off by a crash is undone first.
    Task<void> run();

    // From the settings.
    void adopt(model::EngineDesired desired, Redactor redact);
    /// Nothing is asked of the engine any more: what there is stays as it is.
    void dismiss();

    // From the engine, and from operators.
    void engine_connected(std::string version);
    void engine_lost();
    void check_everything();
    /// What failed is tried again at once, and what dockerd refused once more.
    void retry();

    /// Nothing is being done to the engine, nor about to be: containers may be worked on.
    bool settled() const noexcept { return settled_; }
    /// How the parts stand; that of the step under way tells what is being done.
    std::vector<model::PartStatus> parts() const;
    const model::Plan& plan() const noexcept { return made_.plan; }
    /// Keys of registries that have come to know us since this was last asked: what failed for want of a
    /// login can be tried again.
    std::set<std::string> take_gained_registries() { return std::exchange(gained_registries_, {}); }
    /// Registries that take this machine's identity for a login.
    RegistryTokens& tokens() noexcept { return tokens_; }
    /// What would be done for other settings, from a fresh look; an error where the machine cannot be looked
    /// at. Changes nothing.
    Task<Result<model::Plan>> preview(model::EngineDesired desired);

private:
    Task<void> watch_units();
    Task<void> watch_files();
    void tokens_changed();
    Task<void> recover();
    Task<void> cycle();
    Task<Result<>> look_and_act();
    std::string not_seen_text(const Error& error) const;
    void not_seen(const Error& error);
    Task<Result<model::ObservedHost>> look(bool with_package);
    bool package_matters(const model::EngineDesired& desired) const;
    apply::Executor::Hooks following();
    void ended(const apply::Outcome& outcome);
    void settle(bool settled);
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
    Trigger& loop_;  ///< woken when containers may be worked on, and when a registry knows us at last
    Changes& changes_;
    Trigger trigger_;
    FailureLedger ledger_;
    RegistryTokens tokens_;

    std::optional<model::EngineDesired> desired_;
    std::string engine_version_;
    std::set<std::string> confirmed_;  ///< logins
    std::set<std::string> gained_registries_;
    plan::HostPlan made_;
    model::Subject under_way_;  ///< of the step that is being done
    std::string progress_;      ///< of it, for people; "" when there is none
    std::uint64_t cycle_ = 0;
    model::SteadyTime quiet_until_;  ///< no restart for settings before
    bool seen_ = true;               ///< the last look at the machine succeeded
    bool settled_ = true;
};

}  // namespace dockerext::reconcile
