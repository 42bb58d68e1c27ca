#include "plan/verdict.hpp"

namespace dockerext::plan {

using namespace model;

namespace {

std::string code_of(const ObservedContainer& container) { return "exit code " + exit_code_text(container); }

Judgement judge_running(const ObservedContainer& container) {
    switch (container.health) {
    case Health::starting: return {Verdict::starting, "its health check has not passed yet"};
    case Health::unhealthy: return {Verdict::unhealthy, "its health check fails"};
    case Health::none:
    case Health::healthy: break;
    }
    return {Verdict::running, ""};
}

/// Why a post_start hook of the container's last run failed; it cannot be run again.
std::string failed_hook(const ObservedContainer& container, const History& history) {
    const auto pending = history.pending_hooks.find(subject_of(container.slot));
    const bool about_it = pending != history.pending_hooks.end() && pending->second.container == container.id;
    return about_it ? pending->second.failure : "";
}

Judgement judge_ended(const Service& service, const ObservedContainer& container, const History& history) {
    const auto ended_run = history.ended_run.find(container.id);
    if (ended_run != history.ended_run.end() && ended_run->second.run == container.started_at) {
        if (ended_run->second.stopped_manually) return {Verdict::stopped, "stopped manually"};
        if (ended_run->second.interrupted)
            return {Verdict::stopped, "interrupted when the engine or the machine went down"};
        return {Verdict::stopped, "stopped by dockerextd"};
    }
    const RestartPolicy::Kind policy = service.container.restart.kind;
    if (policy == RestartPolicy::Kind::always || policy == RestartPolicy::Kind::unless_stopped) {
        return {Verdict::stopped, "not running (" + code_of(container) + ")"};
    }
    if (container.exit_code == 0) {
        const std::string hook = failed_hook(container, history);
        return hook.empty() ? Judgement{Verdict::completed, ""} : Judgement{Verdict::failed, hook};
    }
    if (service.restart_is_set)
        return {Verdict::failed, "exited with code " + exit_code_text(container) +
                                     ", and its restart policy does not restart it"};
    return {Verdict::stopped, "exited with code " + exit_code_text(container)};
}

}  // namespace

bool cannot_start_again(const ObservedContainer& container) {
    return container.error.find("id already in use") != std::string::npos;
}

Judgement judge(const Service& service, const ObservedContainer& container, const History& history) {
    const bool ended =
        container.state == ContainerState::created || container.state == ContainerState::exited;
    if (ended && cannot_start_again(container))
        return {Verdict::broken, "the engine cannot start it again: " + container.error};
    switch (container.state) {
    case ContainerState::running: return judge_running(container);
    case ContainerState::paused: return {Verdict::paused, "paused manually"};
    case ContainerState::restarting:
        return {Verdict::restarting, "keeps exiting (" + code_of(container) + "); the engine restarts it"};
    case ContainerState::created:
        return {Verdict::stopped, container.error.empty() ? "not started yet" : container.error};
    case ContainerState::exited: return judge_ended(service, container, history);
    case ContainerState::removing: return {Verdict::removing, "the engine is removing it"};
    case ContainerState::dead: return {Verdict::broken, "the engine reports it as dead"};
    }
    return {};
}

bool is_completed(const Service& service, const Subject& slot, const Observed& observed,
                  const History& history) {
    const auto job = history.completed.find(slot);
    if (job == history.completed.end() || !service.hash_document.empty()) return false;
    const auto image = observed.images.find(service.container.image);
    const bool same_image = image == observed.images.end() || image->second.id == job->second.image;
    return same_image && job->second.config_hash == service.config_hash;
}

}  // namespace dockerext::plan
