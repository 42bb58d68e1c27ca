#include "reconcile/status.hpp"

#include "plan/assess.hpp"
#include "plan/plan_text.hpp"
#include "settings/certificates.hpp"

#include <algorithm>

namespace dockerext::reconcile {

using namespace model;

namespace {

bool any_part(const std::vector<PartStatus>& parts, PartState state) {
    return std::any_of(parts.begin(), parts.end(),
                       [&](const PartStatus& part) { return part.state == state; });
}

bool is_unresponsive(const EngineStatus& engine) {
    return engine.state == EngineState::unreachable || engine.state == EngineState::not_answering;
}

std::string progress_of(const engine::PullProgress& progress) {
    if (progress.total_bytes == 0) return "pulling the image";
    constexpr std::uint64_t megabyte = 1'000'000;
    return "pulling the image: " + std::to_string(progress.done_bytes / megabyte) + " of " +
           std::to_string(progress.total_bytes / megabyte) + " MB";
}

/// Certificates expire by time alone, without an event.
void add_certificate_dates(const Facts& facts, WallTime now, std::vector<PartStatus>& parts) {
    if (facts.in_force == nullptr || !facts.in_force->engine.certificates) return;
    const CertificateFacts& dates = facts.in_force->engine.certificates->facts;
    const auto tls = std::find_if(parts.begin(), parts.end(),
                                  [](const PartStatus& part) { return part.name == "engine.tls"; });
    if (tls == parts.end()) return;
    std::vector<std::string> texts = dates.warnings;
    if (auto warning = settings::expiry_warning(dates.not_after, now)) {
        texts.insert(texts.begin(), std::move(*warning));
        if (now >= dates.not_after && tls->state == PartState::ok) {
            tls->state = PartState::failed;
            tls->is_final = true;
        }
    }
    for (const std::string& text : texts) tls->message += (tls->message.empty() ? "" : "; ") + text;
}

/// A project has a part of its own if it is a former one, cannot be inspected, or is left alone.
std::vector<PartStatus> project_parts(const Facts& facts) {
    std::vector<PartStatus> parts;
    const auto add = [&](const ProjectName& project, PartState state, std::string message) {
        parts.push_back({"project." + (*facts.redact)(project.value), state, std::move(message)});
    };
    for (const auto& [project, error] : facts.former) {
        if (error)
            add(project, PartState::failed,
                "no longer in the settings, but cannot be removed: " + *error + "; retrying");
        else add(project, PartState::pending, "no longer in the settings; removing it");
    }
    if (facts.in_force == nullptr || facts.project.empty()) return parts;
    if (!facts.look_error.empty())
        add(facts.project, PartState::failed,
            "cannot inspect: " + (*facts.redact)(facts.look_error) + "; retrying");
    else if (facts.in_force->stack && !facts.in_force->stack->services.empty())
        add(facts.project, PartState::pending, "its containers run until the stack takes their place");
    else if (facts.in_force->desired.project.services.empty())
        add(facts.project, PartState::unmanaged,
            "no services in the settings any more; existing containers are left unchanged "
            "(`dockerextd down` removes them)");
    return parts;
}

/// The project's part, which is shown above the services, already says why a look failed.
std::string reason_of_unknown(const Facts& facts) {
    const bool is_look_failed = !is_unresponsive(facts.engine) && !facts.look_error.empty();
    if (!is_look_failed) return why_nothing_is_known(facts);
    return "cannot inspect: see project." + (*facts.redact)(facts.project.value);
}

void show_ended(const std::set<ContainerId>& ended, ServiceStatus& service) {
    if (ended.empty()) return;
    for (ContainerStatus& container : service.containers) {
        if (!ended.contains(container.id)) continue;
        container.state.reset();
        container.health = Health::none;
    }
    const auto running =
        std::count_if(service.containers.begin(), service.containers.end(),
                      [](const auto& each) { return each.state && *each.state != ContainerState::exited; });
    service.running = std::min(service.running, static_cast<unsigned>(running));
}

/// What a pause keeps from being done.
void show_paused(const Plan& plan, ServiceStatus& service) {
    const bool has_steps = std::any_of(plan.steps.begin(), plan.steps.end(), [&](const Step& step) {
        return step.service == service.name && step.waits_for.empty();
    });
    if (has_steps && !service.reason.empty())
        service.reason = "would repair after the pause: " + service.reason;
}

void add_services(const Facts& facts, SteadyTime now, WallTime wall_now, Status& status) {
    static const Observed nothing;
    const Desired& desired = facts.in_force->desired;
    const Observed& observed = facts.observed != nullptr ? *facts.observed : nothing;
    status.services = plan::assess(desired, observed, *facts.history, *facts.plan, now, wall_now);
    status.not_observed_yet = !status.services.empty() && facts.observed == nullptr;
    const std::string unknown_reason = reason_of_unknown(facts);
    const auto since = is_unresponsive(facts.engine) ? facts.engine.since : facts.failing_since;
    for (ServiceStatus& service : status.services) {
        if (!is_converged(service.state) && facts.last_outputs != nullptr)
            service.evidence = evidence_of(service.name, observed, *facts.last_outputs, *facts.redact);
        show_ended(facts.ended_containers, service);
        if (facts.paused_until) show_paused(*facts.plan, service);
        if (!unknown_reason.empty()) make_unknown(service, unknown_reason, since);
        const bool will_return = facts.is_rollback_due && !is_converged(service.state);
        service.in_progress =
            service.in_progress || !facts.is_up_to_date || !facts.is_connected || will_return;
        const auto pull = facts.pulls->find(desired.project.services.at(service.name).container.image);
        const bool show_progress = !is_converged(service.state) && service.state != ServiceState::unknown;
        if (pull == facts.pulls->end() || !show_progress) continue;
        service.reason = progress_of(pull->second);
        service.pull = {pull->second.done_bytes, pull->second.total_bytes};
        service.watching.reset();
    }
    for (Held& held : plan::redacted(*facts.plan, *facts.redact).held) {
        if (!held.service) status.held.push_back(std::move(held));
    }
}

/// The state of services and projects, without the engine's parts.
OverallState state_of_services(const Facts& facts, const Status& status,
                               const std::vector<PartStatus>& projects) {
    const auto any_service = [&](bool (*is)(ServiceState)) {
        return std::any_of(status.services.begin(), status.services.end(),
                           [&](const ServiceStatus& service) { return is(service.state); });
    };
    if (!facts.is_connected || any_part(projects, PartState::failed)) return OverallState::degraded;
    const bool any_failed =
        !status.held.empty() || any_service([](ServiceState state) { return is_degraded(state); });
    if (facts.is_up_to_date && any_failed) return OverallState::degraded;
    const bool waits_for_look = facts.in_force != nullptr && (!facts.is_up_to_date || facts.is_dirty);
    const bool working = !std::all_of(facts.history->busy.begin(), facts.history->busy.end(), is_image_id) ||
                         !facts.plan->steps.empty() || !facts.former.empty() || waits_for_look;
    const bool any_not_ready = any_service([](ServiceState state) { return !is_converged(state); });
    return any_not_ready || working ? OverallState::converging : OverallState::converged;
}

OverallState overall(const Facts& facts, const Status& status, const std::vector<PartStatus>& projects,
                     const std::vector<PartStatus>& engine) {
    if (facts.paused_until) return OverallState::paused;
    const bool rejected =
        facts.settings.state == SettingsState::rejected || facts.settings.state == SettingsState::rolled_back;
    if (facts.in_force == nullptr && facts.former.empty())
        return rejected ? OverallState::degraded : OverallState::idle;
    if (rejected || facts.engine.state != EngineState::running || any_part(engine, PartState::failed))
        return OverallState::degraded;
    const OverallState services = state_of_services(facts, status, projects);
    const bool pending =
        services == OverallState::converged && (facts.awaits_swarm || any_part(engine, PartState::pending));
    return pending ? OverallState::converging : services;
}

std::optional<NextWakeUp> in_wall_time(const std::optional<WakeUp>& next, SteadyTime now, WallTime wall_now,
                                       const Redactor& redact) {
    if (!next) return std::nullopt;
    const auto wait = std::max<SteadyTime::duration>(next->at - now, {});
    return NextWakeUp{wall_now + std::chrono::duration_cast<WallTime::duration>(wait), redact(next->reason)};
}

/// Whether the object of a former project's subject still exists.
bool exists(const Observed& observed, const ProjectName& project, const Subject& subject) {
    const auto is = [&](const Subject& own) { return former_project_subject(project, own) == subject; };
    const auto named = [&](const auto& each) { return is(subject_of(each.first)); };
    return std::any_of(observed.containers.begin(), observed.containers.end(),
                       [&](const auto& each) { return is(subject_of(each.second.slot)); }) ||
           std::any_of(observed.networks.begin(), observed.networks.end(), named) ||
           std::any_of(observed.volumes.begin(), observed.volumes.end(), named);
}

void append(std::vector<PartStatus>& all, const std::vector<PartStatus>& parts) {
    all.insert(all.end(), parts.begin(), parts.end());
}

}  // namespace

Status status_of(const Facts& facts, SteadyTime now, WallTime wall_now) {
    Status status;
    status.settings = facts.settings;
    status.engine = facts.engine;
    status.swarm = facts.swarm;
    status.paused_until = facts.paused_until;
    status.last_cycle = facts.last_cycle;
    status.change = facts.change;
    status.next_wake_up = in_wall_time(facts.next_wake_up, now, wall_now, *facts.redact);
    std::vector<PartStatus> engine = facts.engine_parts;
    add_certificate_dates(facts, wall_now, engine);
    if (!facts.state_error.empty())
        engine.push_back({std::string(state_part), PartState::failed,
                          facts.state_error +
                              "; until this works, a restart of the daemon forgets what it has done since: "
                              "free some space there, or correct what else prevents it; retrying"});
    const std::vector<PartStatus> projects = project_parts(facts);
    append(status.parts, engine);
    append(status.parts, projects);
    if (facts.in_force != nullptr) add_services(facts, now, wall_now, status);
    status.state = overall(facts, status, projects, engine);
    return status;
}

bool is_good(const Status& status) {
    const auto is_ready = [](const ServiceStatus& service) {
        return is_converged(service.state) && !service.in_progress;
    };
    const auto is_open = [](const PartStatus& part) {
        const bool is_open = part.state == PartState::failed || part.state == PartState::pending;
        return is_open && part.name != state_part;  // to keep them is what may be failing
    };
    return status.engine.state == EngineState::running && !status.paused_until && status.held.empty() &&
           !status.services.empty() &&
           std::all_of(status.services.begin(), status.services.end(), is_ready) &&
           std::none_of(status.parts.begin(), status.parts.end(), is_open);
}

std::string why_nothing_is_known(const Facts& facts) {
    if (is_unresponsive(facts.engine)) return "the engine does not respond";
    if (!facts.look_error.empty()) return "cannot inspect the engine: " + (*facts.redact)(facts.look_error);
    return facts.observed == nullptr ? "not checked yet" : "";
}

std::optional<std::string> why_not_removed(const ProjectName& project, const Snapshot& snapshot,
                                           const std::string& look_error, const Plan& plan,
                                           const History& history, const Redactor& redact) {
    if (!look_error.empty()) return redact(look_error);
    if (snapshot.observed == nullptr) return std::nullopt;
    if (snapshot.is_current && !snapshot.observed->unknown.empty()) {
        const auto& [subject, unknown] = *snapshot.observed->unknown.begin();
        return redact(to_string(subject) + ": " + unknown.error.message());
    }
    const bool has_steps = std::any_of(plan.steps.begin(), plan.steps.end(), [&](const Step& step) {
        return former_project_of(step.subject) == project;
    });
    for (const Held& held : plan.held) {
        if (!has_steps && former_project_of(held.subject) == project) return held.reason;
    }
    for (const auto& [subject, failure_record] : history.failure_records) {
        if (former_project_of(subject) == project && exists(*snapshot.observed, project, subject))
            return failure_record.last_error;
    }
    return std::nullopt;
}

}  // namespace dockerext::reconcile
