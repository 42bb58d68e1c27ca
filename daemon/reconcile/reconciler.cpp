#include "reconcile/reconciler.hpp"

#include "base/chance.hpp"
#include "base/contained.hpp"
#include "base/message_id.hpp"
#include "plan/plan_text.hpp"

#include <malloc.h>

#include <algorithm>

namespace dockerext::reconcile {

using namespace model;
using namespace std::chrono_literals;

namespace {

constexpr Duration longest_wait = 1h;

/// Whether a crash during the plan would lose something unless the memory is on disk: hooks that follow a
/// start, or a network that was removed to be replaced.
bool leans_on_memory(const Plan& plan) {
    return std::any_of(plan.steps.begin(), plan.steps.end(), [](const Step& step) {
        const auto* remove = std::get_if<RemoveNetwork>(&step.operation);
        return std::holds_alternative<RunHook>(step.operation) || (remove != nullptr && remove->former);
    });
}

/// Whether it removes an object of a project.
bool is_removal(const Operation& operation) {
    return std::holds_alternative<RemoveContainer>(operation) ||
           std::holds_alternative<RemoveNetwork>(operation) ||
           std::holds_alternative<RemoveVolume>(operation);
}

std::set<ProjectName> names_of(const std::map<ProjectName, Extent>& projects) {
    std::set<ProjectName> names;
    for (const auto& [project, extent] : projects) names.insert(project);
    return names;
}

}  // namespace

Reconciler::Reconciler(const asio::any_io_executor& executor, Parts parts)
    : client_(parts.client),
      intent_(parts.intent),
      memory_(parts.memory),
      ledger_(parts.ledger),
      engine_reconciler_(parts.engine_reconciler),
      trigger_(parts.trigger),
      changes_(parts.changes),
      runs_(executor, client_, parts.journal, engine_reconciler_.tokens(),
            {.ended = [this](const apply::Outcome& outcome) { ended(outcome); },
             .finished = [this] { trigger_.raise(); },
             .progressed = [this] { changes_.raise_for_progress(steady_now()); }}),
      views_(client_, ledger_),
      looks_(executor),
      next_full_check_(steady_now()) {}

Task<void> Reconciler::run() {
    for (bool going = true; going;) {
        heartbeat_.cycle_began(steady_now());
        co_await cycle();
        // Return unused memory while idle.
        if (runs_.at_rest() && std::exchange(worked_, false)) (void)::malloc_trim(0);
        const Duration longest = until_next();
        heartbeat_.sleeps_until(steady_now() + longest);
        going = co_await trigger_.wait(longest);
    }
    heartbeat_.sleeps_until(SteadyTime::max());
    looks_.cancel();
    co_await looks_.join();
    co_await runs_.drain();
    memory_.save();
}

Task<void> Reconciler::cycle() {
    end_pause_when_due();
    for (const std::string& registry : engine_reconciler_.take_gained_registries())
        ledger_.registry_knows_us(registry);
    views_.follow(intent_.leaving());
    auto acting = contained(look_and_act());
    const Result<> done = co_await std::move(acting);
    if (!done) {
        log::error("a reconcile cycle failed", {{"ERROR", done.error().message()}});
        views_.in_force().look_failed(done.error());
        wake_ups_ = {};
        wake_ups_.add(views_.in_force().snapshot().look_again_at, "inspecting the project again");
    }
    changes_.raise();
}

/// Derives everything again on each call, so that a bug in one look need not affect the next.
Task<Result<>> Reconciler::look_and_act() {
    const auto began = steady_now();
    const std::uint64_t calls = client_.calls();
    if (may_act(world(), wall_now())) {
        mark_all_when_due();
        look_at_leaving();
        co_await look();
    }
    Decision decision = decide(world(), steady_now(), wall_now());
    while (decision.services && judge(decision)) decision = decide(world(), steady_now(), wall_now());
    take(std::move(decision));
    if (runs_.at_rest()) memory_.save();
    else memory_.save_soon();
    last_cycle_ = {std::chrono::duration_cast<std::chrono::microseconds>(steady_now() - began),
                   client_.calls() - calls};
    co_return Result<>();
}

bool Reconciler::is_overdue(Duration tolerance) {
    const auto now = steady_now();
    heartbeat_.saw_calls(client_.calls(), client_.longest_wait(), now);
    return heartbeat_.is_overdue(now, tolerance);
}

void Reconciler::end_pause_when_due() {
    if (intent_.paused_until() && !intent_.is_paused(wall_now())) resume();
}

void Reconciler::mark_all_when_due() {
    if (steady_now() < next_full_check_) return;
    views_.mark_all();
    const Accepted* const accepted = intent_.in_force();
    const auto interval =
        accepted != nullptr ? accepted->desired.policy.interval : ReconcilePolicy().interval;
    next_full_check_ = steady_now() + std::chrono::duration_cast<Duration>(interval * (0.9 + 0.2 * chance()));
}

/// Updates the snapshot and the history of the project in force.
Task<void> Reconciler::look() {
    ProjectView& view = views_.in_force();
    if (intent_.in_force() == nullptr) {
        ledger_.snapshot_begun();
        if (!intent_.leaving().empty()) ledger_.snapshot_taken({}, {}, steady_now(), wall_now());
        co_return;
    }
    if (steady_now() < view.snapshot().look_again_at) co_return;
    ledger_.snapshot_begun();
    const auto looked = co_await view.look();
    const Accepted* const accepted = intent_.in_force();
    if (accepted == nullptr) co_return view.forget();  // `down` was called meanwhile
    if (!looked) {
        log::warning("cannot inspect the engine", {{"ERROR", client_.redact()(view.error())}});
        co_return;
    }
    memory_.looked(*view.looked_at());
    if (std::exchange(absent_, false) && missed_all_) ledger_.mark_unseen_endings_cut_off();
    ledger_.snapshot_taken(accepted->desired, view.observed(), steady_now(), wall_now());
}

/// Runs beside the cycle, so that a look at a leaving project delays nothing else.
void Reconciler::look_at_leaving() {
    const std::set<ProjectName> draining = this->draining();
    for (const auto& [project, extent] : intent_.leaving()) {
        ProjectView* const view = views_.leaving(project);
        if (view == nullptr || draining.contains(project) || !view->is_due(steady_now())) continue;
        view->reserve();
        looks_.spawn(look_at_leaving(project));
    }
}

Task<void> Reconciler::look_at_leaving(ProjectName project) {
    ProjectView* const view = views_.leaving(project);
    const auto looked = co_await view->look();
    if (!looked) {
        log::warning("cannot inspect a project that left the settings",
                     {{"PROJECT", client_.redact()(project.value)},
                      {"ERROR", client_.redact()(looked.error().message())}});
    }
    trigger_.raise();
}

std::set<ProjectName> Reconciler::draining() const {
    return runs_.changed_sides(intent_.project(), names_of(intent_.leaving()));
}

World Reconciler::world() const {
    const Accepted* const accepted = intent_.in_force();
    World world{.desired = accepted != nullptr ? &accepted->desired : nullptr,
                .snapshot = views_.in_force().snapshot(),
                .leaving = {},
                .history = &ledger_.history(),
                .redact = &client_.redact(),
                .paused_until = intent_.paused_until(),
                .is_connected = connected_,
                .is_engine_ready = engine_reconciler_.settled(),
                .draining = draining(),
                .next_full_check = next_full_check_,
                .next_action = budget_.ready_at(steady_now())};
    for (const auto& [project, extent] : intent_.leaving()) {
        const auto view = views_.leaving().find(project);
        const Snapshot snapshot = view != views_.leaving().end() ? view->second.snapshot() : Snapshot();
        world.leaving.emplace(project, LeavingProject{extent, snapshot});
    }
    return world;
}

/// True if what the plans show of earlier repairs changes the decision.
bool Reconciler::judge(const Decision& decision) {
    return ledger_.judge(joined(decision.leaving, *decision.services), steady_now(), wall_now());
}

void Reconciler::take(Decision decision) {
    for (const ProjectName& project : decision.gone) forget(project);
    leaving_plan_ = std::move(decision.leaving);
    wake_ups_ = std::move(decision.wake_ups);
    if (decision.services) {
        plan_ = std::move(*decision.services);
        looked_ = looked_ || next_full_check_ > steady_now();
    }
    if (!decision.to_run.steps.empty()) begin(std::move(decision.to_run));
}

void Reconciler::begin(Plan plan) {
    if (!budget_.allows(steady_now())) {
        if (!std::exchange(throttled_, true))
            log::warning("rate limit reached; further actions are delayed", {});
        return;
    }
    throttled_ = false;
    budget_.spend(plan.steps.size(), steady_now());
    ledger_.planned(plan);
    const bool is_intent = leans_on_memory(plan) || !ledger_.history().recreated.empty();
    if (is_intent) memory_.save();  // after a crash, the work that follows a start must not be forgotten
    worked_ = true;
    const Accepted* const accepted = intent_.in_force();
    runs_.start(std::move(plan), {intent_.project(), names_of(intent_.leaving())}, client_.redact(),
                accepted != nullptr ? accepted->engine.logins : std::vector<RegistryLogin>());
}

void Reconciler::ended(const apply::Outcome& outcome) {
    ledger_.record(outcome, steady_now(), wall_now());
    const bool removed = is_removal(outcome.step.operation) && !outcome.error;
    if (removed && leaving_project_of(outcome.step.subject)) removed_.push_back(outcome.step.object);
    if (views_.ended(outcome)) trigger_.raise();
}

void Reconciler::forget(const ProjectName& project) {
    log::info("removed a project that left the settings", {{"PROJECT", client_.redact()(project.value)}});
    intent_.forget(project);
    // The objects of the project held the secrets, and error messages about them could contain them.
    if (intent_.in_force() == nullptr && intent_.leaving().empty()) client_.redact_with({});
}

Duration Reconciler::until_next() const {
    const WakeUp* const next = wake_ups_.next();
    return next == nullptr ? longest_wait : std::max<Duration>(next->at - steady_now(), 0s);
}

std::optional<std::string> Reconciler::why_not_gone(const ProjectName& project) const {
    const auto found = views_.leaving().find(project);
    if (found == views_.leaving().end()) return std::nullopt;
    const ProjectView& view = found->second;
    return reconcile::why_not_gone(project, view.snapshot(), view.error(), leaving_plan_, ledger_.history(),
                                   client_.redact());
}

Plan Reconciler::plan() const { return plan::redacted(joined(leaving_plan_, plan_), client_.redact()); }

Facts Reconciler::facts() const {
    const ProjectView& view = views_.in_force();
    const WakeUp* const next = wake_ups_.next();
    Facts facts;
    facts.in_force = intent_.in_force();
    facts.project = intent_.project();
    for (const auto& [project, extent] : intent_.leaving()) facts.leaving[project] = why_not_gone(project);
    facts.observed = view.looked_at() ? &view.observed() : nullptr;
    facts.look_error = view.error();
    facts.failing_since = view.failing_since();
    facts.is_up_to_date = looked_;
    facts.is_dirty = view.is_dirty() && !view.is_looking();  // a check under way is not reported
    facts.is_connected = connected_;
    facts.history = &ledger_.history();
    facts.plan = &plan_;
    facts.pulls = &runs_.pulls();
    facts.paused_until = intent_.paused_until();
    facts.last_cycle = last_cycle_;
    if (next != nullptr) facts.next_wake_up = *next;
    facts.redact = &client_.redact();
    return facts;
}

}  // namespace dockerext::reconcile
