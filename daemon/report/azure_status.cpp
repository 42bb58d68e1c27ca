#include "report/azure_status.hpp"

#include <algorithm>

namespace dockerext::report {
namespace {

using namespace model;
using namespace std::chrono_literals;
using std::chrono::floor;
using std::chrono::seconds;

constexpr auto recovery_period =
    30s;  ///< how long a service has to be well before an earlier failure stops counting
constexpr auto failure_timeout = 2min;  ///< how long a failure may be retried before it is reported

std::string name_of(const ServiceStatus& service) { return "service." + service.name.value; }

std::string message_of(const ServiceStatus& service) {
    std::string description(to_string(service.state));
    if (service.desired_replicas != 1 && service.state != ServiceState::completed)
        description +=
            ", " + std::to_string(service.running) + " of " + std::to_string(service.desired_replicas);
    if (!service.reason.empty()) description += ": " + service.reason;
    if (service.watching)  // not the seconds that have passed: they would be out of date at once
        description += " for " + std::to_string(service.watching->duration.count()) + " s";
    return description;
}

bool has_lasted(const std::string& name, const Issues& issues, SteadyTime now,
                std::chrono::minutes limit = failure_timeout) {
    const auto found = issues.find(name);
    return found != issues.end() && now - found->second.since >= limit;
}

AzureSubstatus substatus_of(const PartStatus& part, const Issues& issues, SteadyTime now) {
    AzureSubstatus result{part.name, AzureState::success,
                          part.message.empty() ? std::string(to_string(part.state)) : part.message};
    if (part.state == PartState::pending) result.state = AzureState::transitioning;
    if (part.state == PartState::failed) {
        const bool over = part.is_final || has_lasted(part.name, issues, now);
        result.state = over ? AzureState::error : AzureState::transitioning;
    }
    return result;
}

AzureSubstatus substatus_of(const ServiceStatus& service, const Issues& issues, SteadyTime now) {
    AzureSubstatus result{name_of(service), AzureState::transitioning, message_of(service)};
    const auto issue = issues.find(result.name);
    if (issue == issues.end()) {
        if (is_converged(service.state)) result.state = AzureState::success;
        return result;
    }
    if (!is_degraded(service.state)) result.message += ", after it was " + issue->second.description;
    if (is_given_up(service) || has_lasted(result.name, issues, now)) result.state = AzureState::error;
    return result;
}

AzureSubstatus substatus_of(const Held& held, const Issues& issues, SteadyTime now) {
    const std::string name = to_string(held.subject);
    return {name, has_lasted(name, issues, now) ? AzureState::error : AzureState::transitioning, held.reason};
}

/// A problem of the settings themselves, or anything else that prevents all work.
std::optional<AzureSubstatus> blocking_problem(const Status& status, const Issues& issues, SteadyTime now) {
    if (status.settings.state == SettingsState::rejected) {
        std::string message = "invalid; the previous settings remain in effect: ";
        for (const Problem& problem : status.settings.errors) message += message_of(problem) + "; ";
        return AzureSubstatus{"settings", AzureState::error, message.substr(0, message.size() - 2)};
    }
    if (status.settings.state == SettingsState::rolled_back) {
        const auto& errors = status.settings.errors;
        return AzureSubstatus{"settings", AzureState::error,
                              "rolled back; " + (errors.empty() ? "" : message_of(errors.front()))};
    }
    if (status.settings.state == SettingsState::pending) {
        const bool is_persistent = has_lasted("settings", issues, now);
        const auto& errors = status.settings.errors;
        return AzureSubstatus{"settings", is_persistent ? AzureState::error : AzureState::transitioning,
                              errors.empty() ? "not applied yet" : message_of(errors.front())};
    }
    if (status.engine.state != EngineState::running) {
        const bool is_persistent = has_lasted("engine", issues, now);
        return AzureSubstatus{"engine", is_persistent ? AzureState::error : AzureState::transitioning,
                              std::string(to_string(status.engine.state)) +
                                  (status.engine.message.empty() ? "" : ": " + status.engine.message)};
    }
    return std::nullopt;
}

std::string service_summary(const Status& status) {
    if (status.services.empty()) return "the settings have no services";
    if (status.not_observed_yet) return "the services have not been checked yet";
    const auto well = std::count_if(status.services.begin(), status.services.end(),
                                    [](const ServiceStatus& service) { return is_converged(service.state); });
    return std::to_string(well) + " of " + std::to_string(status.services.size()) +
           (status.services.size() == 1 ? " service is" : " services are") + " in the desired state";
}

/// The first items in `state`, by name, and the number of the others.
std::string reasons(const AzureStatus& result, AzureState state) {
    constexpr std::size_t shown = 3;
    std::string text;
    std::size_t count = 0;
    for (const AzureSubstatus& each : result.substatus) {
        if (each.state != state) continue;
        if (++count <= shown) text += (text.empty() ? "" : "; ") + each.name + ": " + each.message;
    }
    if (count > shown) text += "; and " + std::to_string(count - shown) + " more";
    return text;
}

/// Whether the daemon installs, starts or changes the engine, which may be away meanwhile.
bool is_engine_changing(const Status& status) {
    return std::any_of(status.parts.begin(), status.parts.end(), [](const PartStatus& part) {
        return part.name.starts_with("engine.") && part.state == PartState::pending;
    });
}

bool is_unfinished(const Status& status) {
    return status.state == OverallState::converging || status.state == OverallState::degraded;
}

std::string with_hint(std::string text) {
    const bool ends = text.ends_with('.') || text.ends_with('?') || text.ends_with('!');
    return text + (ends ? "" : ".") +
           " On the machine, run `dockerextd status` or `dockerextd explain SERVICE`.";
}

void summarize(AzureStatus& result, const Status& status, bool not_finished, bool timed_out) {
    const bool paused =
        status.state == OverallState::paused && status.settings.state != SettingsState::pending;
    const std::string pause = "; paused by an operator (continue with `dockerextd resume`)";
    const std::string errors = reasons(result, AzureState::error);
    const std::string pending = reasons(result, AzureState::transitioning);
    if (!errors.empty()) {
        result.state = AzureState::error;
        result.message = with_hint(errors);
    } else if (status.state == OverallState::idle && pending.empty()) {
        result.state = AzureState::error;
        result.message = "no settings: `dockerextd down` was run on the machine; deploy the settings again";
    } else if (paused && !not_finished) {
        result.state = AzureState::success;
        result.message = service_summary(status) + pause;
    } else if (not_finished || !pending.empty()) {
        result.state = timed_out ? AzureState::error : AzureState::transitioning;
        const bool waits_only = status.services.empty() && !pending.empty();
        result.message =
            (timed_out ? "timed out after 75 minutes: " : "") +
            (waits_only ? pending : service_summary(status) + (pending.empty() ? "" : "; " + pending)) +
            (paused ? pause : "");
    } else {
        result.state = AzureState::success;
        result.message = service_summary(status) + "; engine " + status.engine.version;
    }
}

}  // namespace

Issues issues_of(const Status& status, const Issues& before, SteadyTime now) {
    Issues issues;
    const auto add_issue = [&](const std::string& name, std::string description = {}) {
        const auto found = before.find(name);
        issues[name] = {found == before.end() ? now : found->second.since, now, std::move(description)};
    };
    const bool interrupted = status.state == OverallState::paused && before.contains("");
    if (is_unfinished(status) || interrupted || status.settings.state == SettingsState::pending)
        add_issue("");
    if (status.settings.state == SettingsState::pending) add_issue("settings");
    if (status.engine.state != EngineState::running && !is_engine_changing(status)) add_issue("engine");
    for (const PartStatus& part : status.parts) {
        if (part.state == PartState::failed) add_issue(part.name);
    }
    for (const ServiceStatus& service : status.services) {
        const auto past = before.find(name_of(service));
        if (is_degraded(service.state) && !service.in_progress)
            add_issue(name_of(service), message_of(service));
        else if (past != before.end() && now - past->second.last < recovery_period) issues.insert(*past);
    }
    for (const Held& held : status.held) add_issue(to_string(held.subject));
    return issues;
}

bool is_about_to_look(const Status& status) {
    const bool is_active = status.state == OverallState::converging || status.state == OverallState::degraded;
    const bool engine =
        status.engine.state == EngineState::running || status.engine.state == EngineState::unknown;
    return status.not_observed_yet && is_active && engine &&
           status.settings.state == SettingsState::accepted &&
           std::all_of(status.parts.begin(), status.parts.end(), [](const PartStatus& part) {
               return part.state != PartState::pending && part.state != PartState::failed;
           });
}

AzureStatus azure_status(const Status& status, const Issues& issues, SteadyTime now) {
    AzureStatus result;
    if (auto first = blocking_problem(status, issues, now)) result.substatus.push_back(std::move(*first));
    for (const PartStatus& part : status.parts) result.substatus.push_back(substatus_of(part, issues, now));
    for (const ServiceStatus& service : status.services)
        result.substatus.push_back(substatus_of(service, issues, now));
    for (const Held& held : status.held) result.substatus.push_back(substatus_of(held, issues, now));
    summarize(result, status, issues.contains(""), has_lasted("", issues, now, time_limit));
    return result;
}

std::optional<state::Unfinished> unfinished(const Issues& issues, SteadyTime now, WallTime wall,
                                            const std::optional<state::Unfinished>& stored) {
    const auto whole = issues.find("");
    if (whole == issues.end()) return std::nullopt;
    const seconds lasted = floor<seconds>(now - whole->second.since);
    const bool is_accurate_enough = stored && stored->lasted <= lasted &&
                                    (lasted - stored->lasted < 1min || stored->lasted >= time_limit);
    return is_accurate_enough ? stored : state::Unfinished{lasted, wall};
}

Issues issues_of(const state::Unfinished& stored, SteadyTime now, WallTime wall) {
    const seconds away = std::clamp<seconds>(floor<seconds>(wall - stored.as_of), 0s, 5min);
    return {{"", {now - stored.lasted - away, now, {}}}};
}

}  // namespace dockerext::report
