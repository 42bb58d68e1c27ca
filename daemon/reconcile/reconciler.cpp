#include "reconcile/reconciler.hpp"

#include "base/chance.hpp"
#include "base/clock.hpp"
#include "base/contained.hpp"
#include "base/log.hpp"
#include "base/timeout.hpp"
#include "host/notify.hpp"
#include "model/ownership.hpp"
#include "model/registry.hpp"
#include "plan/planner.hpp"
#include "reconcile/outcome_log.hpp"

#include <malloc.h>
#include <boost/asio/this_coro.hpp>

#include <algorithm>

namespace dockerext::reconcile {

using namespace model;
using namespace std::chrono_literals;

namespace {

constexpr auto remember_at_most = 1s;  ///< between two writes of the memory while work is under way
/// For calls under way when the daemon ends, beyond what a container is given to make way for another.
/// Recovery knows of the rest.
constexpr auto farewell = 15s;
constexpr Backoff silence_backoff{.first = 30s, .longest = 300s};
constexpr Backoff refusal_backoff{.first = 1s, .longest = 300s};
constexpr Backoff cycle_backoff{.first = 500ms, .longest = 30s};

/// A crash between a start and its hooks leaves none out, nor a network away that was removed to be made
/// anew.
bool leans_on_memory(const Plan& plan) {
    return std::any_of(plan.steps.begin(), plan.steps.end(), [](const Step& step) {
        const auto* remove = std::get_if<RemoveNetwork>(&step.operation);
        return std::holds_alternative<RunHook>(step.operation) || (remove != nullptr && remove->former);
    });
}

}  // namespace

Reconciler::Reconciler(const asio::any_io_executor& executor, engine::Client& client, state::Journal& journal,
                       state::MemoryStore memory, Changes& changes, Hooks hooks)
    : executor_(executor),
      changes_(changes),
      hooks_(std::move(hooks)),
      client_(client),
      store_(std::move(memory)),
      memory_(store_.load()),
      saved_(memory_),
      apply_(client, journal, executor),
      observer_(client),
      ledger_(chance),
      trigger_(executor),
      runs_(executor),
      next_check_(steady_now()),
      retirement_(executor) {
    ledger_.restore(memory_);
}

Task<void> Reconciler::run() {
    co_await asio::this_coro::throw_if_cancelled(false);
    for (bool going = true; going;) {
        heartbeat_.cycle_began(steady_now());
        co_await cycle();
        const bool told_to_end = co_await is_cancelled();  // while it was not waiting
        if (told_to_end) break;
        if (runs_.size() == 0 && std::exchange(worked_, false))
            (void)::malloc_trim(0);  // a daemon at rest is small
        const Duration longest = until_next();
        heartbeat_.sleeps_until(steady_now() + longest);
        going = co_await trigger_.wait(longest);
    }
    heartbeat_.sleeps_until(SteadyTime::max());
    apply_.call_off();
    const Duration limit = std::max<Duration>(apply_.grace_left(), 0s) + farewell;
    host::notify_stop_takes(limit + farewell);
    co_await race(runs_.join(), limit);
    remember_now();
}

void Reconciler::adopt(Accepted accepted) {
    const Project& project = accepted.desired.project;
    const bool empty = project.services.empty() && project.inactive.empty();
    // Settings without services ask for nothing to be removed: `down` does.
    if (!empty && memory_.project != project.name) {
        if (!memory_.project.empty()) memory_.retired.insert(memory_.project);
        memory_.project = project.name;
    }
    if (!empty) memory_.retired.erase(project.name);
    if (memory_.retired.empty()) retirement_error_.reset();  // the project that could not go may stay
    if (std::exchange(memory_.settings, accepted.fingerprint) != accepted.fingerprint) ledger_.new_settings();
    accepted_ = std::move(accepted);
    client_.redact_with(accepted_->desired.redact);
    budget_ = {};
    plan_ = {};  // what it holds back was about other settings
    interrupt();
    remember_now();
    observer_.want(accepted_->desired.project);
    check_everything();
}

std::set<ProjectName> Reconciler::dismiss() {
    if (!memory_.project.empty()) memory_.retired.insert(std::exchange(memory_.project, {}));
    memory_.paused_until.reset();
    gone_.clear();
    retirement_error_.reset();
    retire_at_ = {};
    interrupt();
    remember_now();
    accepted_.reset();
    plan_ = {};
    observed_ = {};
    observer_.forget();
    pulls_.clear();
    forget_secrets_of_the_gone();
    trigger_.raise();
    return memory_.retired;
}

/// Calls off what is under way for an order that is in force no more.
void Reconciler::interrupt() {
    ++era_;
    changes_.raise();
    apply_.call_off();
}

void Reconciler::engine_connected(const EngineLink::Missed& missed) {
    connected_ = true;
    changes_.raise();
    missed_all_ = missed.all;
    observer_.mark_engine();
    for (const engine::Event& event : missed.events) ledger_.heard(event);
    ledger_.engine_returned();
    retry_at_ = retire_at_ = {};
    check_everything();
}

void Reconciler::engine_lost() {
    connected_ = false;
    absent_ = true;
    changes_.raise();
}

void Reconciler::registry_knows_us(const std::string& key) {
    ledger_.registry_knows_us(key);
    trigger_.raise();
}

void Reconciler::heard(const engine::Event& event) {
    ledger_.heard(event);
    const auto slot =
        event.type == "container" ? claimed_slot(event.attributes, memory_.project) : std::nullopt;
    if (slot && ledger_.under_way(subject_of(*slot))) {
        // Looked at when our work there has ended; until then the engine may hold its lock.
        touched_[subject_of(*slot)].insert({event.id});
        return;
    }
    observer_.mark(event);
    if (observer_.dirty()) trigger_.raise();
}

void Reconciler::check_everything() {
    looked_ = false;
    next_check_ = steady_now();
    trigger_.raise();
}

void Reconciler::retry(const std::set<ServiceName>& services) {
    ledger_.reset_backoff(services);
    budget_ = {};
    check_everything();
}

void Reconciler::pause(std::optional<std::chrono::seconds> duration) {
    memory_.paused_until = duration ? wall_now() + *duration : WallTime::max();
    interrupt();
    remember_now();
    log::info("paused", {});
    trigger_.raise();
}

void Reconciler::resume() {
    memory_.paused_until.reset();
    remember_now();
    changes_.raise();
    log::info("resumed", {});
    check_everything();
    hooks_.resumed();
}

bool Reconciler::paused() {
    if (!memory_.paused_until) return false;
    if (wall_now() < *memory_.paused_until) return true;
    resume();
    return false;
}

bool Reconciler::is_overdue(Duration tolerance) {
    const auto now = steady_now();
    heartbeat_.saw_calls(client_.calls(), client_.longest_wait(), now);
    return heartbeat_.is_overdue(now, tolerance);
}

Task<void> Reconciler::cycle() {
    if (paused() || !connected_ || steady_now() < retry_at_ || !hooks_.settled()) co_return;
    auto looking = contained(look_and_act());
    const Result<> done = co_await std::move(looking);
    if (!done) look_again_later(done.error());
}

/// Each time anew, so that a bug that one look brings to light need not be one of the next.
Task<Result<>> Reconciler::look_and_act() {
    const std::uint64_t era = era_;
    co_await retire();
    if (era != era_ || !accepted_) co_return Result<>();
    const auto began = steady_now();
    const std::uint64_t calls = client_.calls();
    const bool seen = co_await refresh();
    // An order that came meanwhile was not known to the picture, and raised the trigger.
    if (!seen || era != era_) co_return Result<>();
    act();
    failed_cycles_ = 0;
    last_error_.clear();
    blind_since_.reset();
    last_cycle_ = {std::chrono::duration_cast<std::chrono::microseconds>(steady_now() - began),
                   client_.calls() - calls};
    remember();
    changes_.raise();
    co_return Result<>();
}

void Reconciler::look_again_later(const Error& error) {
    last_error_ = client_.redact()(error.message());
    if (!blind_since_) blind_since_ = wall_now();
    retry_at_ = steady_now() + cycle_backoff.after(++failed_cycles_, chance());
    changes_.raise();
    log::warning("the engine could not be looked at", {{"ERROR", last_error_}});
}

/// What the picture asks for is begun.
void Reconciler::act() {
    do plan_ = plan::make_plan(accepted_->desired, observed_, ledger_.history(), steady_now());
    while (ledger_.judge(plan_, steady_now(), wall_now()));
    if (plan::has_runnable(plan_)) start(plan_);
    looked_ = looked_ || next_check_ > steady_now();
}

/// The picture and the history brought up to now; false when the engine did not let us.
Task<bool> Reconciler::refresh() {
    if (steady_now() >= next_check_) {
        ask_again_at_ = {};
        observer_.mark_all();
        const auto interval = accepted_->desired.policy.interval;
        next_check_ = steady_now() + std::chrono::duration_cast<Duration>(interval * (0.9 + 0.2 * chance()));
    }
    ask_again();
    ledger_.snapshot_begun();
    const WallTime begun = wall_now();
    auto observed = co_await observer_.refresh();
    if (!observed) {
        look_again_later(observed.error());
        co_return false;
    }
    if (!accepted_) co_return false;
    observed_ = std::move(*observed);
    looked_at_ = begun;
    plan_asking_again();
    if (std::exchange(absent_, false) && missed_all_) ledger_.mark_unseen_endings_cut_off(observed_);
    ledger_.snapshot_taken(accepted_->desired, observed_, steady_now(), wall_now());
    co_return true;
}

void Reconciler::ask_again() {
    if (!observed_.unknown.empty() && steady_now() >= ask_again_at_) observer_.mark_unknown();
}

/// What the engine told nothing of is left alone for a while; longer where it did not answer in time: each
/// such question holds up all others.
void Reconciler::plan_asking_again() {
    if (observed_.unknown.empty()) {
        unanswered_ = 0;
        ask_again_at_ = {};
    } else if (steady_now() >= ask_again_at_) {
        const bool silent =
            std::any_of(observed_.unknown.begin(), observed_.unknown.end(),
                        [](const auto& each) { return each.second.error.kind() == ErrorKind::timeout; });
        const Backoff& backoff = silent ? silence_backoff : refusal_backoff;
        ask_again_at_ = steady_now() + backoff.after(++unanswered_, chance());
    }
}

void Reconciler::start(const Plan& plan) {
    if (!budget_.allows(steady_now())) {
        retry_at_ = budget_.ready_at(steady_now());
        log::warning("too many actions in a short time; the next ones wait", {});
        return;
    }
    budget_.spend(plan.steps.size(), steady_now());
    ledger_.planned(plan);
    const bool is_intent = leans_on_memory(plan) || !ledger_.history().recreated.empty();
    if (is_intent) remember_now();  // a crash after a start leaves nothing out that is to come after it
    worked_ = true;
    runs_.spawn(execute(plan, ++cycle_, accepted_->desired.redact, accepted_->engine.logins));
}

Task<void> Reconciler::execute(Plan plan, std::uint64_t number, Redactor redact,
                               std::vector<RegistryLogin> logins) {
    apply::Executor::Hooks hooks;
    hooks.pull_auth = [this, &logins](const ImageRef& image) { return auth_for_pull(image, logins); };
    hooks.build_auth = [this, &logins] { return auth_for_build(logins); };
    hooks.ended = [this, number](const apply::Outcome& outcome) { ended(outcome, number); };
    hooks.progress = [this](const ImageRef& image, const engine::PullProgress& progress) {
        pulls_[image] = progress;
    };
    co_await apply_.run(std::move(plan), number, std::move(redact), std::move(hooks));
    trigger_.raise();
}

/// Only the login that is needed: none waits for another registry's.
Task<std::optional<Secret>> Reconciler::auth_for_pull(ImageRef image, std::vector<RegistryLogin> logins) {
    const RegistryLogin* login = login_for(image.value, logins);
    if (login == nullptr) co_return std::nullopt;
    auto completing = hooks_.logins({*login});
    const auto completed = co_await std::move(completing);
    co_return pull_auth(image.value, completed);
}

Task<std::optional<Secret>> Reconciler::auth_for_build(std::vector<RegistryLogin> logins) {
    auto completing = hooks_.logins(std::move(logins));
    const auto completed = co_await std::move(completing);
    co_return build_auth(completed);
}

void Reconciler::ended(const apply::Outcome& outcome, std::uint64_t cycle) {
    const Step& step = outcome.step;
    ledger_.record(outcome, steady_now(), wall_now());
    mark_touched(outcome);
    if (const auto* pull = std::get_if<PullImage>(&step.operation)) pulls_.erase(pull->image);
    log_outcome(outcome, cycle);
}

/// What a step was about is looked at again, as soon as the last step under way about it has ended.
void Reconciler::mark_touched(const apply::Outcome& outcome) {
    const Subject& subject = outcome.step.subject;
    auto& touched = touched_[subject];
    if (outcome.created) touched.insert(*outcome.created);
    std::visit(
        [&](const auto& operation) {
            if constexpr (requires { operation.container; }) {
                if (const auto* id = std::get_if<ContainerId>(&operation.container)) touched.insert(*id);
            }
        },
        outcome.step.operation);
    // A failure may mean that the picture was wrong.
    if (outcome.error && outcome.error->kind() != ErrorKind::cancelled) observer_.mark(subject.kind);
    if (ledger_.under_way(subject)) return;
    if (subject.kind != Subject::Kind::container) observer_.mark(subject.kind);
    for (const ContainerId& id : touched) observer_.mark(id);
    touched_.erase(subject);
    trigger_.raise();
}

Duration Reconciler::until_next() const {
    if (memory_.paused_until) {
        if (*memory_.paused_until == WallTime::max()) return 24h;
        return std::max<Duration>(std::chrono::duration_cast<Duration>(*memory_.paused_until - wall_now()),
                                  0s);
    }
    if (!connected_ || !hooks_.settled()) return 1h;  // woken when that is over
    SteadyTime next = accepted_ ? next_check_ : steady_now() + 24h;
    for (const Held& held : plan_.held) {
        if (held.until) next = std::min(next, *held.until);
    }
    if (!observed_.unknown.empty()) next = std::min(next, ask_again_at_);
    if (!memory_.retired.empty()) next = std::min(next, retire_at_);
    return std::max<Duration>({next - steady_now(), retry_at_ - steady_now(), 0s});
}

/// At most once a second while work is under way.
void Reconciler::remember() {
    if (runs_.size() == 0 || steady_now() - remembered_at_ >= remember_at_most) remember_now();
}

void Reconciler::remember_now() {
    ledger_.save_to(memory_);
    memory_.looked_until = saved_.looked_until;  // alone no reason to write
    const bool first = remembered_at_ == SteadyTime{} && looked_at_;
    if (memory_ == saved_ && !first) return;
    if (looked_at_) memory_.looked_until = looked_at_;
    remembered_at_ = steady_now();
    if (auto saved = store_.save(memory_); !saved) {
        log::warning("the memory could not be saved", {{"ERROR", saved.error().message()}});
        return;
    }
    saved_ = memory_;
}

}  // namespace dockerext::reconcile
