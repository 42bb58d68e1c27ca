#include "reconcile/loop_state.hpp"

#include "plan/plan_text.hpp"

namespace dockerext::reconcile {

using namespace model;

namespace {

/// Whether it removes an object of a project.
bool is_removal(const Operation& operation) {
    return std::holds_alternative<RemoveContainer>(operation) ||
           std::holds_alternative<RemoveNetwork>(operation) ||
           std::holds_alternative<RemoveVolume>(operation);
}

bool brings_image(const Operation& operation) {
    return std::holds_alternative<PullImage>(operation) || std::holds_alternative<BuildImage>(operation);
}

void ended(LoopState& loop, const apply::Outcome& outcome) {
    loop.ledger.record(outcome, steady_now(), wall_now());
    const bool removed = is_removal(outcome.step.operation) && !outcome.error;
    // Before a crash makes a stranger's image of it.
    if (brings_image(outcome.step.operation) && !outcome.error) loop.state_file.save();
    if (removed && former_project_of(outcome.step.subject)) loop.removed.push_back(outcome.step.object);
    if (loop.views.ended(outcome)) loop.trigger.raise();
}

}  // namespace

LoopState::LoopState(const asio::any_io_executor& executor, const LoopParts& parts)
    : LoopParts(parts),
      runs(executor, client, journal, engine_reconciler.tokens(), counters,
           {.ended = [this](const apply::Outcome& outcome) { ended(*this, outcome); },
            .finished = [this] { trigger.raise(); },
            .progressed = [this] { changes.raise_for_progress(steady_now()); }}),
      views(client, ledger),
      last_outputs(client),
      next_full_check(steady_now()) {}

std::set<ProjectName> names_of(const std::map<ProjectName, RemovalScope>& projects) {
    std::set<ProjectName> names;
    for (const auto& [project, scope] : projects) names.insert(project);
    return names;
}

std::optional<std::string> why_not_removed(const LoopState& loop, const ProjectName& project) {
    const auto found = loop.views.former().find(project);
    if (found == loop.views.former().end()) return std::nullopt;
    const ProjectView& view = found->second;
    return why_not_removed(project, view.snapshot(), view.error(), loop.former_plan, loop.ledger.history(),
                           loop.client.redact());
}

Plan plan_for_display(const LoopState& loop) {
    return plan::redacted(combined(combined(loop.former_plan, loop.plan), loop.image_plan),
                          loop.client.redact());
}

Facts facts(const LoopState& loop) {
    const ProjectView& view = loop.views.in_force();
    const WakeUp* const next = loop.wake_ups.next();
    Facts facts;
    facts.in_force = loop.intent.in_force();
    facts.project = loop.intent.project();
    for (const auto& [project, scope] : loop.intent.former())
        facts.former[project] = why_not_removed(loop, project);
    facts.observed = view.last_look() ? &view.observed() : nullptr;
    facts.look_error = view.error();
    facts.failing_since = view.failing_since();
    facts.is_up_to_date = loop.is_up_to_date;
    facts.is_dirty = view.is_dirty() && !view.is_looking();  // a check under way is not reported
    facts.is_connected = loop.connected;
    facts.history = &loop.ledger.history();
    facts.plan = &loop.plan;
    facts.pulls = &loop.runs.pulls();
    facts.last_outputs = &loop.last_outputs.all();
    facts.ended_containers = loop.views.postponed();
    std::erase_if(facts.ended_containers, [&](const ContainerId& id) { return !loop.ledger.has_ended(id); });
    if (const auto& error = loop.state_file.failure()) facts.state_error = error->message();
    else if (const auto& written = loop.journal.failure()) facts.state_error = written->message();
    facts.paused_until = loop.intent.paused_until();
    facts.last_cycle = loop.last_cycle;
    if (next != nullptr) facts.next_wake_up = *next;
    facts.redact = &loop.client.redact();
    return facts;
}

}  // namespace dockerext::reconcile
