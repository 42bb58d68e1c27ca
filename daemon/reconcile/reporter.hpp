#pragma once

#include "model/status.hpp"
#include "reconcile/changes.hpp"
#include "report/azure_status.hpp"
#include "state/report_target.hpp"

#include <functional>
#include <optional>

namespace dockerext::reconcile {

/// Tells systemd and Azure how things stand, whenever that has changed. Azure's file is kept true, and there,
/// for as long as its folder is; a folder that has gone is not made anew (handler-contract §12.15).
class Reporter {
public:
    Reporter(Changes& changes, state::ReportTargetStore store);

    /// Until cancelled. `look` tells how things stand; it is asked often, and outlives the call.
    Task<void> run(std::function<model::Status()> look);
    /// Settings of Azure have come, or the same again: the file for them is written in any case.
    void told_by_azure(const model::Envelope& envelope);
    /// What is wanted is another thing now, and not done yet: nothing of before counts.
    void new_settings();

private:
    Task<Result<>> tell(const std::function<model::Status()>& look);
    void keep(const state::ReportTarget& target);
    void keep_how_long();
    void tell_azure(const model::Status& status);

    Changes& changes_;
    state::ReportTargetStore store_;
    std::optional<state::ReportTarget> target_;
    model::SteadyTime quiet_until_;  ///< while nothing has been looked at
    std::string told_systemd_;
    std::optional<report::AzureStatus> told_azure_;
    report::Complaints complaints_;
    std::string complaint_;  ///< the last, while it lasts
    bool at_rest_ = false;
};

}  // namespace dockerext::reconcile
