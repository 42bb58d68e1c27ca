// The part of Reconciler that tells people how things stand and what would be done.
#include "base/clock.hpp"
#include "reconcile/reconciler.hpp"

#include "plan/assess.hpp"
#include "plan/plan_text.hpp"
#include "plan/planner.hpp"

#include <algorithm>

namespace dockerext::reconcile {

using namespace model;

namespace {

std::string progress_of(const engine::PullProgress& progress) {
    if (progress.total_bytes == 0) return "pulling the image";
    constexpr std::uint64_t megabyte = 1'000'000;
    return "pulling the image: " + std::to_string(progress.done_bytes / megabyte) + " of " +
           std::to_string(progress.total_bytes / megabyte) + " MB";
}

}  // namespace

Plan Reconciler::plan() const { return accepted_ ? plan::redacted(plan_, accepted_->desired.redact) : plan_; }

Task<Result<Plan>> Reconciler::rehearse(Desired desired) {
    if (accepted_) desired.redact.also(accepted_->desired.redact);
    Plan leaving;
    const bool empty = desired.project.services.empty() && desired.project.inactive.empty();
    if (!empty && !memory_.project.empty() && memory_.project != desired.project.name) {
        auto retirement = co_await plan_retirement(memory_.project);
        if (!retirement) co_return retirement.error();
        leaving = std::move(*retirement);
    }
    observe::Observer observer(client_);
    observer.want(desired.project);
    observer.mark_all();
    auto observed = co_await observer.refresh();
    if (!observed) co_return Error(observed.error().kind(), desired.redact(observed.error().message()));
    History history = ledger_.history();
    history.busy.clear();
    history.troubles.clear();
    history.unproven.clear();
    Plan coming = plan::make_plan(desired, *observed, history, steady_now());
    co_return plan::redacted(joined(std::move(leaving), std::move(coming)), desired.redact);
}

std::string Reconciler::blindness() const {
    if (blind_since_) return "the engine cannot be looked at: " + last_error_;
    return looked_at_ ? "" : "not looked at yet";
}

Status Reconciler::status() const {
    Status status;
    status.last_cycle = last_cycle_;
    status.paused_until = memory_.paused_until;
    add_retired_parts(status);
    if (accepted_) {
        status.parts.insert(status.parts.end(), accepted_->parts.begin(), accepted_->parts.end());
        status.services =
            plan::assess(accepted_->desired, observed_, ledger_.history(), plan_, steady_now(), wall_now());
        status.unseen = !status.services.empty() && !looked_at_;
        const std::string blind = blindness();
        for (ServiceStatus& service : status.services) {
            if (!blind.empty()) make_unknown(service, blind, blind_since_);
            service.in_hand = service.in_hand || !looked_ || !connected_;
            const auto pull =
                pulls_.find(accepted_->desired.project.services.at(service.name).container.image);
            const bool may_tell = !is_well(service.state) && service.state != ServiceState::unknown;
            if (pull != pulls_.end() && may_tell) service.reason = progress_of(pull->second);
        }
        for (const Held& held : plan().held) {
            if (!held.service) status.held.push_back(held);
        }
    }
    status.state = overall(status);
    return status;
}

void Reconciler::add_retired_parts(Status& status) const {
    for (const ProjectName& project : memory_.retired) {
        const std::string error = retirement_error_ ? retirement_error_->message() : "";
        status.parts.push_back(
            {"project." + client_.redact()(project.value), error.empty() ? "pending" : "failed",
             error.empty() ? "left the settings, is being removed" : error + "; tried again"});
    }
    const bool kept = accepted_ && accepted_->desired.project.services.empty() && !memory_.project.empty();
    if (kept) {
        status.parts.push_back({"project." + client_.redact()(memory_.project.value), "unmanaged",
                                "the settings have no services any more; what there was is left as it is "
                                "(`dockerextd down` removes it)"});
    }
}

OverallState Reconciler::overall(const Status& status) const {
    if (memory_.paused_until) return OverallState::paused;
    if (!accepted_ && memory_.retired.empty()) return OverallState::idle;
    if (!connected_ || !last_error_.empty() || retirement_error_) return OverallState::degraded;
    const bool ill = !status.held.empty() ||
                     std::any_of(status.services.begin(), status.services.end(),
                                 [](const ServiceStatus& service) { return is_ill(service.state); });
    if (looked_ && ill) return OverallState::degraded;
    const bool well = std::all_of(status.services.begin(), status.services.end(),
                                  [](const ServiceStatus& service) { return is_well(service.state); });
    const bool working = !ledger_.history().busy.empty() || !plan_.steps.empty() ||
                         !memory_.retired.empty() || (accepted_ && (!looked_ || observer_.dirty()));
    return well && !working ? OverallState::converged : OverallState::converging;
}

}  // namespace dockerext::reconcile
