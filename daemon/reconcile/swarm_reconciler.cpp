#include "reconcile/swarm_reconciler.hpp"

#include "base/catch_exceptions.hpp"
#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/random_fraction.hpp"
#include "observe/swarm_observer.hpp"
#include "plan/planner.hpp"
#include "plan/swarm_recovery.hpp"
#include "reconcile/swarm_status.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace dockerext::reconcile {

using namespace model;
using namespace std::chrono_literals;

namespace {

constexpr Duration full_check = 5min;
/// While somebody else has to act first, or a look failed: managers emit no event that tells the end of it.
constexpr Duration look_again = 30s;
constexpr Duration engine_changes = 2s;  ///< a change of the engine itself is about to be made

const Subject membership{Subject::Kind::part, "swarm"};

std::set<Subject> subjects_of(const std::vector<PartStatus>& parts) {
    std::set<Subject> subjects;
    for (const PartStatus& part : parts) subjects.insert({Subject::Kind::part, part.name});
    return subjects;
}

}  // namespace

SwarmReconciler::SwarmReconciler(const asio::any_io_executor& executor, engine::Client& client,
                                 state::Journal& journal, state::SwarmRecordStore record,
                                 const Intent& intent, std::function<bool()> engine_ready, Changes& changes,
                                 report::Counters& counters)
    : client_(client),
      apply_(client, journal, executor, apply::one_at_a_time),
      store_(std::move(record)),
      intent_(intent),
      engine_ready_(std::move(engine_ready)),
      changes_(changes),
      counters_(counters),
      ledger_(random_fraction),
      seed_(static_cast<std::uint64_t>(random_fraction() * 1e15)) {}

Task<void> SwarmReconciler::run() {
    for (bool going = true; going;) {
        co_await cycle();
        going = co_await trigger_.wait(until_next());
    }
}

void SwarmReconciler::adopt(std::optional<SwarmDesired> desired, Redactor redact) {
    desired_ = std::move(desired);
    redact_ = std::move(redact);
    made_ = {};  // it was for earlier settings
    observed_.reset();
    key_refused_ = false;
    attempts_ = 0;
    ledger_.new_settings();
    drift_.clear();
    trigger_.raise();
}

Result<> SwarmReconciler::clear_settings() {
    adopt({}, {});
    return store_.remove();
}

void SwarmReconciler::engine_connected() {
    is_connected_ = true;
    trigger_.raise();
}

void SwarmReconciler::engine_lost() {
    is_connected_ = false;
    is_watching_ = false;
    trigger_.raise();
}

void SwarmReconciler::event_received(const engine::Event& event) {
    if (event.type == "node") trigger_.raise();
}

void SwarmReconciler::retry() {
    ledger_.reset_backoff({});
    key_refused_ = false;
    trigger_.raise();
}

SwarmHistory SwarmReconciler::history() const {
    SwarmHistory history;
    history.failure_records = ledger_.history().failure_records;
    history.attempts = attempts_;
    history.seed = seed_;
    history.key_refused = key_refused_;
    return history;
}

Task<void> SwarmReconciler::cycle() {
    auto looking = catch_exceptions(look_and_act());
    const Result<> done = co_await std::move(looking);
    if (!done) show_failure("cannot inspect the swarm: " + done.error().message());
    changes_.raise();
}

void SwarmReconciler::show_failure(const std::string& why) {
    const std::string text = redact_(why);
    log::warning(text, {});
    made_ = {.plan = {.steps = {}, .held = {{membership, {}, Held::Why::unknown, text, {}}}},
             .parts = {{"swarm", PartState::failed, text}}};
    observed_.reset();
}

/// Derives everything again on each call, so that a bug in one look need not affect the next.
Task<Result<>> SwarmReconciler::look_and_act() {
    was_waiting_ = desired_ && is_connected_ && !engine_ready_();
    auto record = store_.load();
    if (!record && desired_) co_return record.error().within("nothing is done about the swarm");
    if (desired_ && plan::has_token(desired_->access) && !record->had_tokens) {
        record->had_tokens = true;  // also if no look is taken before other settings come
        if (const auto kept = store_.save(*record); !kept) co_return kept.error();
    }
    if (!is_connected_ || was_waiting_) co_return Result<>();
    if (!desired_) {
        auto telling = tell_left_membership(record ? std::move(*record) : SwarmRecord());
        co_return co_await std::move(telling);
    }
    SwarmHistory past = history();
    past.record = std::move(*record);
    ledger_.snapshot_begun();
    const SwarmDesired desired = *desired_;
    auto looking = observe::observe_swarm(client_, desired.settings);
    auto observed = co_await std::move(looking);
    const bool cancelled = co_await is_cancelled();  // then the look is incomplete
    const bool are_others = !desired_ || !(desired_->settings == desired.settings);
    if (cancelled || are_others || !is_connected_) co_return Result<>();
    if (!observed) co_return observed.error();
    ledger_.snapshot_taken();
    observed_ = std::move(*observed);
    const bool paused = intent_.is_paused(wall_now());  // what people change then undoes no repair
    make_plan(past, paused);
    if (paused) co_return Result<>();
    const bool is_kept = made_.record == past.record;
    if (const auto kept = is_kept ? Result<>() : store_.save(made_.record); !kept)
        co_return kept.error().within("nothing is done about the swarm");
    if (!plan::has_runnable(made_.plan) || !engine_ready_()) co_return Result<>();
    ledger_.plan_started(made_.plan);
    co_await apply_.run(made_.plan, ++cycle_, redact_, executor_callbacks());
    trigger_.raise();  // only another look shows whether it is right
    co_return Result<>();
}

