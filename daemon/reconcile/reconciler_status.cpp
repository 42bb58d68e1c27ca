// The part of Reconciler that tells people how things stand and what would be done.
#include "reconcile/reconciler.hpp"

#include "plan/assess.hpp"
#include "plan/plan_text.hpp"

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

/// Whether what the subject of a leaving project is about is still there.
bool is_there(const Observed& observed, const ProjectName& project, const Subject& subject) {
    const auto is = [&](const Subject& own) { return of_leaving(project, own) == subject; };
    const auto named = [&](const auto& each) { return is(subject_of(each.first)); };
    return std::any_of(observed.containers.begin(), observed.containers.end(),
                       [&](const auto& each) { return is(subject_of(each.second.slot)); }) ||
           std::any_of(observed.networks.begin(), observed.networks.end(), named) ||
           std::any_of(observed.volumes.begin(), observed.volumes.end(), named);
}

}  // namespace

Plan Reconciler::plan() const { return plan::redacted(joined(leaving_plan_, plan_), client_.redact()); }

Status Reconciler::status() const {
    Status status;
    status.last_cycle = last_cycle_;
    status.paused_until = intent_.paused_until();
    if (const WakeUp* const next = wake_ups_.next()) {
        const auto wait = std::max<Duration>(next->at - steady_now(), Duration::zero());
        status.next_wake_up = {wall_now() + std::chrono::duration_cast<WallTime::duration>(wait),
                               client_.redact()(next->reason)};
    }
    add_project_parts(status);
    if (const Accepted* const accepted = intent_.in_force()) {
        const ProjectView& view = views_.in_force();
        status.parts.insert(status.parts.end(), accepted->parts.begin(), accepted->parts.end());
        status.services = plan::assess(accepted->desired, view.observed(), ledger_.history(), plan_,
                                       steady_now(), wall_now());
        status.unseen = !status.services.empty() && !view.looked_at();
        for (ServiceStatus& service : status.services) {
            if (status.unseen) service.reason = "not looked at yet";
            service.in_hand = service.in_hand || !looked_ || !connected_;
            const auto& pulls = runs_.pulls();
            const auto pull = pulls.find(accepted->desired.project.services.at(service.name).container.image);
            if (pull != pulls.end() && !is_well(service.state)) service.reason = progress_of(pull->second);
        }
        for (const Held& held : plan::redacted(plan_, client_.redact()).held) {
            if (!held.service) status.held.push_back(held);
        }
    }
    status.state = overall(status);
    return status;
}

/// Why the project is not gone yet, of what has been tried; none while nothing has failed.
std::optional<std::string> Reconciler::leaving_error(const ProjectName& project) const {
    const auto found = views_.leaving().find(project);
    if (found == views_.leaving().end()) return std::nullopt;
    const ProjectView& view = found->second;
    if (!view.error().empty()) return client_.redact()(view.error());
    const Snapshot snapshot = view.snapshot();
    if (snapshot.is_current && !view.observed().unknown.empty()) {
        const auto& [subject, error] = *view.observed().unknown.begin();
        return client_.redact()(to_string(subject) + ": " + error.message());
    }
    for (const auto& [subject, trouble] : ledger_.history().troubles) {
        if (leaving_project_of(subject) == project && is_there(view.observed(), project, subject))
            return trouble.last_error;
    }
    return std::nullopt;
}

void Reconciler::add_project_parts(Status& status) const {
    const auto add = [&](const ProjectName& project, std::string state, std::string message) {
        status.parts.push_back(
            {"project." + client_.redact()(project.value), std::move(state), std::move(message)});
    };
    for (const auto& [project, extent] : intent_.leaving()) {
        const auto error = leaving_error(project);
        if (error)
            add(project, "failed", "left the settings, and cannot be removed: " + *error + "; tried again");
        else add(project, "pending", "left the settings, is being removed");
    }
    const Accepted* const accepted = intent_.in_force();
    if (accepted == nullptr || intent_.project().empty()) return;
    if (const std::string& error = views_.in_force().error(); !error.empty())
        add(intent_.project(), "failed", "cannot be looked at: " + client_.redact()(error) + "; tried again");
    else if (accepted->desired.project.services.empty())
        add(intent_.project(), "unmanaged",
            "the settings have no services any more; what there was is left as it is "
            "(`dockerextd down` removes it)");
}

OverallState Reconciler::overall(const Status& status) const {
    if (intent_.paused_until()) return OverallState::paused;
    if (intent_.in_force() == nullptr && intent_.leaving().empty()) return OverallState::idle;
    const bool failed = std::any_of(status.parts.begin(), status.parts.end(), [](const PartStatus& part) {
        return part.name.starts_with("project.") && part.state == "failed";
    });
    if (!connected_ || failed) return OverallState::degraded;
    const bool ill = !status.held.empty() ||
                     std::any_of(status.services.begin(), status.services.end(),
                                 [](const ServiceStatus& service) { return is_ill(service.state); });
    if (looked_ && ill) return OverallState::degraded;
    const bool well = std::all_of(status.services.begin(), status.services.end(),
                                  [](const ServiceStatus& service) { return is_well(service.state); });
    const bool working = !ledger_.history().busy.empty() || !plan_.steps.empty() ||
                         !intent_.leaving().empty() ||
                         (intent_.in_force() != nullptr && (!looked_ || views_.in_force().is_dirty()));
    return well && !working ? OverallState::converged : OverallState::converging;
}

}  // namespace dockerext::reconcile
