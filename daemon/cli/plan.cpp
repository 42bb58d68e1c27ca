#include "cli/plan.hpp"

#include "base/joined.hpp"
#include "base/json_writer.hpp"
#include "cli/execute.hpp"
#include "cli/settings_files.hpp"
#include "cli/shared_texts.hpp"
#include "cli/table.hpp"

#include <algorithm>
#include <ostream>
#include <utility>

namespace dockerext::cli {
namespace {

std::string after_text(const std::vector<std::uint64_t>& after) {
    return after.empty() ? "" : "after " + joined(after, ", ", [](auto id) { return std::to_string(id); });
}

bool is(const PlannedStep& step, const model::Operation& kind) { return step.verb == model::verb(kind); }

/// Steps of one service for one reason.
struct Group {
    std::vector<const PlannedStep*> steps;

    /// Whether one of the steps is an operation of this kind.
    bool has(const model::Operation& kind) const {
        return std::any_of(steps.begin(), steps.end(), [&](const auto* step) { return is(*step, kind); });
    }
};

/// Groups in the order of their first steps; groups of one service are adjacent.
std::vector<Group> groups_of(const PlanAnswer& plan) {
    std::vector<Group> groups;
    for (const PlannedStep& step : plan.steps) {
        const auto of_service = [&](const Group& group) {
            return group.steps.front()->service == step.service;
        };
        const auto same = std::find_if(groups.begin(), groups.end(), [&](const Group& group) {
            return of_service(group) && group.steps.front()->reason == step.reason;
        });
        if (same != groups.end()) {
            same->steps.push_back(&step);
            continue;
        }
        const auto last = std::find_if(groups.rbegin(), groups.rend(), of_service);
        groups.insert(last == groups.rend() ? groups.end() : last.base(), Group{{&step}});
    }
    return groups;
}

bool ends_a_container(const Group& group) {
    return group.has(model::StopContainer{}) || group.has(model::RemoveContainer{});
}

/// Whether the group creates containers, and none exists from which they could differ.
bool is_new(const Group& group) {
    return group.has(model::CreateContainer{}) && !ends_a_container(group) &&
           std::all_of(group.steps.begin(), group.steps.end(),
                       [](const auto* step) { return step->changes.empty(); });
}

/// The effect on the service, in one word.
std::string effect_of(const Group& group) {
    const bool ends = ends_a_container(group);
    if (group.has(model::CreateContainer{})) return ends ? "recreate" : "create";
    if (ends) return "remove";
    if (group.has(model::RestartContainer{})) return "restart";
    if (group.has(model::StartContainer{})) return "start";
    return "change in place";
}

/// The heading of a group of images, networks or volumes, which services may share.
std::string shared_heading(const Group& group) {
    const std::string& reason = group.steps.front()->reason;
    if (group.has(model::PullImage{}) || group.has(model::BuildImage{})) return "images: " + reason;
    const bool all_new = std::all_of(group.steps.begin(), group.steps.end(), [](const auto* step) {
        return is(*step, model::CreateNetwork{}) || is(*step, model::CreateVolume{});
    });
    return "networks and volumes: " + (all_new ? "to be created" : reason);
}

std::string heading(const Group& group) {
    const PlannedStep& first = *group.steps.front();
    if (first.subject.kind == model::Subject::Kind::part) {
        const bool is_login = first.subject.name.starts_with("registry.");
        return (is_login ? "registry login: " : "engine: ") + first.reason;
    }
    if (first.service.empty()) return shared_heading(group);
    return first.service + ": " + (is_new(group) ? "new" : effect_of(group) + ": " + first.reason);
}

/// Each field that changes, once even if it changes in several replicas.
std::string changes_of(const Group& group) {
    std::vector<std::string> lines;
    for (const PlannedStep* step : group.steps) {
        for (const model::Change& change : step->changes) {
            std::string line = change_text(change);
            if (std::find(lines.begin(), lines.end(), line) == lines.end()) lines.push_back(std::move(line));
        }
    }
    return joined_nonempty(lines, "\n");
}

std::string text_of(const Group& group, const TerminalStyle& style) {
    const auto lines = [&](const std::string& text, std::size_t indent, Colour colour) {
        Table table(indent);
        if (!text.empty()) table.row({{text, colour}});
        return table.text(style);
    };
    std::string out =
        lines(printable(heading(group)), 0, Colour::busy) + lines(changes_of(group), 4, Colour::none);
    Table steps(2);
    std::string waits;
    for (const PlannedStep* step : group.steps) {
        const std::string previous = std::exchange(waits, step->waits_for);
        const bool is_repeated = waits.empty() || waits == previous;
        steps.row(
            {{std::to_string(step->id)},
             {printable(step->verb) + " " + printable(step->object)},
             {joined_nonempty({after_text(step->after), is_repeated ? "" : "waits for " + printable(waits)},
                              "; ")}});
    }
    return out + steps.text(style);
}

}  // namespace

bool is_empty(const PlanAnswer& plan) noexcept { return plan.steps.empty() && plan.held.empty(); }

std::string plan_listing(const PlanAnswer& plan, const TerminalStyle& style) {
    if (is_empty(plan)) return "nothing to do\n";
    std::string out = plan.steps.empty() ? "" : count_text(plan.steps.size(), "step") + " to do\n";
    for (const Group& group : groups_of(plan)) out += text_of(group, style);
    if (!plan.held.empty()) out += "held back:\n" + held_table(plan.held).text(style);
    return out;
}

Exit show_plan(const Result<HttpResponse>& answer, const Context& context) {
    if (!is_success(answer)) return report_error(context, answer);
    const auto plan = parse_plan(answer->body);
    if (!plan) return report_error(context, Exit::failed, plan.error().message());
    if (context.json) show_json(context, answer->body);
    else context.console.out << plan_listing(*plan, context.console.style);
    return is_empty(*plan) ? Exit::success : Exit::pending;
}

Exit preview(const model::Envelope& envelope, const Context& context) {
    JsonWriter json;
    json.begin_object();
    json.text("settings", envelope.public_settings);
    json.text("protected", envelope.protected_settings.reveal());
    json.end_object();
    return show_plan(context.daemon.post("/v1/plan", json.take()), context);
}

Exit execute(const ShowPlan& command, Context& context) {
    if (command.files.settings_file.empty()) return show_plan(context.daemon.get("/v1/plan"), context);
    const auto checked = checked_settings(command.files, context);
    if (const Exit* exit = std::get_if<Exit>(&checked)) return *exit;
    return preview(std::get<model::Envelope>(checked), context);
}

}  // namespace dockerext::cli
