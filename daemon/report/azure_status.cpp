#include "report/azure_status.hpp"

#include <algorithm>

namespace dockerext::report {
namespace {

using namespace model;
using namespace std::chrono_literals;
using std::chrono::floor;
using std::chrono::seconds;

constexpr auto watched = 30s;  ///< how long a service has to be well before an earlier failure stops counting
constexpr auto patience = 2min;  ///< how long a failure may be retried before it is reported

std::string name_of(const ServiceStatus& service) { return "service." + service.name.value; }

/// Whether there is no further attempt.
bool is_final(const ServiceStatus& service) {
    return service.state == ServiceState::failed && !service.next_attempt && !service.in_hand;
}

std::string message_of(const ServiceStatus& service) {
    std::string words(to_string(service.state));
    if (service.wanted != 1 && service.state != ServiceState::completed)
        words += ", " + std::to_string(service.running) + " of " + std::to_string(service.wanted);
    if (!service.reason.empty()) words += ": " + service.reason;
    return words;
}

bool lasts(const std::string& name, const Complaints& complaints, SteadyTime now,
           std::chrono::minutes limit = patience) {
    const auto found = complaints.find(name);
    return found != complaints.end() && now - found->second.since >= limit;
}

AzureSubstatus substatus_of(const PartStatus& part, const Complaints& complaints, SteadyTime now) {
    AzureSubstatus told{part.name, AzureState::success,
                        part.message.empty() ? std::string(to_string(part.state)) : part.message};
    if (part.state == PartState::pending) told.state = AzureState::transitioning;
    if (part.state == PartState::failed) {
        const bool over = part.is_final || lasts(part.name, complaints, now);
        told.state = over ? AzureState::error : AzureState::transitioning;
    }
    return told;
}

AzureSubstatus substatus_of(const ServiceStatus& service, const Complaints& complaints, SteadyTime now) {
    AzureSubstatus told{name_of(service), AzureState::transitioning, message_of(service)};
    const auto complaint = complaints.find(told.name);
    if (complaint == complaints.end()) {
        if (is_well(service.state)) told.state = AzureState::success;
        return told;
    }
    if (!is_ill(service.state)) told.message += ", after it was " + complaint->second.words;
    if (is_final(service) || lasts(told.name, complaints, now)) told.state = AzureState::error;
    return told;
}

AzureSubstatus substatus_of(const Held& held, const Complaints& complaints, SteadyTime now) {
    const std::string name = to_string(held.subject);
    return {name, lasts(name, complaints, now) ? AzureState::error : AzureState::transitioning, held.reason};
}

/// A problem of the settings themselves, or anything else that prevents all work.
std::optional<AzureSubstatus> obstacle(const Status& status, const Complaints& complaints, SteadyTime now) {
    if (status.settings.state == SettingsState::rejected) {
        std::string message = "invalid; the previous settings remain in effect: ";
        for (const Problem& problem : status.settings.errors) message += message_of(problem) + "; ";
        return AzureSubstatus{"settings", AzureState::error, message.substr(0, message.size() - 2)};
    }
    if (status.settings.state == SettingsState::pending) {
        const bool long_ago = lasts("settings", complaints, now);
        const auto& errors = status.settings.errors;
        return AzureSubstatus{"settings", long_ago ? AzureState::error : AzureState::transitioning,
                              errors.empty() ? "not applied yet" : message_of(errors.front())};
    }
    if (status.engine.state != EngineState::running) {
        const bool long_ago = lasts("engine", complaints, now);
        return AzureSubstatus{"engine", long_ago ? AzureState::error : AzureState::transitioning,
                              std::string(to_string(status.engine.state)) +
                                  (status.engine.message.empty() ? "" : ": " + status.engine.message)};
    }
    return std::nullopt;
}

std::string counted(const Status& status) {
    if (status.services.empty()) return "the settings have no services";
    if (status.unseen) return "the services have not been checked yet";
    const auto well = std::count_if(status.services.begin(), status.services.end(),
                                    [](const ServiceStatus& service) { return is_well(service.state); });
    return std::to_string(well) + " of " + std::to_string(status.services.size()) +
           (status.services.size() == 1 ? " service is" : " services are") + " in the desired state";
}

/// The first items in `state`, by name, and the number of the others.
std::string reasons(const AzureStatus& told, AzureState state) {
    constexpr std::size_t shown = 3;
    std::string text;
    std::size_t count = 0;
    for (const AzureSubstatus& each : told.substatus) {
        if (each.state != state) continue;
        if (++count <= shown) text += (text.empty() ? "" : "; ") + each.name + ": " + each.message;
    }
    if (count > shown) text += "; and " + std::to_string(count - shown) + " more";
    return text;
}

/// Whether the daemon installs, starts or changes the engine, which may be away meanwhile.
bool is_being_made(const Status& status) {
    return std::any_of(status.parts.begin(), status.parts.end(), [](const PartStatus& part) {
        return part.name.starts_with("engine.") && part.state == PartState::pending;
    });
}

bool is_unfinished(const Status& status) {
    return status.state == OverallState::converging || status.state == OverallState::degraded;
}

std::string advice(std::string text) {
    const bool ends = text.ends_with('.') || text.ends_with('?') || text.ends_with('!');
    return text + (ends ? "" : ".") +
           " On the machine, run `dockerextd status` or `dockerextd explain SERVICE`.";
}

void conclude(AzureStatus& told, const Status& status, bool undone, bool late) {
    const bool paused =
        status.state == OverallState::paused && status.settings.state != SettingsState::pending;
    const std::string pause = "; paused by an operator (continue with `dockerextd resume`)";
    const std::string errors = reasons(told, AzureState::error);
    const std::string pending = reasons(told, AzureState::transitioning);
    if (!errors.empty()) {
        told.state = AzureState::error;
        told.message = advice(errors);
    } else if (status.state == OverallState::idle && pending.empty()) {
        told.state = AzureState::error;
        told.message = "no settings: `dockerextd down` was run on the machine; deploy the settings again";
    } else if (paused && !undone) {
        told.state = AzureState::success;
        told.message = counted(status) + pause;
    } else if (undone || !pending.empty()) {
        told.state = late ? AzureState::error : AzureState::transitioning;
        const bool waits_only = status.services.empty() && !pending.empty();
        told.message = (late ? "timed out after 75 minutes: " : "") +
                       (waits_only ? pending : counted(status) + (pending.empty() ? "" : "; " + pending)) +
                       (paused ? pause : "");
    } else {
        told.state = AzureState::success;
        told.message = counted(status) + "; engine " + status.engine.version;
    }
}

}  // namespace

Complaints complaints_of(const Status& status, const Complaints& before, SteadyTime now) {
    Complaints complaints;
    const auto complain = [&](const std::string& name, std::string words = {}) {
        const auto found = before.find(name);
        complaints[name] = {found == before.end() ? now : found->second.since, now, std::move(words)};
    };
    const bool interrupted = status.state == OverallState::paused && before.contains("");
    if (is_unfinished(status) || interrupted || status.settings.state == SettingsState::pending) complain("");
    if (status.settings.state == SettingsState::pending) complain("settings");
    if (status.engine.state != EngineState::running && !is_being_made(status)) complain("engine");
    for (const PartStatus& part : status.parts) {
        if (part.state == PartState::failed) complain(part.name);
    }
    for (const ServiceStatus& service : status.services) {
        const auto past = before.find(name_of(service));
        if (is_ill(service.state) && !service.in_hand) complain(name_of(service), message_of(service));
        else if (past != before.end() && now - past->second.last < watched) complaints.insert(*past);
    }
    for (const Held& held : status.held) complain(to_string(held.subject));
    return complaints;
}

bool is_about_to_look(const Status& status) {
    const bool goes_on = status.state == OverallState::converging || status.state == OverallState::degraded;
    const bool engine =
        status.engine.state == EngineState::running || status.engine.state == EngineState::unknown;
    return status.unseen && goes_on && engine && status.settings.state == SettingsState::accepted &&
           std::all_of(status.parts.begin(), status.parts.end(), [](const PartStatus& part) {
               return part.state != PartState::pending && part.state != PartState::failed;
           });
}

AzureStatus azure_status(const Status& status, const Complaints& complaints, SteadyTime now) {
    AzureStatus told;
    if (auto first = obstacle(status, complaints, now)) told.substatus.push_back(std::move(*first));
    for (const PartStatus& part : status.parts) told.substatus.push_back(substatus_of(part, complaints, now));
    for (const ServiceStatus& service : status.services)
        told.substatus.push_back(substatus_of(service, complaints, now));
    for (const Held& held : status.held) told.substatus.push_back(substatus_of(held, complaints, now));
    conclude(told, status, complaints.contains(""), lasts("", complaints, now, time_limit));
    return told;
}

std::optional<state::Unfinished> unfinished(const Complaints& complaints, SteadyTime now, WallTime wall,
                                            const std::optional<state::Unfinished>& kept) {
    const auto whole = complaints.find("");
    if (whole == complaints.end()) return std::nullopt;
    const seconds lasted = floor<seconds>(now - whole->second.since);
    const bool says_enough =
        kept && kept->lasted <= lasted && (lasted - kept->lasted < 1min || kept->lasted >= time_limit);
    return says_enough ? kept : state::Unfinished{lasted, wall};
}

Complaints complaints_of(const state::Unfinished& kept, SteadyTime now, WallTime wall) {
    const seconds away = std::clamp<seconds>(floor<seconds>(wall - kept.as_of), 0s, 5min);
    return {{"", {now - kept.lasted - away, now, {}}}};
}

}  // namespace dockerext::report
