#include "reconcile/swarm_reconciler.hpp"

#include "base/catch_exceptions.hpp"
#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/random_fraction.hpp"
#include "plan/planner.hpp"
#include "reconcile/swarm_status.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <string_view>
#include <utility>

namespace dockerext::reconcile {

using namespace model;
using namespace std::chrono_literals;

namespace {

constexpr Duration engine_changes = 2s;  ///< a change of the engine itself is about to be made

const Subject membership{Subject::Kind::part, "swarm"};

std::set<Subject> subjects_of(const std::vector<PartStatus>& parts) {
    std::set<Subject> subjects;
    for (const PartStatus& part : parts) subjects.insert({Subject::Kind::part, part.name});
    return subjects;
}

}  // namespace

SwarmReconciler::SwarmReconciler(const asio::any_io_executor& executor, SwarmParts parts,
                                 state::SwarmRecordStore record)
    : parts_(std::move(parts)),
      apply_(parts_.client, parts_.journal, executor, apply::one_at_a_time),
      store_(std::move(record)),
      ledger_(random_fraction),
      seed_(static_cast<std::uint64_t>(random_fraction() * 1e15)) {}

Task<void> SwarmReconciler::run() {
    for (bool going = true; going;) {
        co_await cycle();
        going = co_await trigger_.wait(until_next());
    }
}

void SwarmReconciler::adopt(std::optional<SwarmDesired> desired, Redactor redact) {
    wish_.swarm = std::move(desired);
    scheduled_events_.adopt(wish_.swarm && wish_.swarm->settings.scheduled_events);
    wish_.redact = std::move(redact);
    key_refused_ = false;
    attempts_ = 0;
    forget_plan();
}

void SwarmReconciler::adopt_stack(StackDesired desired, std::vector<RegistryLogin> logins, Redactor redact) {
    wish_.stack = std::move(desired);
    if (wish_.stack.stack) wish_.stack.logins = login_digests(*wish_.stack.stack, logins);
    wish_.redact = std::move(redact);
    logins_ = std::move(logins);
    forget_plan();
}

/// It was for other settings.
void SwarmReconciler::forget_plan() {
    cancel_steps();
    ++wish_number_;
    made_ = {};
    observed_.reset();
    ledger_.new_settings();
    drift_.clear();
    trigger_.raise();
}

Result<> SwarmReconciler::clear_settings() {
    adopt({}, {});
    adopt_stack({}, {}, {});
    const auto record = store_.load();
    const bool may_lead = leads_.value_or(true);
    if (!may_lead || !record || record->stack.empty()) return store_.remove();
    return store_.save({.cluster = record->cluster, .stack = record->stack, .is_stack_down = true});
}

std::string SwarmReconciler::left() const {
    const auto record = store_.load();
    const bool is_leaving = record && record->is_stack_down && !record->stack.empty();
    return is_leaving ? "the stack " + record->stack.value + " of the swarm, which is being removed" : "";
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
    constexpr std::array<std::string_view, 5> types{"node", "service", "config", "secret", "network"};
    if (std::find(types.begin(), types.end(), event.type) == types.end()) return;
    const bool is_of_stack = event.type != "node";
    if (!is_of_stack || (wish_.stack.stack && event.of_swarm)) trigger_.raise();
}

void SwarmReconciler::retry() {
    ledger_.reset_backoff({});
    key_refused_ = false;
    retries_updates_ = true;
    trigger_.raise();
}

SwarmHistory SwarmReconciler::history() const {
    SwarmHistory history;
    history.failure_records = ledger_.history().failure_records;
    history.attempts = attempts_;
    history.seed = seed_;
    history.key_refused = key_refused_;
    history.just_changed = changes_.just_changed(steady_now());
    return history;
}

Task<void> SwarmReconciler::cycle() {
    auto looking = catch_exceptions(look_and_act());
    const Result<> done = co_await std::move(looking);
    if (!done) show_failure("cannot inspect the swarm: " + done.error().message());
    parts_.changes.raise();
}

void SwarmReconciler::show_failure(const std::string& why) {
    const std::string text = wish_.redact(why);
    log::warning(text, {});
    made_ = {};
    made_.plan.held = {{membership, {}, Held::Why::unknown, text, {}}};
    made_.parts = {{membership.name, PartState::failed, text}};
    observed_.reset();
}

/// The record of what this machine is in the swarm, with the news that the settings have had tokens: also if
/// no look is taken before other settings come.
Result<SwarmRecord> SwarmReconciler::load_record() {
    auto record = store_.load();
    if (!record && !wish_.swarm) return SwarmRecord();  // nobody asks for a swarm
    if (!record) return record.error().within("nothing is done about the swarm");
    if (wish_.swarm && plan::has_token(wish_.swarm->access) && !record->had_tokens) {
        record->had_tokens = true;
        if (const auto kept = store_.save(*record); !kept) return kept.error();
    }
    changes_.add_to(*record);
    if (retries_updates_) record->attempts.clear();
    return record;
}

/// Derives everything again on each call, so that a bug in one look need not affect the next.
Task<Result<>> SwarmReconciler::look_and_act() {
    was_waiting_ = wish_.swarm && is_connected_ && !parts_.engine_ready();
    auto record = load_record();
    if (!record) co_return record.error();
    const bool is_concerned = wish_.swarm || !record->node.empty() || !record->stack.empty();
    if (!is_connected_ || was_waiting_ || !is_concerned) co_return Result<>();
    SwarmHistory past = history();
    past.record = std::move(*record);
    if (wish_.swarm) wish_.swarm->departure = scheduled_events_.departure();
    ledger_.snapshot_begun();
    const std::uint64_t number = wish_number_;
    auto looking = catch_exceptions(look_at_swarm(parts_.client, wish_, past.record));
    const auto seen = co_await std::move(looking);
    const bool cancelled = co_await is_cancelled();  // then the look is incomplete
    if (cancelled || number != wish_number_ || !is_connected_) co_return Result<>();
    if (!seen && !wish_.swarm) co_return Result<>();  // nobody asks for a swarm
    if (!seen) co_return seen.error();
    ledger_.snapshot_taken();
    observed_ = seen->swarm;
    leads_ = plan::is_leader(seen->swarm);
    const bool paused = parts_.intent.is_paused(wall_now());  // what people change then undoes no repair
    make_plan(*seen, past, paused);
    if (paused) co_return Result<>();
    retries_updates_ = false;
    auto acting = act(std::move(past.record));
    co_return co_await std::move(acting);
}

Task<Result<>> SwarmReconciler::act(SwarmRecord before) {
    const bool is_outside = observed_ && observed_->state == LocalNodeState::inactive;
    if (wish_.swarm && is_outside) scheduled_events_.departed(wish_.swarm->departure);
    if (const auto kept = keep_record(before); !kept) co_return kept;
    if (made_.replaces_project) parts_.remove_project();
    if (!plan::has_runnable(made_.plan) || !parts_.engine_ready()) co_return Result<>();
    ledger_.plan_started(made_.plan);
    co_await apply_.run(made_.plan, ++cycle_, wish_.redact, executor_callbacks());
    trigger_.raise();  // only another look shows whether it is right
    co_return save_changes();
}

void SwarmReconciler::make_plan(const SwarmLook& look, SwarmHistory past, bool paused) {
    // Time in which nobody looked does not count: after an outage of the site, nodes are still to come back.
    const bool was_watching = std::exchange(is_watching_, look.swarm.nodes.has_value());
    if (!was_watching) past.record.down_since.clear();
    do {
        past.failure_records = ledger_.history().failure_records;
        made_ = decide_swarm(wish_, look, past);
    } while (!paused && ledger_.check_repairs(made_.plan, steady_now(), wall_now()));
    if (made_.nobody_answers) ++attempts_;
    if (look.swarm.state == LocalNodeState::active) attempts_ = 0;
    drift_.plan_made(made_.plan, subjects_of(made_.parts), {}, parts_.counters);
}

Result<> SwarmReconciler::keep_record(const SwarmRecord& before) {
    const bool is_over = before.is_stack_down && made_.record.stack.empty() && !wish_.swarm;
    if (is_over) return store_.remove();
    if (made_.record == before) return {};
    const auto kept = store_.save(made_.record);
    return kept ? kept : kept.error().within("nothing is done about the swarm");
}

Result<> SwarmReconciler::save_changes() {
    if (!changes_.are_unsaved()) return {};
    auto record = store_.load();
    if (!record) return record.error();
    changes_.add_to(*record);
    auto saved = store_.save(*record);
    if (saved) changes_.saved();
    return saved;
}

apply::Executor::Callbacks SwarmReconciler::executor_callbacks() {
    apply::Executor::Callbacks callbacks;
    callbacks.ended = [this, logins = wish_.stack.logins](const apply::Outcome& outcome) {
        ended(outcome);
        if (!outcome.error && !outcome.skipped) changes_.changed(outcome.step, logins, steady_now());
    };
    callbacks.pull_auth = [this](const ImageRef& image) { return parts_.tokens.pull_auth(image, logins_); };
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

std::vector<PartStatus> SwarmReconciler::parts() const {
    std::vector<PartStatus> parts = made_.parts;
    if (auto part = scheduled_events_.part()) parts.push_back(std::move(*part));
    return parts;
}

std::optional<SwarmStatus> SwarmReconciler::status() const {
    if (!wish_.swarm || !observed_ || !is_connected_) return std::nullopt;
    return swarm_status(*observed_);
}

Task<Result<Plan>> SwarmReconciler::preview(std::optional<SwarmDesired> desired, StackDesired stack,
                                            Redactor redact) {
    auto record = store_.load();
    if (!record && desired) co_return record.error();
    SwarmHistory past = history();
    if (record) past.record = std::move(*record);
    past.record.attempts.clear();
    past.failure_records.clear();
    if (!desired && past.record.stack.empty()) co_return Plan();
    if (desired) desired->departure = scheduled_events_.departure();
    const SwarmWish wish{std::move(desired), std::move(stack), std::move(redact)};
    auto looking = look_at_swarm(parts_.client, wish, past.record);
    const auto seen = co_await std::move(looking);
    if (!seen) co_return seen.error().within("cannot inspect the swarm");
    co_return decide_swarm(wish, *seen, past).plan;
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
    if (!is_connected_ || (!wish_.swarm && made_.record.stack.empty())) return full_check_of_swarm;
    if (const WallTime now = wall_now(); parts_.intent.is_paused(now))
        return std::min<Duration>(full_check_of_swarm, *parts_.intent.paused_until() - now);
    return std::max<Duration>(next_look(made_, steady_now()) - steady_now(), 0s);
}

}  // namespace dockerext::reconcile
