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

    /// Runs until cancelled. `current_status` returns the current status; it is called often, and outlives
    /// the call.
    Task<void> run(std::function<model::Status()> current_status);
    /// Settings have arrived from Azure, new or repeated: their status file is written in any case.
    void azure_settings_received(const model::Envelope& envelope);
    /// The desired state has changed and is not applied yet: earlier results do not count.
    void new_settings();

private:
    Task<Result<>> report_status(const std::function<model::Status()>& current_status);
    void save_target(const state::ReportTarget& target);
    void save_unfinished_time();
    void write_azure_status(const model::Status& status);

    Changes& changes_;
    state::ReportTargetStore store_;
    std::optional<state::ReportTarget> target_;
    model::SteadyTime no_report_until_;  ///< no report before this time while no look has succeeded
    std::string reported_to_systemd_;
    std::optional<report::AzureStatus> reported_to_azure_;
    report::Issues issues_;
    std::string last_logged_error_;  ///< the last one logged, while it persists
    bool is_idle_ = false;
};

}  // namespace dockerext::reconcile
