#include "reconcile/restart_tally.hpp"

#include <utility>

namespace dockerext::reconcile {

using namespace model;

void RestartTally::snapshot_taken(const Observed& observed, const Desired& desired,
                                  report::Counters& counters) {
    const auto& services = desired.project.services;
    std::map<ContainerId, unsigned> counts;
    for (const auto& [id, container] : observed.containers) {
        const unsigned count = counts[id] = container.restart_count;
        if (!last_ || !services.contains(container.slot.service)) continue;
        const auto last = last_->find(id);
        // An explicit start sets the engine's count to 0, as for a new container.
        const unsigned before = last == last_->end() || last->second > count ? 0 : last->second;
        if (count > before) counters.restarts[container.slot.service] += count - before;
    }
    // Those that are not known at the moment keep their counts; before the first whole picture, nothing
    // counts.
    const bool all_are_known = all_known(Subject::Kind::container, observed);
    if (!all_are_known && last_) counts.merge(*last_);
    if (all_are_known || last_) last_ = std::move(counts);
    std::erase_if(counters.restarts, [&](const auto& each) { return !services.contains(each.first); });
}

}  // namespace dockerext::reconcile
