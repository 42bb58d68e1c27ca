#pragma once

#include "model/status.hpp"
#include "reconcile/changes.hpp"
#include "report/azure_status.hpp"
#include "state/report_target.hpp"

#include <functional>
#include <optional>

namespace dockerext::reconcile {

/// Reports the status to systemd and Azure when it has changed. The reporter keeps Azure's status file up to
/// date as long as its folder exists; it does not recreate a removed folder (handler-contract §12.15).
class Reporter {
public:
    Reporter(Changes& changes, state::ReportTargetStore store);

    /// Runs until cancelled. `look` returns the current status; it is called often, and outlives the call.
    Task<void> run(std::function<model::Status()> look);
    /// Settings have arrived from Azure, new or repeated: their status file is written in any case.
    void told_by_azure(const model::Envelope& envelope);
    /// The desired state has changed and is not applied yet: earlier results do not count.
    void new_settings();

private:
    Task<Result<>> tell(const std::function<model::Status()>& look);
    void keep(const state::ReportTarget& target);
    void keep_how_long();
    void tell_azure(const model::Status& status);

    Changes& changes_;
    state::ReportTargetStore store_;
    std::optional<state::ReportTarget> target_;
    model::SteadyTime quiet_until_;  ///< no report before this time while no look has succeeded
    std::string told_systemd_;
    std::optional<report::AzureStatus> told_azure_;
    report::Complaints complaints_;
    std::string complaint_;  ///< the last one logged, while it persists
    bool at_rest_ = false;
};

}  // namespace dockerext::reconcile
