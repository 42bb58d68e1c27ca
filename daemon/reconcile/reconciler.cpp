#include "reconcile/reconciler.hpp"

#include "base/message_id.hpp"
#include "base/overloaded.hpp"
#include "base/timeout.hpp"
#include "host/notify.hpp"
#include "plan/assess.hpp"
#include "plan/planner.hpp"

#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <random>

namespace dockerext::reconcile {

using namespace model;
using namespace std::chrono_literals;

namespace {

constexpr auto clock_jump = 5s;          ///< steady and wall clock may differ this much between two cycles
constexpr auto remember_at_most = 1s;    ///< between two writes of the memory while work is under way
constexpr auto farewell = 5s;            ///< for calls under way when the daemon ends; recovery knows of the rest
constexpr Backoff cycle_backoff{.first = 500ms, .longest = 30s};

SteadyTime now() { return std::chrono::steady_clock::now(); }
WallTime wall_now() { return std::chrono::system_clock::now(); }

double luck() {
    static std::mt19937 engine{std::random_device{}()};
    return std::uniform_real_distribution<double>(0, 1)(engine);
}

/// The slot that an event of a container with Compose's labels is about.
std::optional<Slot> slot_of(const engine::Event& event) {
    const auto service = event.attributes.find("com.docker.compose.service");
    const auto number = event.attributes.find("com.docker.compose.container-number");
    if (service == event.attributes.end() || number == event.attributes.end()) return std::nullopt;
    return Slot{{service->second}, static_cast<unsigned>(std::strtoul(number->second.c_str(), nullptr, 10))};
}

bool has_runnable(const Plan& plan) {
    return std::any_of(plan.steps.begin(), plan.steps.end(), [](const Step& step) { return step.waits_for.empty(); });
}

bool is_well(const ServiceStatus& service) {
    return service.state == ServiceState::running || service.state == ServiceState::completed;
}

bool is_ill(const ServiceStatus& service) {
    return service.state == ServiceState::failed || service.state == ServiceState::unhealthy ||
           service.state == ServiceState::restarting || service.state == ServiceState::drifted;
}

std::string progress_of(const engine::PullProgress& progress) {
    if (progress.total_bytes == 0) return "pulling the image";
    constexpr std::uint64_t megabyte = 1'000'000;
    return "pulling the image: " + std::to_string(progress.done_bytes / megabyte) + " of " +
           std::to_string(progress.total_bytes / megabyte) + " MB";
}

}  // namespace

Reconciler::Reconciler(const asio::any_io_executor& executor, engine::Client& client, state::Journal& journal,
                       state::MemoryStore store)
    : executor_(executor),
      client_(client),
      store_(std::move(store)),
      memory_(store_.load()),
      apply_(client, journal, executor),
      observer_(client),
      chronicle_(luck),
      trigger_(executor),
      runs_(executor),
      next_check_(now()) {
    chronicle_.recall(memory_);
}

Task<void> Reconciler::run() {
    co_await asio::this_coro::throw_if_cancelled(false);
    for (bool going = true; going;) {
        co_await cycle();
        const bool told_to_end = co_await is_cancelled();  // while it was not waiting
        if (told_to_end) break;
        going = co_await trigger_.wait(until_next());
    }
    apply_.call_off();
    co_await race(runs_.join(), farewell);
    remember();
}

void Reconciler::adopt(Accepted accepted) {
    const ProjectName& name = accepted.desired.project.name;
    if (accepted_ && accepted_->desired.project.name != name) memory_.retired.insert(accepted_->desired.project.name);
    memory_.retired.erase(name);
    if (accepted_) accepted.desired.redact.also(accepted_->desired.redact);  // of containers that are still there
    accepted_ = std::move(accepted);
    apply_.call_off();
    chronicle_.new_settings();
    observer_.want(accepted_->desired.project);
    check_everything();
}

void Reconciler::forget() {
    apply_.call_off();
    accepted_.reset();
    plan_ = {};
    observed_ = {};
    trigger_.raise();
}

void Reconciler::engine_connected(const std::vector<engine::Event>& missed) {
    connected_ = true;
    observer_.mark_engine();
    for (const engine::Event& event : missed) chronicle_.heard(event);
    chronicle_.engine_returned();
    retry_at_ = {};
    check_everything();
}

void Reconciler::engine_lost() {
    connected_ = false;
    absent_ = true;
}

void Reconciler::heard(const engine::Event& event) {
    chronicle_.heard(event);
    const auto slot = slot_of(event);
    // What we are at work on is looked at when the work has ended; until then the engine may hold its lock.
    if (event.type == "container" && slot && chronicle_.history().busy.contains(subject_of(*slot))) return;
    observer_.mark(event);
    if (observer_.dirty()) trigger_.raise();
}

void Reconciler::check_everything() {
    looked_ = false;
    next_check_ = now();
    trigger_.raise();
}

void Reconciler::retry(const std::set<ServiceName>& services) {
    chronicle_.forgive(services);
    check_everything();
}

void Reconciler::pause(std::optional<std::chrono::seconds> duration) {
    memory_.paused_until = duration ? wall_now() + *duration : WallTime::max();
    apply_.call_off();
    remember();
    log::info("paused", {});
    trigger_.raise();
}

void Reconciler::resume() {
    memory_.paused_until.reset();
    remember();
    log::info("resumed", {});
    check_everything();
}

bool Reconciler::paused() {
    if (!memory_.paused_until) return false;
    if (wall_now() < *memory_.paused_until) return true;
    resume();
    return false;
}

Task<void> Reconciler::cycle() {
    if (!connected_ || paused() || now() < retry_at_) co_return;
    co_await retire();
    if (!accepted_) co_return;
    notice_the_clock();
    const auto began = now();
    const std::uint64_t calls = client_.calls();
    const bool seen = co_await refresh();
    if (!seen || !accepted_) co_return;
    plan_ = plan::make_plan(accepted_->desired, observed_, chronicle_.history(), now());
    chronicle_.settled(plan_);
    if (has_runnable(plan_)) start(plan_);
    looked_ = looked_ || next_check_ > now();
    last_cycle_ = {std::chrono::duration_cast<std::chrono::microseconds>(now() - began), client_.calls() - calls};
    remember();
    host::notify_status(status().state == OverallState::converged ? "converged" : "working or held up; see status");
}

/// The picture and the history brought up to now; false when the engine did not let us.
Task<bool> Reconciler::refresh() {
    if (now() >= next_check_) {
        observer_.mark_all();
        const auto interval = accepted_->desired.policy.interval;
        next_check_ = now() + std::chrono::duration_cast<Duration>(interval * (0.9 + 0.2 * luck()));
    }
    auto observed = co_await observer_.refresh();
    if (!observed) {
        last_error_ = observed.error().message();
        retry_at_ = now() + cycle_backoff.after(++failed_cycles_, luck());
        log::warning("the engine could not be looked at", {{"ERROR", last_error_}});
        co_return false;
    }
    failed_cycles_ = 0;
    last_error_.clear();
    observed_ = std::move(*observed);
    if (std::exchange(absent_, false)) chronicle_.call_unseen_endings_cut_off(observed_);
    if (accepted_) chronicle_.saw(accepted_->desired, observed_, now(), wall_now());
    co_return true;
}

/// Both clocks run alike unless somebody sets one or the machine was suspended: then everything is checked.
void Reconciler::notice_the_clock() {
    const auto offset = wall_now().time_since_epoch() - now().time_since_epoch();
    const bool first = clock_offset_ == 0ns;
    const auto moved = std::chrono::abs(offset - clock_offset_);
    clock_offset_ = offset;
    if (!first && moved > clock_jump) next_check_ = now();
}

void Reconciler::start(const Plan& plan) {
    chronicle_.planned(plan);
    runs_.spawn(execute(plan, ++cycle_, accepted_->desired.redact));
}

Task<void> Reconciler::execute(Plan plan, std::uint64_t number, Redactor redact) {
    apply::Executor::Hooks hooks;
    hooks.ended = [this](const apply::Outcome& outcome) { ended(outcome); };
    hooks.progress = [this](const ImageRef& image, const engine::PullProgress& progress) { pulls_[image] = progress; };
    co_await apply_.run(std::move(plan), number, std::move(redact), std::move(hooks));
    trigger_.raise();
}

void Reconciler::ended(const apply::Outcome& outcome) {
    const Step& step = outcome.step;
    chronicle_.ended(outcome, now(), wall_now());
    mark_touched(outcome);
    if (const auto* pull = std::get_if<PullImage>(&step.operation)) pulls_.erase(pull->image);
    const std::string service = step.service ? step.service->value : "";
    if (outcome.error && outcome.error->kind() != ErrorKind::cancelled) {
        log::warning("step failed", {log::id_step_failed,
                                     {"STEP", verb(step.operation)},
                                     {"CONTAINER", step.object},
                                     {"SERVICE", service},
                                     {"REASON", step.reason},
                                     {"ERROR", outcome.error->message()}});
    } else if (!outcome.error && !outcome.skipped) {
        log::info("step done", {log::id_drift_repaired,
                                {"STEP", verb(step.operation)},
                                {"CONTAINER", step.object},
                                {"SERVICE", service},
                                {"REASON", step.reason}});
    }
}

/// What a step was about is looked at again, as soon as the last step under way about it has ended.
void Reconciler::mark_touched(const apply::Outcome& outcome) {
    const Subject& subject = outcome.step.subject;
    auto& touched = touched_[subject];
    if (outcome.created) touched.insert(*outcome.created);
    std::visit(overloaded{
                   [](const PullImage&) {},
                   [](const CreateNetwork&) {},
                   [](const RemoveNetwork&) {},
                   [](const CreateVolume&) {},
                   [](const CreateContainer&) {},
                   [&](const auto& operation) {
                       if (const auto* id = std::get_if<ContainerId>(&operation.container)) touched.insert(*id);
                   },
               },
               outcome.step.operation);
    // A failure may mean that the picture was wrong.
    if (outcome.error && outcome.error->kind() != ErrorKind::cancelled) observer_.mark(subject.kind);
    if (chronicle_.history().busy.contains(subject)) return;
    if (subject.kind != Subject::Kind::container) observer_.mark(subject.kind);
    for (const ContainerId& id : touched) observer_.mark(id);
    touched_.erase(subject);
    trigger_.raise();
}

Duration Reconciler::until_next() const {
    if (!connected_) return 1h;
    if (memory_.paused_until) {
        if (*memory_.paused_until == WallTime::max()) return 24h;
        return std::max<Duration>(std::chrono::duration_cast<Duration>(*memory_.paused_until - wall_now()), 0s);
    }
    if (!accepted_) return 24h;
    SteadyTime next = next_check_;
    for (const Held& held : plan_.held) {
        if (held.until) next = std::min(next, *held.until);
    }
    return std::max<Duration>({next - now(), retry_at_ - now(), 0s});
}

void Reconciler::remember() {
    if (runs_.size() > 0 && now() - remembered_at_ < remember_at_most) return;
    state::Memory memory = memory_;
    chronicle_.remember_in(memory);
    if (memory == memory_ && remembered_at_ != SteadyTime{}) return;
    memory.looked_until = wall_now();
    remembered_at_ = now();
    if (auto saved = store_.save(memory); !saved) {
        log::warning("the memory could not be saved", {{"ERROR", saved.error().message()}});
        return;
    }
    memory_ = std::move(memory);
}

/// Projects that left the settings go before anything of the new one comes: they may hold its ports and names.
Task<void> Reconciler::retire() {
    while (!memory_.retired.empty()) {
        const ProjectName project = *memory_.retired.begin();
        auto gone = co_await take_down(project);
        if (!gone) {
            log::warning("a project that left the settings could not be removed",
                         {{"PROJECT", project.value}, {"ERROR", gone.error().message()}});
            retry_at_ = now() + cycle_backoff.after(++failed_cycles_, luck());
            co_return;
        }
        memory_.retired.erase(project);
        remembered_at_ = {};
        remember();
    }
}

Task<Result<std::vector<std::string>>> Reconciler::take_down(ProjectName project) {
    co_await runs_.join();
    observe::Observer observer(client_);
    Project nothing;
    nothing.name = project;
    observer.want(nothing);
    std::vector<std::string> removed;
    std::optional<Error> error;
    for (int round = 0; round < 3; ++round) {
        observer.mark_all();
        auto observed = co_await observer.refresh();
        if (!observed) co_return observed.error();
        Plan plan = plan::make_down_plan(project, *observed, {});
        if (plan.steps.empty()) co_return removed;
        error.reset();
        apply::Executor::Hooks hooks;
        hooks.ended = [&](const apply::Outcome& outcome) {
            const bool removal = verb(outcome.step.operation).starts_with("remove");
            if (outcome.error) error = outcome.error;
            else if (removal && !outcome.skipped) removed.push_back(outcome.step.object);
        };
        co_await apply_.run(std::move(plan), ++cycle_, {}, std::move(hooks));
    }
    co_return error.value_or(Error(ErrorKind::conflict, "containers keep coming back; is something else starting them?"));
}

Task<Result<Plan>> Reconciler::rehearse(Desired desired) {
    if (accepted_) desired.redact.also(accepted_->desired.redact);
    observe::Observer observer(client_);
    observer.want(desired.project);
    observer.mark_all();
    auto observed = co_await observer.refresh();
    if (!observed) co_return observed.error();
    History history = chronicle_.history();
    history.busy.clear();
    history.troubles.clear();
    co_return plan::make_plan(desired, *observed, history, now());
}

model::Status Reconciler::status() const {
    Status status;
    status.last_cycle = last_cycle_;
    status.paused_until = memory_.paused_until;
    if (!accepted_) {
        status.state = memory_.paused_until ? OverallState::paused : OverallState::idle;
        return status;
    }
    status.parts = accepted_->parts;
    status.services = plan::assess(accepted_->desired, observed_, chronicle_.history(), plan_, now(), wall_now());
    for (ServiceStatus& service : status.services) {
        const auto pull = pulls_.find(accepted_->desired.project.services.at(service.name).container.image);
        if (pull != pulls_.end() && !is_well(service)) service.reason = progress_of(pull->second);
    }
    for (const Held& held : plan_.held) {
        if (!held.service) status.held.push_back(held);
    }
    const bool stuck = !connected_ || !last_error_.empty();
    const bool ill = stuck || (looked_ && (!status.held.empty() ||
                                           std::any_of(status.services.begin(), status.services.end(), is_ill)));
    const bool well = std::all_of(status.services.begin(), status.services.end(), is_well);
    const bool working = !chronicle_.history().busy.empty() || !plan_.steps.empty() || !looked_ || observer_.dirty();
    status.state = memory_.paused_until ? OverallState::paused
                   : ill                ? OverallState::degraded
                   : well && !working   ? OverallState::converged
                                        : OverallState::converging;
    return status;
}

}  // namespace dockerext::reconcile
