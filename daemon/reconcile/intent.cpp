#include "reconcile/intent.hpp"

#include <utility>

namespace dockerext::reconcile {

using namespace model;

namespace {

/// Once volumes are to be removed, a later request cannot keep them.
void mark_former(state::DaemonState& daemon_state, const ProjectName& project, RemovalScope scope) {
    RemovalScope& known = daemon_state.former.try_emplace(project, scope).first->second;
    if (scope == RemovalScope::with_volumes) known = scope;
}

}  // namespace

Intent::Adoption Intent::put_in_force(AcceptedSettings accepted) {
    state::DaemonState& daemon_state = state_file_.content();
    const Project& project = accepted.desired.project;
    const bool empty = project.services.empty() && project.inactive.empty();
    if (!empty) {
        if (!daemon_state.project.empty() && daemon_state.project != project.name)
            mark_former(daemon_state, daemon_state.project, RemovalScope::without_volumes);
        if (daemon_state.project != project.name) ledger_.new_project();
        daemon_state.project = project.name;
        daemon_state.former.erase(project.name);
    }
    const bool known = daemon_state.settings == accepted.fingerprint;
    Adoption adoption = Adoption::changed;
    if (accepted_ && accepted_->fingerprint == accepted.fingerprint)
        adoption = accepted_->desired.project == project ? Adoption::unchanged : Adoption::other_version;
    if (!known) ledger_.new_settings();
    daemon_state.settings = accepted.fingerprint;
    accepted_ = std::move(accepted);
    state_file_.save();
    return adoption;
}

void Intent::note_rollback(std::optional<state::RolledBack> rolled_back) {
    if (state_file_.content().rolled_back == rolled_back) return;
    state_file_.content().rolled_back = std::move(rolled_back);
    state_file_.save();
}

std::string Intent::requested() const {
    if (rolled_back()) return rolled_back()->from;
    return accepted_ ? accepted_->fingerprint : "";
}

void Intent::down(RemovalScope scope) {
    state::DaemonState& daemon_state = state_file_.content();
    for (auto& [project, known] : daemon_state.former) mark_former(daemon_state, project, scope);
    if (!daemon_state.project.empty())
        mark_former(daemon_state, std::exchange(daemon_state.project, {}), scope);
    daemon_state.paused_until.reset();
    daemon_state.rolled_back.reset();
    accepted_.reset();
    state_file_.save();
}

void Intent::remove_project() {
    state::DaemonState& daemon_state = state_file_.content();
    if (daemon_state.project.empty()) return;
    mark_former(daemon_state, std::exchange(daemon_state.project, {}), RemovalScope::without_volumes);
    state_file_.save();
}

void Intent::pause(std::optional<std::chrono::seconds> duration) {
    state_file_.content().paused_until = duration ? wall_now() + *duration : WallTime::max();
    state_file_.save();
}

void Intent::resume() {
    state_file_.content().paused_until.reset();
    state_file_.save();
}

void Intent::forget(const ProjectName& project) {
    state_file_.content().former.erase(project);
    state_file_.save();
}

}  // namespace dockerext::reconcile
