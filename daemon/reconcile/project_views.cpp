#include "reconcile/project_views.hpp"

#include "model/ownership.hpp"

#include <algorithm>

namespace dockerext::reconcile {

using namespace model;

ProjectView* ProjectViews::leaving(const ProjectName& project) {
    const auto found = leaving_.find(project);
    return found == leaving_.end() ? nullptr : &found->second;
}

void ProjectViews::follow(const std::map<ProjectName, Extent>& leaving) {
    std::erase_if(leaving_, [&](const auto& entry) {
        return !leaving.contains(entry.first) && !entry.second.is_looking();
    });
    for (const auto& [project, extent] : leaving) {
        ProjectView& view = leaving_.try_emplace(project, client_).first->second;
        const auto followed = followed_.find(project);
        if (followed == followed_.end() || followed->second != extent) view.want(project, extent);
    }
    followed_ = leaving;
}

void ProjectViews::engine_returned() {
    in_force_.engine_returned();
    for (auto& [project, view] : leaving_) view.engine_returned();
}

void ProjectViews::mark_all() {
    in_force_.mark_all();
    for (auto& [project, view] : leaving_) view.mark_all();
}

void ProjectViews::retry_leaving() {
    for (auto& [project, view] : leaving_) view.retry();
}

ProjectView* ProjectViews::view_of(const Subject& subject) {
    const auto project = leaving_project_of(subject);
    return project ? leaving(*project) : &in_force_;
}

/// Objects of the daemon's own steps are inspected when the steps have ended; until then the engine may hold
/// their locks.
void ProjectViews::mark(ProjectView& view, const ProjectName& project, const engine::Event& event,
                        bool leaving) {
    const auto slot = event.type == "container" ? claimed_slot(event.attributes, project) : std::nullopt;
    if (!slot) return view.observer().mark(event);
    const Subject subject = leaving ? of_leaving(project, subject_of(*slot)) : subject_of(*slot);
    if (ledger_.under_way(subject)) touched_[subject].insert({event.id});
    else view.observer().mark(event);
}

bool ProjectViews::heard(const engine::Event& event, const ProjectName& project) {
    mark(in_force_, project, event, false);
    for (auto& [name, view] : leaving_) mark(view, name, event, true);
    return in_force_.is_dirty() || std::any_of(leaving_.begin(), leaving_.end(),
                                               [](const auto& entry) { return entry.second.is_dirty(); });
}

bool ProjectViews::ended(const apply::Outcome& outcome) {
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
    ProjectView* const view = view_of(subject);
    // A failure may mean that the snapshot was wrong.
    const bool failed = outcome.error && outcome.error->kind() != ErrorKind::cancelled;
    if (view != nullptr && failed) view->observer().mark(subject.kind);
    if (ledger_.under_way(subject)) return false;
    if (view != nullptr) {
        if (subject.kind != Subject::Kind::container) view->observer().mark(subject.kind);
        for (const ContainerId& id : touched) view->observer().mark(id);
        if (view != &in_force_) view->outdate();
    }
    touched_.erase(subject);
    return true;
}

}  // namespace dockerext::reconcile
