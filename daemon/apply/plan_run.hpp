#pragma once

#include "apply/concurrency_limit.hpp"
#include "apply/executor.hpp"
#include "apply/pull_space.hpp"
#include "apply/registry_answers.hpp"
#include "base/task_group.hpp"

#include <map>
#include <vector>

namespace dockerext::apply {

/// State that all runs of an executor share.
struct Shared {
    engine::Client& client;
    state::Journal& journal;
    asio::any_io_executor executor;
    HostAccess* host;
    ConcurrencyLimit work;
    ConcurrencyLimit waits;
    ConcurrencyLimit pulls;
    PullSpace pull_space{};
};

/// A plan under way. A step starts when all steps before it have succeeded.
class PlanRun {
public:
    PlanRun(Shared& shared, model::Plan plan, std::uint64_t cycle, Redactor redact,
            Executor::Callbacks callbacks);

    /// Runs until every step has ended.
    Task<void> run();

    /// From now on, skips steps that have not started, except steps that restore something removed; cancels
    /// pulls and builds.
    void cancel_steps();

    /// When the last container that is down only temporarily should have stopped, judged by its grace period.
    SteadyTime interruptions_end() const;

private:
    struct Node {
        std::vector<model::StepId> dependents;
        std::size_t unfinished_predecessors = 0;  ///< number of steps in `after` that have not ended yet
        bool ended = false;
        std::optional<model::ContainerId> created;
        engine::Pulled pulled;
        std::map<model::ImageId, model::BroughtImage> built;
    };

    Task<void> run_step(model::StepId id);
    ConcurrencyLimit& limit_for(const model::Step& step);
    Task<void> call(model::StepId id, std::optional<std::uint64_t> entry);
    Task<Result<std::optional<model::ContainerId>>> make_long_call(model::StepId id);
    Task<Result<std::optional<model::ContainerId>>> make_call(model::StepId id);
    Task<std::optional<std::uint64_t>> write_begin(const model::Step& step);
    void write_end(const std::optional<std::uint64_t>& entry, const Outcome& outcome);
    void succeed(model::StepId id);
    bool is_step_cancelled(model::StepId id) const;
    void skip(model::StepId id, const std::string& why, const std::optional<std::uint64_t>& entry = {});
    void skip_dependents(model::StepId id);
    void report_skipped(model::StepId id, const std::string& why);
    bool is_interruption(model::StepId id) const;
    void report(model::StepId id, Outcome outcome);
    model::ContainerId id_of(const model::ContainerRef& container) const;
    std::optional<model::ContainerId> container_of(model::StepId id) const;

    Shared& shared_;
    const model::Plan plan_;
    std::uint64_t cycle_;
    Redactor redact_;
    RegistryAnswers registry_answers_;
    Executor::Callbacks callbacks_;
    std::vector<Node> nodes_;
    TaskGroup steps_;
    std::map<model::StepId, TaskGroup*> long_calls_;
    std::map<model::StepId, SteadyTime> under_way_;  ///< when each running call started
    bool cancelled_ = false;
};

}  // namespace dockerext::apply
