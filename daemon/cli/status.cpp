#include "cli/status.hpp"

#include "cli/execute.hpp"
#include "cli/live_view.hpp"
#include "cli/shared_texts.hpp"
#include "cli/status_feed.hpp"
#include "cli/table.hpp"
#include "cli/times.hpp"

#include <algorithm>
#include <ostream>
#include <tuple>

namespace dockerext::cli {
namespace {

using namespace model;

constexpr std::size_t max_named = 4;

/// "db failed, web pending and 3 more"
std::string not_ready_text(const std::vector<ServiceStatus>& services) {
    const auto is_unknown = [](const ServiceStatus& each) { return each.state == ServiceState::unknown; };
    if (services.size() > 1 && std::all_of(services.begin(), services.end(), is_unknown))
        return "the state of all services is unknown";
    std::vector<std::string> named;
    std::size_t further = 0;
    for (const ServiceStatus& service : services) {
        if (is_converged(service.state)) continue;
        if (named.size() == max_named) ++further;
        else named.push_back(printable(service.name.value) + " " + std::string(to_string(service.state)));
    }
    return joined_nonempty(named, ", ") + (further > 0 ? " and " + std::to_string(further) + " more" : "");
}

std::string degraded_text(const Status& status) {
    std::vector<std::string> causes;
    if (status.settings.state == SettingsState::rejected)
        causes.push_back("the newest settings were rejected");
    if (status.settings.state == SettingsState::rolled_back)
        causes.push_back("the newest settings were rolled back");
    if (status.engine.state != EngineState::running)
        causes.push_back("the engine is " + std::string(to_string(status.engine.state)));
    for (const PartStatus& part : status.parts) {
        if (part.state == PartState::failed) causes.push_back(printable(part.name) + " failed");
    }
    causes.push_back(not_ready_text(status.services));
    for (const Held& held : status.held) causes.push_back(printable(to_string(held.subject)));
    return joined_nonempty(causes, ", ");
}

std::string pause_text(const Status& status, WallTime now) {
    const bool endless = !status.paused_until || *status.paused_until == WallTime::max();
    if (endless) return "no changes until `dockerextd resume`";
    return "no changes for another " + duration_text(*status.paused_until - now);
}

/// Services that run as a stack of the swarm are parts.
bool is_of_stack(const PartStatus& part) { return part.name.starts_with("stack."); }

std::string converged_text(const Status& status) {
    const auto& parts = status.parts;
    const auto of_stack = std::count_if(parts.begin(), parts.end(), is_of_stack);
    if (of_stack > 0)
        return count_text(static_cast<std::size_t>(of_stack), "service") +
               " of the stack in the desired state";
    if (status.services.empty()) return "no services in the settings";
    return count_text(status.services.size(), "service") + " in the desired state";
}

std::string summary(const Status& status, WallTime now) {
    switch (status.state) {
    case OverallState::idle: return "no settings yet; submit some with `dockerextd apply`";
    case OverallState::converged: return converged_text(status);
    case OverallState::converging: {
        const std::string not_ready = not_ready_text(status.services);
        const auto pending = std::find_if(
            status.parts.begin(), status.parts.end(),
            [](const PartStatus& part) { return is_of_stack(part) && part.state == PartState::pending; });
        if (not_ready.empty() && pending != status.parts.end()) return printable(pending->name) + " pending";
        return not_ready.empty() ? "checking" : not_ready;
    }
    case OverallState::degraded: return degraded_text(status);
    case OverallState::paused: return pause_text(status, now);
    }
    return "";
}

/// "for 58 s"
std::string duration_phrase(std::string_view preposition, WallTime since, WallTime now) {
    return since == WallTime{} ? "" : std::string(preposition) + " " + duration_text(now - since);
}

/// "04:57:47 from the command line": an operator's sequence is the time of submission in microseconds.
std::string origin_of(const SettingsStatus& settings, WallTime now) {
    if (settings.source == SettingsSource::azure)
        return "from Azure, sequence " + std::to_string(settings.sequence);
    constexpr std::chrono::microseconds latest =
        std::chrono::floor<std::chrono::microseconds>(WallTime::max().time_since_epoch());
    const WallTime at{std::min(std::chrono::microseconds(settings.sequence), latest)};
    const std::string day = date_text(at) == date_text(now) ? "" : date_text(at) + " ";
    return day + clock_text(at) + " from the command line";
}

Cell settings_cell(const SettingsStatus& settings, WallTime now) {
    if (settings.state == SettingsState::none) return {"none"};
    const bool applied = settings.state == SettingsState::accepted;
    const std::string state = applied ? "applied" : std::string(to_string(settings.state));
    std::string text = state + " " + origin_of(settings, now);
    if (applied) return {text};
    if (settings.state == SettingsState::rejected) text += "; the previous settings remain in effect";
    for (const Problem& problem : settings.errors) {
        text += "\n" + printable(message_of(problem));
    }
    return {text, Colour::bad};
}

Cell engine_cell(const EngineStatus& engine, WallTime now) {
    const bool running = engine.state == EngineState::running;
    const std::string api = engine.api.empty() ? "" : "API " + printable(engine.api);
    const std::string version = joined_nonempty({printable(engine.version), api}, ", ");
    std::string text(to_string(engine.state));
    if (running && !version.empty()) text += " " + version;
    const std::string duration = duration_phrase(running ? "up" : "for", engine.since, now);
    text = joined_nonempty({text, duration}, running ? ", " : " ");
    if (!engine.message.empty()) text += ": " + printable(engine.message);
    return {text, running ? Colour::none : Colour::bad};
}

/// A part that is well needs no line, except this machine's place in the swarm, and the stack.
bool belongs_to_facts(const PartStatus& part) {
    const bool is_of_swarm = part.name.starts_with("swarm") || part.name.starts_with("stack");
    return part.state != PartState::ok || (is_of_swarm && !part.message.empty());
}

Cell part_cell(const PartStatus& part) {
    if (part.state == PartState::ok) return {printable(part.message)};
    const std::string message = part.message.empty() ? "" : ": " + printable(part.message);
    return {std::string(to_string(part.state)) + message,
            part.state == PartState::failed ? Colour::bad : Colour::busy};
}

std::string facts(const Status& status, WallTime now, const TerminalStyle& style) {
    Table table;
    table.row({{"settings"}, settings_cell(status.settings, now)});
    table.row({{"engine"}, engine_cell(status.engine, now)});
    for (const PartStatus& part : status.parts) {
        if (belongs_to_facts(part)) table.row({{printable(part.name)}, part_cell(part)});
    }
    return table.text(style);
}

/// Each image on a line of its own.
std::string images_text(const ServiceStatus& service) {
    std::vector<std::string> images;
    for (const ContainerStatus& container : service.containers) {
        std::string image = image_text(container);
        if (std::find(images.begin(), images.end(), image) == images.end())
            images.push_back(std::move(image));
    }
    return joined_nonempty(images, "\n");
}

/// The last line of each evidence; `explain` shows all.
std::string evidence_text(const Evidence& evidence) {
    if (evidence.lines.empty()) return "";
    return printable(evidence.what) + ": " + printable(evidence.lines.back());
}

/// The reason, the evidence, the drift and the next attempt, one per line; of a service without any of them,
/// what it runs.
std::string details(const ServiceStatus& service, WallTime now) {
    std::vector<std::string> lines{reason_text(service, now)};
    for (const Evidence& evidence : service.evidence) lines.push_back(evidence_text(evidence));
    for (const Change& change : service.drift) lines.push_back(change_text(change));
    const bool has_problem = service.since && !is_converged(service.state);
    const std::string duration = has_problem ? duration_phrase("for", *service.since, now) : "";
    lines.push_back(joined_nonempty({duration, attempts_text(service, now)}, ", "));
    const std::string text = joined_nonempty(lines, "\n");
    return text.empty() ? images_text(service) : text;
}

std::string service_table(const Status& status, WallTime now, const TerminalStyle& style) {
    if (status.services.empty()) return "";
    Table table;
    table.row({{"SERVICE"}, {"STATE"}, {"RUNNING"}, {"DETAILS"}});
    for (const ServiceStatus& service : status.services) {
        table.row({{printable(service.name.value)},
                   {std::string(to_string(service.state)), colour_of(service.state)},
                   {std::to_string(service.running) + "/" + std::to_string(service.desired_replicas)},
                   {details(service, now)}});
    }
    return "\n" + table.text(style);
}

std::string role_text(const NodeStatus& node) {
    return std::string(to_string(node.role)) + (node.reachability == "leader" ? " (leader)" : "");
}

Cell node_state_cell(const NodeStatus& node) {
    const bool is_unreachable = node.reachability == "unreachable";
    const bool is_good = node.state == NodeState::ready && !is_unreachable;
    return {std::string(to_string(node.state)) + (is_unreachable ? ", unreachable" : ""),
            is_good ? Colour::good : Colour::bad};
}

/// Managers first. An asterisk marks this machine.
std::string node_table(const Status& status, const TerminalStyle& style) {
    if (!status.swarm || status.swarm->nodes.empty()) return "";
    std::vector<NodeStatus> nodes = status.swarm->nodes;
    std::sort(nodes.begin(), nodes.end(), [](const NodeStatus& a, const NodeStatus& b) {
        return std::tie(a.role, a.name, a.id) < std::tie(b.role, b.name, b.id);
    });
    Table table;
    table.row({{"NODE"}, {"ROLE"}, {"AVAILABILITY"}, {"STATE"}, {"ENGINE"}, {"ADDRESS"}});
    for (const NodeStatus& node : nodes) {
        const bool is_active = node.availability == NodeAvailability::active;
        table.row({{printable(node.name) + (node.id == status.swarm->node ? " *" : "")},
                   {role_text(node)},
                   {std::string(to_string(node.availability)), is_active ? Colour::none : Colour::busy},
                   node_state_cell(node),
                   {printable(node.engine)},
                   {printable(node.address)}});
    }
    return "\n" + table.text(style);
}

constexpr std::chrono::seconds for_terminals{1};  ///< refreshes the relative times
constexpr std::chrono::seconds for_programs{30};  ///< then a write detects a reader that is gone

bool is_in_desired_state(model::OverallState state) {
    return state == model::OverallState::converged || state == model::OverallState::idle;
}

Exit show(const StatusFeed::Update& update, const Context& context) {
    if (!update.status) return report_error(context, update.answer);
    const auto& status = *update.status;
    if (!status) return report_error(context, Exit::failed, status.error().message());
    if (context.json) show_json(context, update.answer->body);
    else context.console.out << status_text(*status, context.now(), context.console.style);
    context.console.out.flush();
    return is_in_desired_state(status->state) ? Exit::success : Exit::pending;
}

Exit show_names(const StatusFeed::Update& update, const Context& context) {
    if (!update.status) return report_error(context, update.answer);
    const auto& status = *update.status;
    if (!status) return report_error(context, Exit::failed, status.error().message());
    for (const ServiceStatus& service : status->services)
        context.console.out << printable(service.name.value) << "\n";
    return Exit::success;
}

Exit draw(const StatusFeed::Update& update, LiveView& view, const Context& context) {
    if (!update.answer) return view.show(unreachable_text(context, update.answer.error())), Exit::unreachable;
    if (!update.status || !*update.status)
        return view.show("the daemon did not return its status"), Exit::failed;
    const Status& status = **update.status;
    view.show(status, context.now());
    return is_in_desired_state(status.state) ? Exit::success : Exit::pending;
}

/// Shows the status until interrupted or until the output is closed. Waits for a daemon that is not
/// reachable.
Exit watch(const Context& context) {
    StatusFeed feed(context);
    LiveView view(context.console);
    const bool is_live = context.console.is_live && !context.json;
    for (;;) {
        const auto update = feed.next(is_live ? for_terminals : for_programs);
        const Exit last = is_live ? draw(update, view, context) : show(update, context);
        if (!context.console.out) return last;
    }
}

}  // namespace

std::string headline(const Status& status, WallTime now) {
    return joined_nonempty({std::string(to_string(status.state)), summary(status, now)}, ": ");
}

std::string status_text(const Status& status, WallTime now, const TerminalStyle& style) {
    std::string out;
    for (const std::string& line : wrap(headline(status, now), style.columns, style.whole_words)) {
        out += coloured(line, colour_of(status.state), style) + "\n";
    }
    out += facts(status, now, style) + service_table(status, now, style) + node_table(status, style);
    if (!status.held.empty()) out += "\nheld back:\n" + held_table(status.held).text(style);
    return out;
}

Exit execute(const ShowStatus& command, Context& context) {
    if (command.services) return show_names(StatusFeed(context).next({}), context);
    return command.watch ? watch(context) : show(StatusFeed(context).next({}), context);
}

}  // namespace dockerext::cli
