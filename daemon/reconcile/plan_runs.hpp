#pragma once

#include "apply/executor.hpp"
#include "base/task_group.hpp"
#include "intake/parse_envelope.hpp"
#include "reconcile/outcome_log.hpp"
#include "reconcile/registry_tokens.hpp"
#include "report/counters.hpp"

#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <set>

namespace dockerext::reconcile {

/// Runs plans in the background, each until it ends or is cancelled.
class PlanRuns {
public:
    /// The projects that a plan was made for: the one in force and the former ones.
    struct PlanProjects {
        model::ProjectName in_force;
        std::set<model::ProjectName> former;
    };
    struct Listener {
        std::function<void(const apply::Outcome&)> ended;  ///< a step
        std::function<void()> finished;                    ///< a plan
        std::function<void()> progressed;                  ///< a pull: many times a second
    };

    PlanRuns(const asio::any_io_executor& executor, engine::Client& client, state::Journal& journal,
             RegistryTokens& tokens, report::Counters& counters, Listener listener);

    void start(model::Plan plan, PlanProjects plan_projects, Redactor redact,
               std::vector<model::RegistryLogin> logins);
    /// Skips steps that have not started (apply/executor.hpp).
    void cancel_steps() { executor_.cancel_steps(); }
    /// When the daemon ends: calls off all plans and waits until they have ended, but only slightly longer
    /// than their containers may take to stop for a successor. Then it cancels the remaining calls.
    Task<void> drain();

    /// Waits until all plans have ended.
    Task<void> join() { return runs_.join(); }

    bool is_idle() const noexcept { return runs_.size() == 0; }
    /// Projects that were in force when a plan under way was made and leave now, or the other way round.
    std::set<model::ProjectName> projects_with_changed_role(const model::ProjectName& in_force,
                                                            const std::set<model::ProjectName>& former) const;
    const std::map<model::ImageRef, engine::PullProgress>& pulls() const noexcept { return pulls_; }

private:
    Task<void> run(model::Plan plan, PlanProjects plan_projects, Redactor redact,
                   std::vector<model::RegistryLogin> logins);
    void ended(const apply::Outcome& outcome, std::uint64_t number);
    Task<std::optional<Secret>> auth_for_build(std::vector<model::RegistryLogin> logins);

    void progressed(const model::ImageRef& image, const engine::PullProgress& progress);

    RegistryTokens& tokens_;
    report::Counters& counters_;
    Listener listener_;
    apply::Executor executor_;
    TaskGroup runs_;
    std::list<PlanProjects> running_plans_;  ///< of the plans under way
    std::map<model::ImageRef, engine::PullProgress> pulls_;
    std::uint64_t number_ = 0;
    OutcomeLog outcome_log_{counters_};
};

}  // namespace dockerext::reconcile
