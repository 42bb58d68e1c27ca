#include "reconcile/intent.hpp"

#include <utility>

namespace dockerext::reconcile {

using namespace model;

namespace {

/// Once volumes are to be removed, a later request cannot keep them.
void leave(state::Memory& memory, const ProjectName& project, Extent extent) {
    Extent& known = memory.leaving.try_emplace(project, extent).first->second;
    if (extent == Extent::with_volumes) known = extent;
}

}  // namespace

Intent::Adopted Intent::adopt(Accepted accepted) {
    state::Memory& memory = memory_.content();
    const Project& project = accepted.desired.project;
    const bool empty = project.services.empty() && project.inactive.empty();
    if (!empty) {
        if (!memory.project.empty() && memory.project != project.name)
            leave(memory, memory.project, Extent::without_volumes);
        if (memory.project != project.name) ledger_.new_project();
        memory.project = project.name;
        memory.leaving.erase(project.name);
    }
    const bool known = memory.settings == accepted.fingerprint;
    const bool in_force = accepted_ && accepted_->fingerprint == accepted.fingerprint;
    if (!known) ledger_.new_settings();
    memory.settings = accepted.fingerprint;
    accepted_ = std::move(accepted);
    memory_.save();
    return in_force ? Adopted::the_same : Adopted::others;
}

void Intent::dismiss(Extent extent) {
    state::Memory& memory = memory_.content();
    for (auto& [project, known] : memory.leaving) leave(memory, project, extent);
    if (!memory.project.empty()) leave(memory, std::exchange(memory.project, {}), extent);
    memory.paused_until.reset();
    accepted_.reset();
    memory_.save();
}

void Intent::pause(std::optional<std::chrono::seconds> duration) {
    memory_.content().paused_until = duration ? wall_now() + *duration : WallTime::max();
    memory_.save();
}

void Intent::resume() {
    memory_.content().paused_until.reset();
    memory_.save();
}

void Intent::forget(const ProjectName& project) {
    memory_.content().leaving.erase(project);
    memory_.save();
}

}  // namespace dockerext::reconcile
