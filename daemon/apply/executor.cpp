#include "apply/executor.hpp"

#include "apply/plan_run.hpp"

#include <algorithm>
#include <list>

namespace dockerext::apply {

struct Executor::State {
    Shared shared;
    std::list<PlanRun*> runs;
};

Executor::Executor(engine::Client& client, state::Journal& journal, const asio::any_io_executor& executor,
                   Bounds bounds, HostAccess* host)
    : state_(new State{
          .shared = {.client = client,
                     .journal = journal,
                     .executor = executor,
                     .host = host,
                     .work = ConcurrencyLimit(executor, {bounds.work, bounds.lease, bounds.max_total}),
                     .waits = ConcurrencyLimit(executor, {bounds.waits}),
                     .pulls = ConcurrencyLimit(executor, {bounds.pulls, bounds.lease, bounds.max_total})},
          .runs = {}}) {}

Executor::~Executor() = default;

Task<void> Executor::run(model::Plan plan, std::uint64_t cycle, Redactor redact, Callbacks callbacks) {
    PlanRun run(state_->shared, std::move(plan), cycle, std::move(redact), std::move(callbacks));
    const auto entry = state_->runs.insert(state_->runs.end(), &run);
    co_await run.run();
    state_->runs.erase(entry);
}

void Executor::cancel_steps() {
    for (PlanRun* run : state_->runs) run->cancel_steps();
    Shared& shared = state_->shared;
    for (ConcurrencyLimit* limit : {&shared.work, &shared.waits, &shared.pulls}) limit->reject_waiters();
}

Duration Executor::grace_left() const {
    SteadyTime end = steady_now();
    for (const PlanRun* run : state_->runs) end = std::max(end, run->interruptions_end());
    return end - steady_now();
}

}  // namespace dockerext::apply
