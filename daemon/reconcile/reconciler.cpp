#include "reconcile/reconciler.hpp"

#include "base/catch_exceptions.hpp"
#include "base/message_id.hpp"
#include "base/random_fraction.hpp"
#include "base/timeout.hpp"
#include "plan/slots.hpp"
#include "systemd/notify.hpp"

#include <malloc.h>

#include <algorithm>

namespace dockerext::reconcile {

using namespace model;
using namespace std::chrono_literals;

namespace {

constexpr Duration longest_wait = 1h;
constexpr Duration last_work = 15s;    ///< to leave no service without a container when the daemon ends
constexpr Duration write_retry = 10s;  ///< of the daemon's own files

/// Whether a crash during the plan would lose something unless the daemon's state is on disk: hooks that
/// follow a start, or a network that was removed to be replaced.
bool needs_saved_state(const Plan& plan) {
    return std::any_of(plan.steps.begin(), plan.steps.end(), [](const Step& step) {
        const auto* remove = std::get_if<RemoveNetwork>(&step.operation);
        return std::holds_alternative<RunHook>(step.operation) || (remove != nullptr && remove->former);
    });
}

/// Whether a container was being replaced at the last look.
bool has_successor(const LoopState& loop) {
    const auto& containers = loop.views.in_force().observed().containers;
    return std::any_of(containers.begin(), containers.end(),
                       [](const auto& each) { return plan::is_successor(each.second); });
}

/// Projects with cancelled work that has not ended, and that have moved since.
std::set<ProjectName> draining(const LoopState& loop) {
    return loop.runs.projects_with_changed_role(loop.intent.project(), names_of(loop.intent.former()));
}

World world(const LoopState& loop) {
    const AcceptedSettings* const accepted = loop.intent.in_force();
    World world{.desired = accepted != nullptr ? &accepted->desired : nullptr,
                .snapshot = loop.views.in_force().snapshot(),
                .former = {},
                .history = &loop.ledger.history(),
                .redact = &loop.client.redact(),
                .paused_until = loop.intent.paused_until(),
                .is_connected = loop.connected,
                .is_engine_ready = loop.engine_reconciler.engine_ready(),
                .draining = draining(loop),
                .next_full_check = loop.next_full_check,
                .next_action = loop.budget.ready_at(steady_now())};
    for (const auto& [project, scope] : loop.intent.former()) {
        const auto view = loop.views.former().find(project);
        const Snapshot snapshot = view != loop.views.former().end() ? view->second.snapshot() : Snapshot();
        world.former.emplace(project, FormerProject{scope, snapshot});
    }
    return world;
}

std::set<Subject> subjects_in(const Observed& observed) {
    std::set<Subject> subjects;
    for (const auto& [id, container] : observed.containers) subjects.insert(subject_of(container.slot));
    for (const auto& [name, network] : observed.networks) subjects.insert(subject_of(name));
    for (const auto& [name, volume] : observed.volumes) subjects.insert(subject_of(name));
    return subjects;
}

}  // namespace

Reconciler::Reconciler(const asio::any_io_executor& executor, const LoopParts& parts)
    : state_(executor, parts), looks_(executor) {}

Task<void> Reconciler::run() {
    for (bool going = true; going;) {
        heartbeat_.cycle_began(steady_now());
        co_await cycle();
        // Return unused memory while idle.
        if (state_.runs.is_idle() && std::exchange(has_run_plan_, false)) (void)::malloc_trim(0);
        const Duration longest = until_next();
        heartbeat_.sleeps_until(steady_now() + longest);
        going = co_await state_.trigger.wait(longest);
    }
    heartbeat_.sleeps_until(SteadyTime::max());
    looks_.cancel();
    co_await looks_.join();
    const bool was_working = !state_.runs.is_idle();
    co_await state_.runs.drain();
    if (was_working || has_successor(state_)) {
        systemd::notify_extend_timeout(2 * last_work);
        co_await race(finish_hand_overs(), last_work);
    }
    state_.state_file.save();
}

/// There may be no next process: the package may be about to be removed.
Task<void> Reconciler::finish_hand_overs() {
    const AcceptedSettings* const accepted = state_.intent.in_force();
    if (accepted == nullptr || !can_look(world(state_)) || is_paused(world(state_), wall_now())) co_return;
    state_.views.in_force().mark_all();
    auto looking = catch_exceptions(look_and_decide());
    const auto decision = co_await std::move(looking);
    if (!decision || !decision->services) co_return;
    Plan starts = starts_of_hand_overs(*decision->services, state_.views.in_force().observed());
    if (starts.steps.empty()) co_return;
    state_.budget = {};
    begin(std::move(starts));
    co_await state_.runs.join();
}

Task<Result<Decision>> Reconciler::look_and_decide() {
    co_await look();
    co_return decide(world(state_), steady_now(), wall_now());
}

Task<void> Reconciler::cycle() {
    end_pause_when_due();
    for (const std::string& registry : state_.engine_reconciler.take_newly_accepting_registries())
        state_.ledger.registry_accepts_login(registry);
    state_.views.track_former_projects(state_.intent.former());
    auto acting = catch_exceptions(look_and_act());
    const Result<> done = co_await std::move(acting);
    if (!done) {
        log::error("a reconcile cycle failed", {{"ERROR", done.error().message()}});
        state_.views.in_force().look_failed(done.error());
        state_.wake_ups = {};
        state_.wake_ups.add(state_.views.in_force().snapshot().look_again_at, "inspecting the project again");
    }
    state_.changes.raise();
}

/// Derives everything again on each call, so that a bug in one look need not affect the next.
Task<Result<>> Reconciler::look_and_act() {
    const auto began = steady_now();
    const std::uint64_t calls = state_.client.calls();
    if (can_look(world(state_))) {
        mark_all_when_due();
        look_at_former_projects();
        co_await look();
        if (state_.views.in_force().last_look())
            co_await state_.last_outputs.update(state_.views.in_force().observed(), state_.ledger.history());
    }
    Decision decision = decide(world(state_), steady_now(), wall_now());
    // What people change during a pause undoes no repair.
    const bool paused = is_paused(world(state_), wall_now());
    while (!paused && decision.services && check_repairs(decision))
        decision = decide(world(state_), steady_now(), wall_now());
    act_on(std::move(decision));
    save_state();
    state_.last_cycle = {std::chrono::duration_cast<std::chrono::microseconds>(steady_now() - began),
                         state_.client.calls() - calls};
    state_.counters.cycles.add(steady_now() - began);
    state_.counters.last_cycle = wall_now();
    co_return Result<>();
}

void Reconciler::save_state() {
    if (state_.runs.is_idle()) state_.state_file.save();
    else state_.state_file.save_soon();
    state_.journal.retry();
    if (state_.state_file.failure() || state_.journal.failure())
        state_.wake_ups.add(steady_now() + write_retry, "the daemon's own files are written again");
}

bool Reconciler::is_overdue(Duration tolerance) {
    const auto now = steady_now();
    heartbeat_.update_calls(state_.client.calls(), state_.client.longest_wait(), now);
    return heartbeat_.is_overdue(now, tolerance);
}

void Reconciler::end_pause_when_due() {
    if (state_.intent.paused_until() && !state_.intent.is_paused(wall_now())) resume();
}

void Reconciler::mark_all_when_due() {
    if (steady_now() < state_.next_full_check) return;
    state_.views.mark_all();
    const AcceptedSettings* const accepted = state_.intent.in_force();
    const auto interval =
        accepted != nullptr ? accepted->desired.policy.interval : ReconcilePolicy().interval;
    state_.next_full_check =
        steady_now() + std::chrono::duration_cast<Duration>(interval * (0.9 + 0.2 * random_fraction()));
}

/// Updates the snapshot and the history of the project in force.
Task<void> Reconciler::look() {
    ProjectView& view = state_.views.in_force();
    if (state_.intent.in_force() == nullptr) {
        state_.ledger.snapshot_begun();
        if (!state_.intent.former().empty())
            state_.ledger.snapshot_taken({}, {}, steady_now(), wall_now(), Coverage::without_former_projects);
        co_return;
    }
    if (steady_now() < view.snapshot().look_again_at) co_return;
    state_.ledger.snapshot_begun();
    view.observer().track_all_images(!state_.ledger.history().brought.empty());
    const auto snapshot = co_await view.look();
    const AcceptedSettings* const accepted = state_.intent.in_force();
    if (accepted == nullptr) co_return view.forget();  // `down` was called meanwhile
    if (!snapshot) {
        log::warning("cannot inspect the engine", {{"ERROR", state_.client.redact()(view.error())}});
        co_return;
    }
    state_.state_file.snapshot_begun(*view.last_look());
    if (std::exchange(state_.absent, false) && state_.missed_all)
        state_.ledger.mark_unseen_ends_interrupted();
    const bool alone = state_.intent.former().empty();
    state_.ledger.snapshot_taken(accepted->desired, view.observed(), steady_now(), wall_now(),
                                 alone ? Coverage::all_projects : Coverage::without_former_projects);
    state_.restarts.snapshot_taken(view.observed(), accepted->desired, state_.counters);
}

/// Runs beside the cycle, so that a look at a former project delays nothing else.
void Reconciler::look_at_former_projects() {
    const std::set<ProjectName> draining = reconcile::draining(state_);
    for (const auto& [project, scope] : state_.intent.former()) {
        ProjectView* const view = state_.views.former(project);
        if (view == nullptr || draining.contains(project) || !view->is_due(steady_now())) continue;
        view->set_looking();
        looks_.spawn(look_at_former_projects(project));
    }
}

Task<void> Reconciler::look_at_former_projects(ProjectName project) {
    ProjectView* const view = state_.views.former(project);
    const auto snapshot = co_await view->look();
    if (!snapshot) {
        log::warning(
            "cannot inspect project " + state_.client.redact()(project.value) + ", which left the settings",
            {{"PROJECT", state_.client.redact()(project.value)},
             {"ERROR", state_.client.redact()(snapshot.error().message())}});
    }
    state_.trigger.raise();
}

/// True if what the plans show of earlier repairs changes the decision.
bool Reconciler::check_repairs(const Decision& decision) {
    return state_.ledger.check_repairs(combined(decision.former, *decision.services), steady_now(),
                                       wall_now());
}

void Reconciler::act_on(Decision decision) {
    for (const ProjectName& project : decision.gone) forget(project);
    state_.former_plan = std::move(decision.former);
    state_.image_plan = std::move(decision.images);
    state_.wake_ups = std::move(decision.wake_ups);
    if (decision.services) {
        state_.drift.plan_made(*decision.services, subjects_in(state_.views.in_force().observed()),
                               state_.ledger.history().busy, state_.counters);
        state_.plan = std::move(*decision.services);
        state_.is_up_to_date = state_.is_up_to_date || state_.next_full_check > steady_now();
    }
    if (!decision.to_run.steps.empty()) begin(std::move(decision.to_run));
}

void Reconciler::begin(Plan plan) {
    if (!state_.budget.allows(steady_now())) {
        if (!std::exchange(throttled_, true))
            log::warning("rate limit reached; further actions are delayed", {});
        return;
    }
    throttled_ = false;
    state_.budget.spend(plan.steps.size(), steady_now());
    state_.ledger.plan_started(plan);
    const bool must_be_saved = needs_saved_state(plan) || !state_.ledger.history().recreated.empty();
    if (must_be_saved)
        state_.state_file.save();  // after a crash, the work that follows a start must not be forgotten
    has_run_plan_ = true;
    const AcceptedSettings* const accepted = state_.intent.in_force();
    state_.runs.start(std::move(plan), {state_.intent.project(), names_of(state_.intent.former())},
                      state_.client.redact(),
                      accepted != nullptr ? accepted->engine.logins : std::vector<RegistryLogin>());
}

void Reconciler::forget(const ProjectName& project) {
    log::info("removed project " + state_.client.redact()(project.value) + ", which left the settings",
              {{"PROJECT", state_.client.redact()(project.value)}});
    state_.intent.forget(project);
    // The objects of the project held the secrets, and error messages about them could contain them.
    if (state_.intent.in_force() == nullptr && state_.intent.former().empty()) state_.client.set_redactor({});
}

Duration Reconciler::until_next() const {
    const WakeUp* const next = state_.wake_ups.next();
    return next == nullptr ? longest_wait : std::max<Duration>(next->at - steady_now(), 0s);
}

}  // namespace dockerext::reconcile