void SwarmReconciler::make_plan(SwarmHistory past, bool paused) {
    // Time in which nobody looked does not count: after an outage of the site, nodes are still to come back.
    const bool was_watching = std::exchange(is_watching_, observed_->nodes.has_value());
    if (!was_watching) past.record.down_since.clear();
    do {
        past.failure_records = ledger_.history().failure_records;
        made_ = plan::plan_swarm(*desired_, *observed_, past, steady_now(), wall_now());
    } while (!paused && ledger_.check_repairs(made_.plan, steady_now(), wall_now()));
    if (made_.nobody_answers) ++attempts_;
    if (observed_->state == LocalNodeState::active) attempts_ = 0;
    for (PartStatus& part : made_.parts) part.message = redact_(part.message);
    for (Held& held : made_.plan.held) held.reason = redact_(held.reason);
    drift_.plan_made(made_.plan, subjects_of(made_.parts), {}, counters_);
}

/// The settings have no `swarm`, or none any more.
Task<Result<>> SwarmReconciler::tell_left_membership(SwarmRecord record) {
    if (record.node.empty()) co_return Result<>();  // never a member through us: no call
    const SwarmSettings none;
    auto looking = observe::observe_swarm(client_, none);
    const auto observed = co_await std::move(looking);
    const bool cancelled = co_await is_cancelled();
    if (cancelled || desired_) co_return Result<>();
    if (!observed) co_return Result<>();  // nobody asks for a swarm
    made_ = {};
    if (auto part = plan::left_membership(*observed, record)) made_.parts.push_back(std::move(*part));
    co_return Result<>();
}

apply::Executor::Callbacks SwarmReconciler::executor_callbacks() {
    apply::Executor::Callbacks callbacks;
    callbacks.ended = [this](const apply::Outcome& outcome) { ended(outcome); };
    return callbacks;
}

void SwarmReconciler::ended(const apply::Outcome& outcome) {
    ledger_.record(outcome, steady_now(), wall_now());
    outcome_log_.ended(outcome, cycle_);
    if (!outcome.error) return;
    if (std::holds_alternative<JoinSwarm>(outcome.step.operation)) ++attempts_;  // another manager next
    const bool is_refusal = outcome.error->kind() == ErrorKind::invalid_input;
    if (std::holds_alternative<UnlockSwarm>(outcome.step.operation) && is_refusal) key_refused_ = true;
}

std::optional<SwarmStatus> SwarmReconciler::status() const {
    if (!desired_ || !observed_ || !is_connected_) return std::nullopt;
    return swarm_status(*observed_);
}

Task<Result<Plan>> SwarmReconciler::preview(SwarmDesired desired) {
    SwarmHistory past = history();
    auto record = store_.load();
    if (!record) co_return record.error();
    past.record = std::move(*record);
    past.failure_records.clear();
    auto looking = observe::observe_swarm(client_, desired.settings);
    const auto observed = co_await std::move(looking);
    if (!observed) co_return observed.error().within("cannot inspect the swarm");
    co_return plan::plan_swarm(desired, *observed, past, steady_now(), wall_now()).plan;
}

Task<Result<InitSwarm>> SwarmReconciler::recovery() {
    if (!desired_) co_return Error(ErrorKind::conflict, "the settings have no member swarm");
    const SwarmDesired desired = *desired_;
    auto looking = observe::observe_swarm(client_, desired.settings);
    const auto observed = co_await std::move(looking);
    if (!observed) co_return observed.error().within("cannot inspect the swarm");
    co_return plan::swarm_recovery(desired, *observed);
}

Result<> SwarmReconciler::expect_own_swarm() {
    auto record = store_.load();
    if (!record) return record.error();
    record->cluster.clear();
    record->node.clear();
    record->down_since.clear();
    record->doing = SwarmRecord::Doing::init;
    return store_.save(*record);
}

Duration SwarmReconciler::until_next() const {
    if (was_waiting_) return engine_changes;
    if (!desired_ || !is_connected_) return full_check;
    if (const WallTime now = wall_now(); intent_.is_paused(now))
        return std::min<Duration>(full_check, *intent_.paused_until() - now);
    SteadyTime next = steady_now() + full_check;
    const bool is_settled = std::all_of(made_.parts.begin(), made_.parts.end(), [](const PartStatus& part) {
        return part.state == PartState::ok || part.state == PartState::unmanaged;
    });
    if (!is_settled && !made_.nobody_answers) next = steady_now() + look_again;
    for (const Held& held : made_.plan.held) {
        if (held.until) next = std::min(next, *held.until);
    }
    return std::max<Duration>(next - steady_now(), 0s);
}

}  // namespace dockerext::reconcile
