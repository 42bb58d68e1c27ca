#include "reconcile/engine_reconciler.hpp"

#include "apply/engine_change.hpp"
#include "base/catch_exceptions.hpp"
#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/random_fraction.hpp"
#include "base/task_group.hpp"
#include "observe/host_observer.hpp"
#include "plan/engine_interruption.hpp"
#include "plan/host_work.hpp"
#include "plan/planner.hpp"
#include "plan/removal.hpp"
#include "reconcile/engine_interruptions.hpp"
#include "reconcile/engine_watches.hpp"

#include <algorithm>
#include <utility>

namespace dockerext::reconcile {

using namespace model;
using namespace std::chrono_literals;

namespace {

constexpr Duration full_check = 5min;
constexpr Duration look_again = 30s;    ///< after a look that failed
constexpr Duration restart_delay = 2s;  ///< after new settings: more may follow, and one restart serves all

std::set<Subject> subjects_of(const std::vector<PartStatus>& parts) {
    std::set<Subject> subjects{plan::configuration_part};
    for (const PartStatus& part : parts) subjects.insert(plan::part(part.name));
    return subjects;
}

}  // namespace

EngineReconciler::EngineReconciler(const asio::any_io_executor& executor, engine::Client& client,
                                   state::Journal& journal, const std::filesystem::path& root,
                                   state::HostRecordStore host_record, const Intent& intent,
                                   Trigger& reconcile_trigger, Changes& changes, report::Counters& counters)
    : executor_(executor),
      client_(client),
      root_(root),
      systemd_(executor, {std::string(host_paths::engine_unit), "docker.socket"}),
      store_(std::move(host_record)),
      access_{systemd_, store_, root_},
      apply_(client, journal, executor, apply::one_at_a_time, &access_),
      intent_(intent),
      reconcile_trigger_(reconcile_trigger),
      changes_(changes),
      counters_(counters),
      ledger_(random_fraction),
      tokens_(executor, {.changed = [this] { tokens_changed(); },
                         .token_acquired =
                             [this](const std::string& registry) {
                                 newly_accepting_registries_.insert(registry);
                                 reconcile_trigger_.raise();
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
    note_left();
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
    left_.clear();
    access_.redact = std::move(redact);
    tokens_.adopt(desired_->logins, desired_->azure_environment);
    tokens_changed();
    ledger_.new_settings();
    host_plan_ = {};  // it was for earlier settings
    drift_.clear();
    no_restart_until_ = steady_now() + restart_delay;
    set_engine_ready(false);
    trigger_.raise();
}

void EngineReconciler::note_left() {
    const auto host_record = store_.load();
    left_ = host_record && !desired_ ? plan::owned_text(host_record->owned) : "";
}

void EngineReconciler::clear_settings() {
    desired_.reset();
    note_left();
    access_.redact = {};
    host_plan_ = {};
    tokens_.adopt({}, {});
    tokens_changed();
    set_engine_ready(true);
}

/// The error of a failed pull may contain its token.
void EngineReconciler::tokens_changed() {
    client_.set_token_redactor(tokens_.secrets());
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

void EngineReconciler::resume() {
    set_engine_ready(!plan::touches_engine(host_plan_.plan));
    trigger_.raise();
}

void EngineReconciler::retry() {
    ledger_.reset_backoff({});
    tokens_.retry();
    if (auto host_record = store_.load(); host_record && !host_record->refused.empty()) {
        host_record->refused.clear();
        host_record->refusal.clear();
        if (const auto saved = store_.save(*host_record); !saved)
            log::warning("cannot save the state of the engine part", {{"ERROR", saved.error().message()}});
    }
    trigger_.raise();
}

plan::HostHistory EngineReconciler::history() const {
    plan::HostHistory history;
    if (const auto host_record = store_.load()) {
        history.owned = host_record->owned;
        history.refused = host_record->refused;
        history.refusal = host_record->refusal;
    }
    history.failure_records = ledger_.history().failure_records;
    history.engine_version = engine_version_;
    history.loaded = loaded_;
    history.verified_logins = confirmed_;
    history.identities = tokens_.parts();
    return history;
}

Task<void> EngineReconciler::cycle() {
    auto looking = catch_exceptions(look_and_act());
    const Result<> done = co_await std::move(looking);
    if (!done) look_failed(done.error());
    changes_.raise();
}

std::string EngineReconciler::look_error_text(const Error& error) const {
    return access_.redact("cannot inspect this machine: " + error.message());
}

void EngineReconciler::look_failed(const Error& error) {
    const std::string why = look_error_text(error);
    log::warning(why, {});
    last_look_succeeded_ = false;
    host_plan_ = {.plan = {.steps = {}, .held = {{plan::part("engine"), {}, Held::Why::unknown, why, {}}}},
                  .parts = {{"engine", PartState::failed, why}}};
    set_engine_ready(true);
}

/// Derives everything again on each call, so that a bug in one look need not affect the next.
Task<Result<>> EngineReconciler::look_and_act() {
    if (!desired_) {
        set_engine_ready(true);
        co_return Result<>();
    }
    ledger_.snapshot_begun();
    const auto observed = co_await look(package_matters(*desired_));
    const bool cancelled = co_await is_cancelled();  // then the look is incomplete
    if (!desired_ || cancelled) co_return Result<>();
    if (!observed) co_return observed.error();
    last_look_succeeded_ = true;
    ledger_.snapshot_taken();
    const bool paused = intent_.is_paused(wall_now());  // what people change then undoes no repair
    do host_plan_ = plan::plan_host(*desired_, *observed, history(), steady_now());
    while (!paused && ledger_.check_repairs(host_plan_.plan, steady_now(), wall_now()));
    loaded_ = plan::loaded_configuration(host_plan_, *observed, loaded_);
    auto telling = tell_interruptions(client_, !engine_version_.empty(), host_plan_.plan);
    co_await std::move(telling);
    const bool ended = co_await is_cancelled();
    if (ended || !desired_ || host_plan_.fingerprint.empty()) co_return Result<>();  // other settings came
    const bool is_paused = paused || intent_.is_paused(wall_now());
    hide_secrets();
    drift_.plan_made(host_plan_.plan, subjects_of(host_plan_.parts), {}, counters_);
    const bool has_work = plan::has_runnable(host_plan_.plan);
    set_engine_ready(is_paused || !plan::touches_engine(host_plan_.plan));
    const bool early = plan::restarts_engine(host_plan_.plan) && steady_now() < no_restart_until_;
    if (is_paused || !has_work || early) co_return Result<>();
    ledger_.plan_started(host_plan_.plan);
    co_await apply_.run(host_plan_.plan, ++cycle_, access_.redact, executor_callbacks());
    trigger_.raise();  // only another look shows whether it is right
    co_return Result<>();
}

/// The texts may contain dockerd's output.
void EngineReconciler::hide_secrets() {
    for (PartStatus& part : host_plan_.parts) part.message = access_.redact(part.message);
    for (Held& held : host_plan_.plan.held) held.reason = access_.redact(held.reason);
}

/// The package matters if its version is pinned, or if dockerextd has installed it, even partly.
bool EngineReconciler::package_matters(const EngineDesired& desired) const {
    return !desired.docker.install_version.empty() || !history().owned.installed.packages.empty();
}

Task<Result<ObservedHost>> EngineReconciler::look(bool with_package) {
    auto observed = co_await observe::observe_host(systemd_, root_);
    if (!observed || !observed->installed || !with_package) co_return observed;
    co_return co_await observe::with_package(std::move(*observed), root_);
}

apply::Executor::Callbacks EngineReconciler::executor_callbacks() {
    apply::Executor::Callbacks callbacks;
    callbacks.began = [this](const Step& step) {
        under_way_ = step.subject;
        progress_.clear();
    };
    callbacks.ended = [this](const apply::Outcome& outcome) {
        progress_.clear();
        ended(outcome);
    };
    return callbacks;
}

std::vector<PartStatus> EngineReconciler::parts() const {
    std::vector<PartStatus> parts = host_plan_.parts;
    if (!left_.empty())
        parts.push_back({"engine.settings", PartState::unmanaged,
                         "still in force: " + left_ + "; `dockerextd down --engine` takes it back"});
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
    outcome_log_.ended(outcome, cycle_);
    const auto* change = std::get_if<ChangeEngine>(&outcome.step.operation);
    const bool reloaded =
        change != nullptr && !outcome.error && change->effect == ChangeEngine::Effect::reload;
    if (reloaded && loaded_) loaded_->fingerprint = change->fingerprint;
    const auto* login = std::get_if<VerifyLogin>(&outcome.step.operation);
    if (login != nullptr && !outcome.error)
        confirmed_.insert(plan::login_fingerprint(login->server, login->login));
}

void EngineReconciler::set_engine_ready(bool engine_ready) {
    if (std::exchange(engine_ready_, engine_ready) != engine_ready && engine_ready)
        reconcile_trigger_.raise();
}

Task<Result<Plan>> EngineReconciler::preview(EngineDesired desired) {
    const auto observed = co_await look(package_matters(desired));
    if (!observed) co_return Error(observed.error().kind(), look_error_text(observed.error()));
    plan::HostHistory past = history();
    past.failure_records.clear();
    plan::HostPlan made = plan::plan_host(desired, *observed, past, steady_now());
    auto telling = tell_interruptions(client_, !engine_version_.empty(), made.plan);
    co_await std::move(telling);
    co_return std::move(made.plan);
}

Duration EngineReconciler::until_next() const {
    if (!desired_ || intent_.is_paused(wall_now())) return full_check;  // woken when the pause ends
    SteadyTime next = steady_now() + (last_look_succeeded_ ? full_check : look_again);
    if (steady_now() < no_restart_until_) next = no_restart_until_;
    for (const Held& held : host_plan_.plan.held) {
        if (held.until) next = std::min(next, *held.until);
    }
    return std::max<Duration>(next - steady_now(), 0s);
}

}  // namespace dockerext::reconcile
