#include "apply/plan_run.hpp"

#include "apply/perform.hpp"
#include "base/catch_exceptions.hpp"
#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/timeout.hpp"

#include <algorithm>

namespace dockerext::apply {
namespace {

using model::Step;
using model::StepId;

template <typename... Operations>
bool is_one_of(const model::Operation& operation) {
    return (std::holds_alternative<Operations>(operation) || ...);
}

/// The step takes long, and leaves nothing behind when it is cancelled.
bool is_long(const Step& step) { return is_one_of<model::PullImage, model::BuildImage>(step.operation); }

/// The step takes as long as the container does; the engine itself does almost nothing.
bool waits_for_a_container(const Step& step) {
    return is_one_of<model::StopContainer, model::RestartContainer, model::RunHook>(step.operation);
}

/// The time that a container has to stop by itself.
std::chrono::seconds grace_in(const Step& step) {
    return std::visit(
        [](const auto& operation) {
            if constexpr (requires { operation.grace; }) return operation.grace;
            else return std::chrono::seconds(0);
        },
        step.operation);
}

std::string title(const Step& step) { return std::string(verb(step.operation)) + " " + step.object; }

/// The engine's errors begin with what was tried ("start container 0123456789ab: "); the step says that
/// already.
std::string without_attempt(const std::string& error, const Step& step) {
    const std::string_view verb = model::verb(step.operation);
    const std::size_t end = error.find(": ");
    const bool begins_with_verb = error.starts_with(std::string(verb.substr(0, verb.find(' '))) + " ");
    return begins_with_verb && end != std::string::npos ? error.substr(end + 2) : error;
}

/// Whether the step must be on disk before it starts: repeating it, or forgetting it half done, would leave
/// something behind.
bool must_be_on_disk(const Step& step) {
    return is_one_of<model::CreateNetwork, model::CreateVolume, model::CreateContainer, model::RemoveNetwork,
                     model::RemoveVolume, model::RemoveContainer, model::RenameContainer,
                     model::InstallEngine, model::ReleaseVersion, model::RemoveEngine, model::ChangeEngine,
                     model::InitSwarm, model::JoinSwarm, model::LeaveSwarm, model::RemoveNode,
                     model::CreateStackFile, model::RemoveStackFile, model::CreateStackService,
                     model::RemoveStackService>(step.operation);
}

state::JournalEntry journal_entry(const Step& step, std::uint64_t cycle, const Redactor& redact) {
    state::JournalEntry entry;
    entry.cycle = cycle;
    entry.time = wall_now();
    entry.verb = std::string(verb(step.operation));
    entry.subject = {step.subject.kind, redact(step.subject.name)};
    entry.service = step.service.value_or(model::ServiceName{}).value;
    entry.object = step.object;
    entry.reason = step.reason;
    entry.changes = step.changes;
    return entry;
}

state::JournalEntry::Status status_of(const Outcome& outcome) {
    using Status = state::JournalEntry::Status;
    if (!outcome.error) return Status::done;
    return outcome.error->kind() == ErrorKind::cancelled ? Status::interrupted : Status::failed;
}

void warn_of_journal(const Error& error) {
    log::warning("cannot write a step to the journal", {{"ERROR", error.message()}});
}

}  // namespace

PlanRun::PlanRun(Shared& shared, model::Plan plan, std::uint64_t cycle, Redactor redact,
                 Executor::Callbacks callbacks)
    : shared_(shared),
      plan_(std::move(plan)),
      cycle_(cycle),
      redact_(std::move(redact)),
      callbacks_(std::move(callbacks)),
      nodes_(plan_.steps.size()),
      steps_(shared.executor) {
    for (StepId id = 0; id < nodes_.size(); ++id) {
        nodes_[id].unfinished_predecessors = plan_.steps[id].after.size();
        for (const StepId before : plan_.steps[id].after) nodes_[before].dependents.push_back(id);
    }
}

Task<void> PlanRun::run() {
    for (StepId id = 0; id < nodes_.size(); ++id) nodes_[id].ended = !plan_.steps[id].waits_for.empty();
    for (StepId id = 0; id < nodes_.size(); ++id) {
        if (!plan_.steps[id].waits_for.empty()) skip_dependents(id);
    }
    for (StepId id = 0; id < nodes_.size(); ++id) {
        if (!nodes_[id].ended && nodes_[id].unfinished_predecessors == 0) steps_.spawn(run_step(id));
    }
    co_await steps_.join();
}

void PlanRun::cancel_steps() {
    cancelled_ = true;
    for (const auto& [id, call] : long_calls_) call->cancel();
}

ConcurrencyLimit& PlanRun::limit_for(const Step& step) {
    if (is_long(step)) return shared_.pulls;
    return waits_for_a_container(step) ? shared_.waits : shared_.work;
}

Task<void> PlanRun::run_step(StepId id) {
    ConcurrencyLimit& limit = limit_for(plan_.steps[id]);
    ConcurrencyLimit::Permit permit = co_await limit.acquire(id);
    bool cancelled = co_await is_cancelled();
    // `cancel_steps` turns all waiters away, also steps that restore something; these wait again.
    while (!permit && !cancelled && plan_.steps[id].restores) {
        permit = co_await limit.acquire(id);
        cancelled = co_await is_cancelled();
    }
    if (!permit || cancelled || is_step_cancelled(id)) co_return skip(id, "cancelled");
    auto writing = write_begin(plan_.steps[id]);
    const auto entry = co_await std::move(writing);
    cancelled = co_await is_cancelled();
    if (cancelled || is_step_cancelled(id)) co_return skip(id, "cancelled", entry);
    co_await call(id, entry);
}

Task<void> PlanRun::call(StepId id, std::optional<std::uint64_t> entry) {
    const Step& step = plan_.steps[id];
    if (callbacks_.began) callbacks_.began(step);
    const auto started_at = under_way_[id] = steady_now();
    auto under_way = is_long(step) ? make_long_call(id) : make_call(id);
    auto result = co_await std::move(under_way);
    under_way_.erase(id);
    Outcome outcome{.step = step, .took = steady_now() - started_at};
    if (result) outcome.created = nodes_[id].created = *result;
    else
        outcome.error =
            Error(result.error().kind(), redact_(without_attempt(result.error().message(), step)));
    outcome.container = container_of(id);
    outcome.pulled = std::move(nodes_[id].pulled);
    outcome.built = std::move(nodes_[id].built);
    const bool succeeded = !outcome.error;
    write_end(entry, outcome);
    // After a cancelled run, no further step starts, even if this call has just succeeded.
    const bool cancelled = co_await is_cancelled();
    cancelled_ = cancelled_ || cancelled;
    report(id, std::move(outcome));
    if (succeeded) succeed(id);
    else skip_dependents(id);
}

/// The call has a group of its own, so that it can be cancelled while it runs.
Task<Result<std::optional<model::ContainerId>>> PlanRun::make_long_call(StepId id) {
    std::optional<Result<std::optional<model::ContainerId>>> result;
    TaskGroup group(shared_.executor);
    group.spawn(store_result(make_call(id), result));
    long_calls_.emplace(id, &group);
    co_await group.join();
    long_calls_.erase(id);
    if (result) co_return std::move(*result);
    co_return Error(ErrorKind::cancelled, "cancelled");
}

Task<Result<std::optional<model::ContainerId>>> PlanRun::make_call(StepId id) {
    const Step& step = plan_.steps[id];
    CallContext context{.client = shared_.client,
                        .pull_space = shared_.pull_space,
                        .registry_answers = registry_answers_,
                        .id_of = [this](const model::ContainerRef& container) { return id_of(container); },
                        .progress = {},
                        .pull_auth = callbacks_.pull_auth,
                        .build_auth = callbacks_.build_auth,
                        .pulled = [this, id](const auto& pulled) { nodes_[id].pulled = pulled; },
                        .built = [this, id](auto images) { nodes_[id].built = std::move(images); },
                        .host = shared_.host};
    if (const auto* pull = std::get_if<model::PullImage>(&step.operation)) {
        context.progress = [this, pull](const engine::PullProgress& progress) {
            if (callbacks_.progress) callbacks_.progress(pull->image, progress);
        };
    }
    return catch_exceptions(perform(step.operation, std::move(context)));
}

/// An unwritable journal (on a full disk) must not keep services from running: the entry stays in memory.
Task<std::optional<std::uint64_t>> PlanRun::write_begin(const Step& step) {
    auto entry = shared_.journal.begin(journal_entry(step, cycle_, redact_));
    if (!entry) {
        warn_of_journal(entry.error());
        entry = shared_.journal.begin(journal_entry(step, cycle_, redact_));
    }
    if (!entry) co_return std::nullopt;
    if (!must_be_on_disk(step)) co_return *entry;
    const Result<> written = co_await shared_.journal.on_disk();
    if (!written && written.error().kind() != ErrorKind::cancelled) warn_of_journal(written.error());
    co_return *entry;
}

void PlanRun::write_end(const std::optional<std::uint64_t>& entry, const Outcome& outcome) {
    if (!entry) return;
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(outcome.took);
    const std::string error = outcome.error ? outcome.error->message() : "";
    const auto done = shared_.journal.end(*entry, status_of(outcome), error, took);
    if (!done) warn_of_journal(done.error());
}

void PlanRun::succeed(StepId id) {
    for (const StepId dependent : nodes_[id].dependents) {
        Node& node = nodes_[dependent];
        if (--node.unfinished_predecessors > 0 || node.ended) continue;
        if (is_step_cancelled(dependent)) skip(dependent, "cancelled");
        else steps_.spawn(run_step(dependent));
    }
}

/// Whether the step takes a service down until the same or the next step starts it again.
bool PlanRun::is_interruption(StepId id) const {
    if (std::holds_alternative<model::RestartContainer>(plan_.steps[id].operation)) return true;
    const auto& dependents = nodes_[id].dependents;
    return std::any_of(dependents.begin(), dependents.end(),
                       [&](StepId dependent) { return plan_.steps[dependent].restores; });
}

SteadyTime PlanRun::interruptions_end() const {
    SteadyTime end;
    for (const auto& [id, started_at] : under_way_) {
        if (is_interruption(id)) end = std::max(end, started_at + grace_in(plan_.steps[id]));
    }
    return end;
}

/// No recursion: a plan may be a chain of thousands of steps.
void PlanRun::skip_dependents(StepId id) {
    for (std::vector<StepId> ended{id}; !ended.empty();) {
        const StepId before = ended.back();
        ended.pop_back();
        for (const StepId dependent : nodes_[before].dependents) {
            if (nodes_[dependent].ended) continue;
            report_skipped(dependent, "skipped: it depends on " + title(plan_.steps[before]));
            ended.push_back(dependent);
        }
    }
}

bool PlanRun::is_step_cancelled(StepId id) const { return cancelled_ && !plan_.steps[id].restores; }

void PlanRun::skip(StepId id, const std::string& why, const std::optional<std::uint64_t>& entry) {
    write_end(entry, {.step = plan_.steps[id], .error = Error(ErrorKind::cancelled, why)});
    report_skipped(id, why);
    skip_dependents(id);
}

void PlanRun::report_skipped(StepId id, const std::string& why) {
    Outcome outcome{.step = plan_.steps[id], .error = Error(ErrorKind::cancelled, why)};
    outcome.skipped = true;
    report(id, std::move(outcome));
}

void PlanRun::report(StepId id, Outcome outcome) {
    nodes_[id].ended = true;
    if (callbacks_.ended) callbacks_.ended(outcome);
}

model::ContainerId PlanRun::id_of(const model::ContainerRef& container) const {
    if (const auto* id = std::get_if<model::ContainerId>(&container)) return *id;
    return nodes_[std::get<StepId>(container)].created.value();
}

std::optional<model::ContainerId> PlanRun::container_of(StepId id) const {
    if (nodes_[id].created) return nodes_[id].created;
    return std::visit(
        [&](const auto& operation) -> std::optional<model::ContainerId> {
            if constexpr (requires { operation.container; }) return id_of(operation.container);
            else return std::nullopt;
        },
        plan_.steps[id].operation);
}

}  // namespace dockerext::apply
