#include "apply/executor.hpp"

#include "apply/plan_run.hpp"

#include <list>

namespace dockerext::apply {
namespace {

constexpr unsigned parallel_pulls = 3;

}  // namespace

struct Executor::State {
    Shared shared;
    std::list<PlanRun*> runs;
};

Executor::Executor(engine::Client& client, state::Journal& journal, const asio::any_io_executor& executor,
                   unsigned parallel, HostAccess* host)
    : state_(new State{.shared = {.client = client,
                                  .journal = journal,
                                  .executor = executor,
                                  .host = host,
                                  .calls = Slots(executor, parallel),
                                  .pulls = Slots(executor, parallel_pulls)},
                       .runs = {}}) {}

Executor::~Executor() = default;

Task<void> Executor::run(model::Plan plan, std::uint64_t cycle, Redactor redact, Hooks hooks) {
    PlanRun run(state_->shared, std::move(plan), cycle, std::move(redact), std::move(hooks));
    const auto entry = state_->runs.insert(state_->runs.end(), &run);
    co_await run.run();
    state_->runs.erase(entry);
}

void Executor::call_off() {
    for (PlanRun* run : state_->runs) run->call_off();
    state_->shared.calls.turn_away();
    state_->shared.pulls.turn_away();
}

}  // namespace dockerext::apply
