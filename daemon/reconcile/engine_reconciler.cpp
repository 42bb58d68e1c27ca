#include "reconcile/engine_reconciler.hpp"

#include "apply/engine_change.hpp"
#include "base/chance.hpp"
#include "base/clock.hpp"
#include "base/contained.hpp"
#include "base/log.hpp"
#include "base/task_group.hpp"
#include "observe/host_observer.hpp"
#include "plan/host_work.hpp"
#include "plan/planner.hpp"
#include "reconcile/engine_watches.hpp"
#include "reconcile/outcome_log.hpp"

#include <algorithm>
#include <utility>

namespace dockerext::reconcile {

using namespace model;
using namespace std::chrono_literals;

namespace {

constexpr Duration full_check = 5min;
constexpr Duration look_again = 30s;  ///< after a look that failed
constexpr Duration quiet = 2s;        ///< after new settings: more may follow, and one restart serves all

/// Whether the plan may stop or start the engine.
bool touches_engine(const Plan& plan) {
    return std::any_of(plan.steps.begin(), plan.steps.end(), [](const Step& step) {
        const auto* change = std::get_if<ChangeEngine>(&step.operation);
        return std::holds_alternative<InstallEngine>(step.operation) ||
               std::holds_alternative<StartEngine>(step.operation) ||
               (change != nullptr && change->effect != ChangeEngine::Effect::none);
    });
}

bool restarts_engine(const Plan& plan) {
    return std::any_of(plan.steps.begin(), plan.steps.end(), [](const Step& step) {
        const auto* change = std::get_if<ChangeEngine>(&step.operation);
        return change != nullptr && change->effect == ChangeEngine::Effect::restart;
    });
}

}  // namespace

EngineReconciler::EngineReconciler(const asio::any_io_executor& executor, engine::Client& client,
                                   state::Journal& journal, const std::filesystem::path& root,
                                   state::HostRecordStore memory, const Intent& intent, Trigger& loop,
                                   Changes& changes)
    : executor_(executor),
      client_(client),
      root_(root),
      systemd_(executor, {std::string(host_paths::engine_unit), "docker.socket"}),
      store_(std::move(memory)),
      access_{systemd_, store_, root_},
      apply_(client, journal, executor, apply::one_at_a_time, &access_),
      intent_(intent),
      loop_(loop),
      changes_(changes),
      ledger_(chance),
      tokens_(executor, {.changed = [this] { tokens_changed(); },
                         .gained =
                             [this](const std::string& registry) {
                                 gained_registries_.insert(registry);
                                 loop_.raise();
                             }}) {
    access_.progress = [this](const std::string& doing) { progress_ = doing; };
}

Task<void> EngineReconciler::run() {
    TaskGroup watches(executor_);
    watches.spawn(systemd_.run());
    watches.spawn(watch_units(systemd_, trigger_));
    watches.spawn(tokens_.run());
    watches.spawn(watch_host_files(executor_, root_, trigger_));
    co_await recover();
    for (bool going = true; going;) {
        co_await cycle();
        going = co_await trigger_.wait(until_next());
    }
    watches.cancel();
    co_await watches.join();
}

Task<void> EngineReconciler::recover() {
    const auto recovered = co_await apply::recover_engine(client_, access_);
    if (!recovered) {
        log::error("cannot undo an interrupted engine change", {{"ERROR", recovered.error().message()}});
    }
}

void EngineReconciler::adopt(EngineDesired desired, Redactor redact) {
    desired_ = std::move(desired);
    access_.redact = std::move(redact);
    tokens_.adopt(desired_->logins, desired_->azure_environment);
    tokens_changed();
    ledger_.new_settings();
    made_ = {};  // it was for earlier settings
    quiet_until_ = steady_now() + quiet;
    settle(false);
    trigger_.raise();
}

void EngineReconciler::dismiss() {
    desired_.reset();
    access_.redact = {};
    made_ = {};
    tokens_.adopt({}, {});
    tokens_changed();
    settle(true);
}

/// The error of a failed pull may contain its token.
void EngineReconciler::tokens_changed() {
    client_.redact_also(tokens_.secrets());
    trigger_.raise();
}

void EngineReconciler::engine_connected(std::string version) {
    engine_version_ = std::move(version);
    trigger_.raise();
}

void EngineReconciler::engine_lost() {
    engine_version_.clear();
    trigger_.raise();
}

void EngineReconciler::check_everything() { trigger_.raise(); }

void EngineReconciler::retry() {
    ledger_.reset_backoff({});
    tokens_.retry();
    if (auto memory = store_.load(); memory && !memory->refused.empty()) {
        memory->refused.clear();
        memory->refusal.clear();
        if (const auto saved = store_.save(*memory); !saved)
            log::warning("cannot save the state of the engine part", {{"ERROR", saved.error().message()}});
    }
    trigger_.raise();
}

plan::HostHistory EngineReconciler::history() const {
    plan::HostHistory history;
    if (const auto memory = store_.load()) {
        history.owned = memory->owned;
        history.refused = memory->refused;
        history.refusal = memory->refusal;
    }
    history.troubles = ledger_.history().troubles;
    history.engine_version = engine_version_;
    history.confirmed = confirmed_;
    history.identities = tokens_.parts();
    return history;
}

Task<void> EngineReconciler::cycle() {
    auto looking = contained(look_and_act());
    const Result<> done = co_await std::move(looking);
    if (!done) not_seen(done.error());
    changes_.raise();
}

std::string EngineReconciler::not_seen_text(const Error& error) const {
    return access_.redact("cannot inspect this machine: " + error.message());
}

void EngineReconciler::not_seen(const Error& error) {
    const std::string why = not_seen_text(error);
    log::warning(why, {});
    seen_ = false;
    made_ = {.plan = {.steps = {}, .held = {{plan::part("engine"), {}, Held::Why::unknown, why, {}}}},
             .parts = {{"engine", PartState::failed, why}}};
    settle(true);
}

/// Derives everything again on each call, so that a bug in one look need not affect the next.
Task<Result<>> EngineReconciler::look_and_act() {
    if (!desired_ || intent_.is_paused(wall_now())) {
        settle(true);
        co_return Result<>();
    }
    ledger_.snapshot_begun();
    const auto observed = co_await look(package_matters(*desired_));
    const bool told_to_end = co_await is_cancelled();  // then the look is incomplete
    if (!desired_ || told_to_end) co_return Result<>();
    if (!observed) co_return observed.error();
    seen_ = true;
    ledger_.snapshot_taken();
    do made_ = plan::plan_host(*desired_, *observed, history(), steady_now());
    while (ledger_.judge(made_.plan, steady_now(), wall_now()));
    for (PartStatus& part : made_.parts)
        part.message = access_.redact(part.message);  // may contain dockerd's output
    for (Held& held : made_.plan.held) held.reason = access_.redact(held.reason);
    const bool works = plan::has_runnable(made_.plan);
    settle(!touches_engine(made_.plan));
    const bool early = restarts_engine(made_.plan) && steady_now() < quiet_until_;
    if (!works || early) co_return Result<>();
    ledger_.planned(made_.plan);
    co_await apply_.run(made_.plan, ++cycle_, access_.redact, following());
    trigger_.raise();  // only another look shows whether it is right
    co_return Result<>();
}

/// The package matters if its version is pinned, or if dockerextd has installed it, even partly.
bool EngineReconciler::package_matters(const EngineDesired& desired) const {
    return !desired.docker.install_version.empty() || !history().owned.installed.packages.empty();
}

Task<Result<ObservedHost>> EngineReconciler::look(bool with_package) {
    auto observed = co_await observe::look_at_host(systemd_, root_);
    if (!observed || !observed->installed || !with_package) co_return observed;
    co_return co_await observe::with_package(std::move(*observed), root_);
}

apply::Executor::Hooks EngineReconciler::following() {
    apply::Executor::Hooks hooks;
    hooks.began = [this](const Step& step) {
        under_way_ = step.subject;
        progress_.clear();
    };
    hooks.ended = [this](const apply::Outcome& outcome) {
        progress_.clear();
        ended(outcome);
    };
    return hooks;
}

std::vector<PartStatus> EngineReconciler::parts() const {
    std::vector<PartStatus> parts = made_.parts;
    if (progress_.empty()) return parts;
    for (PartStatus& part : parts) {
        if (plan::is_about(under_way_, part.name))
            part.message =
                progress_ + (part.state == PartState::failed ? "; last attempt: " + part.message : "");
    }
    return parts;
}

void EngineReconciler::ended(const apply::Outcome& outcome) {
    ledger_.record(outcome, steady_now(), wall_now());
    log_outcome(outcome, cycle_);
    const auto* login = std::get_if<VerifyLogin>(&outcome.step.operation);
    if (login != nullptr && !outcome.error) confirmed_.insert(plan::login_mark(login->server, login->login));
}

void EngineReconciler::settle(bool settled) {
    if (std::exchange(settled_, settled) != settled && settled) loop_.raise();
}

Task<Result<Plan>> EngineReconciler::preview(EngineDesired desired) {
    const auto observed = co_await look(package_matters(desired));
    if (!observed) co_return Error(observed.error().kind(), not_seen_text(observed.error()));
    plan::HostHistory past = history();
    past.troubles.clear();
    plan::HostPlan made = plan::plan_host(desired, *observed, past, steady_now());
    co_return std::move(made.plan);
}

Duration EngineReconciler::until_next() const {
    if (!desired_ || intent_.is_paused(wall_now())) return full_check;  // woken when the pause ends
    SteadyTime next = steady_now() + (seen_ ? full_check : look_again);
    if (steady_now() < quiet_until_) next = quiet_until_;
    for (const Held& held : made_.plan.held) {
        if (held.until) next = std::min(next, *held.until);
    }
    return std::max<Duration>(next - steady_now(), 0s);
}

}  // namespace dockerext::reconcile
