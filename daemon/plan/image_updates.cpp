#include "plan/image_updates.hpp"

#include <algorithm>

namespace dockerext::plan {

using namespace model;
using namespace std::chrono_literals;

namespace {

/// Compose pulls such an image at every `up`; there is no `up` while the daemon runs.
constexpr std::chrono::seconds interval_of_always = 1h;
/// A known update that cannot be pulled yet is looked at again after this time at the earliest.
constexpr std::chrono::seconds retry_interval = 10min;
constexpr std::chrono::seconds shortest_interval = 10s;

const RegistryImage* find_registry_image(const History& history, const ImageRef& image) {
    const auto found = history.registry_images.find(image);
    return found == history.registry_images.end() ? nullptr : &found->second;
}

bool is_newer(const RegistryImage& registry, const ObservedImage& local) {
    return !registry.digest.empty() && !local.digests.contains(registry.digest);
}

/// When the newer image is old enough.
WallTime ripe_at(const RegistryImage& registry, std::chrono::seconds minimum_age) {
    if (minimum_age == 0s) return {};
    return registry.created_at ? *registry.created_at + minimum_age : WallTime::max();
}

WallTime due_at(const RegistryImage& registry, const ObservedImage& local, const ReconcilePolicy& policy,
                std::chrono::seconds interval) {
    // Within ± 5 %, so that machines with the same settings do not ask at the same time.
    const auto spread = interval * 95 / 100 + interval * registry.jitter / 1000;
    WallTime due = registry.checked_at + spread;
    if (is_newer(registry, local)) {
        due = std::min(
            due, std::max(ripe_at(registry, policy.minimum_image_age), registry.checked_at + retry_interval));
    }
    return next_open(policy.update_windows, std::max(due, registry.not_before));
}

}  // namespace

std::optional<std::chrono::seconds> check_interval(const Service& service) {
    if (service.build || service.container.image.value.find('@') != std::string::npos) return std::nullopt;
    if (service.pull_policy == PullPolicy::always) return interval_of_always;
    if (service.pull_policy == PullPolicy::refresh) return std::max(service.refresh_after, shortest_interval);
    return std::nullopt;
}

std::optional<ImageCheck> next_check(const Desired& desired, const Observed& observed,
                                     const History& history) {
    std::optional<ImageCheck> next;
    for (const auto& [name, service] : desired.project.services) {
        const auto interval = check_interval(service);
        if (!interval || service.scale == 0) continue;
        const ImageRef& image = service.container.image;
        const auto local = observed.images.find(image);
        const RegistryImage* const registry = find_registry_image(history, image);
        if (local == observed.images.end() || registry == nullptr) continue;
        const WallTime at = due_at(*registry, local->second, desired.policy, *interval);
        if (!next || at < next->at) next = ImageCheck{image, at};
    }
    return next;
}

std::string available_update(const Desired& desired, const Observed& observed, const History& history,
                             const Service& service) {
    const ImageRef& image = service.container.image;
    const auto local = observed.images.find(image);
    const RegistryImage* const registry = find_registry_image(history, image);
    if (!check_interval(service) || local == observed.images.end() || registry == nullptr) return "";
    const ReconcilePolicy& policy = desired.policy;
    const bool is_due = is_newer(*registry, local->second) &&
                        ripe_at(*registry, policy.minimum_image_age) <= observed.at &&
                        next_open(policy.update_windows, observed.at) == observed.at;
    return is_due ? registry->digest : "";
}

}  // namespace dockerext::plan
