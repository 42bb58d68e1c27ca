#pragma once

#include "apply/executor.hpp"
#include "engine/events.hpp"
#include "reconcile/failure_ledger.hpp"
#include "reconcile/intent.hpp"
#include "reconcile/project_view.hpp"

#include <map>
#include <set>

namespace dockerext::reconcile {

/// The views of the project in force and of each former project. Decides what in them needs another look
/// after events and after the daemon's own work.
class ProjectViews {
public:
    ProjectViews(engine::Client& client, const FailureLedger& ledger)
        : client_(client), ledger_(ledger), in_force_(client) {}

    ProjectView& in_force() noexcept { return in_force_; }
    const ProjectView& in_force() const noexcept { return in_force_; }
    const std::map<model::ProjectName, ProjectView>& former() const noexcept { return former_; }
    ProjectView* former(const model::ProjectName& project);

    /// Keeps one view per former project. Keeps the view of a project that has gone until a look at it has
    /// ended.
    void track_former_projects(const std::map<model::ProjectName, model::RemovalScope>& former);
    void engine_returned();
    void mark_all();
    void retry_former_projects();
    /// True if there is something to look at now. `project` is the one in force.
    bool event_received(const engine::Event& event, const model::ProjectName& project);
    /// A step has ended: marks its objects for another look as soon as the last step under way for the
    /// subject has ended. True in that case.
    bool ended(const apply::Outcome& outcome);
    /// Containers that have changed, but are not inspected before the steps for their subjects have ended.
    std::set<model::ContainerId> postponed() const;

private:
    void mark(ProjectView& view, const model::ProjectName& project, const engine::Event& event, bool former);
    ProjectView* view_of(const model::Subject& subject);

    engine::Client& client_;
    const FailureLedger& ledger_;
    ProjectView in_force_;
    std::map<model::ProjectName, ProjectView> former_;
    std::map<model::ProjectName, model::RemovalScope> tracked_scopes_;
    /// Containers that steps of busy subjects have changed.
    std::map<model::Subject, std::set<model::ContainerId>> touched_;
};

}  // namespace dockerext::reconcile
