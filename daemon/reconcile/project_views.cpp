#include "reconcile/project_views.hpp"

#include "model/ownership.hpp"

#include <algorithm>

namespace dockerext::reconcile {

using namespace model;

ProjectView* ProjectViews::former(const ProjectName& project) {
    const auto found = former_.find(project);
    return found == former_.end() ? nullptr : &found->second;
}

void ProjectViews::track_former_projects(const std::map<ProjectName, RemovalScope>& former) {
    std::erase_if(former_, [&](const auto& entry) {
        return !former.contains(entry.first) && !entry.second.is_looking();
    });
    for (const auto& [project, scope] : former) {
        ProjectView& view = former_.try_emplace(project, client_).first->second;
        const auto followed = tracked_scopes_.find(project);
        if (followed == tracked_scopes_.end() || followed->second != scope) view.track(project, scope);
    }
    tracked_scopes_ = former;
}

void ProjectViews::engine_returned() {
    in_force_.engine_returned();
    for (auto& [project, view] : former_) view.engine_returned();
}

void ProjectViews::mark_all() {
    in_force_.mark_all();
    for (auto& [project, view] : former_) view.mark_all();
}

void ProjectViews::retry_former_projects() {
    for (auto& [project, view] : former_) view.retry();
}

ProjectView* ProjectViews::view_of(const Subject& subject) {
    const auto project = former_project_of(subject);
    return project ? former(*project) : &in_force_;
}

/// Objects of the daemon's own steps are inspected when the steps have ended; until then the engine may hold
/// their locks.
void ProjectViews::mark(ProjectView& view, const ProjectName& project, const engine::Event& event,
                        bool former) {
    const auto slot = event.type == "container" ? claimed_slot(event.attributes, project) : std::nullopt;
    if (!slot) return view.observer().mark(event);
    const Subject subject = former ? former_project_subject(project, subject_of(*slot)) : subject_of(*slot);
    if (ledger_.under_way(subject)) touched_[subject].insert({event.id});
    else view.observer().mark(event);
}

bool ProjectViews::event_received(const engine::Event& event, const ProjectName& project) {
    mark(in_force_, project, event, false);
    for (auto& [name, view] : former_) mark(view, name, event, true);
    return in_force_.is_dirty() || std::any_of(former_.begin(), former_.end(),
                                               [](const auto& entry) { return entry.second.is_dirty(); });
}

std::set<ContainerId> ProjectViews::postponed() const {
    std::set<ContainerId> all;
    for (const auto& [subject, containers] : touched_) all.insert(containers.begin(), containers.end());
    return all;
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
        if (view != &in_force_) view->mark_outdated();
    }
    touched_.erase(subject);
    return true;
}

}  // namespace dockerext::reconcile
