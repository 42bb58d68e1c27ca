#include "plan/image_updates.hpp"

#include <algorithm>

namespace dockerext::plan {

using namespace model;

namespace {

using namespace std::chrono_literals;

/// Compose pulls such an image at every `up`; there is no `up` while the daemon runs.
constexpr std::chrono::seconds interval_of_always = 1h;
constexpr std::chrono::seconds shortest_interval = 10s;
constexpr std::chrono::seconds longest_interval = std::chrono::days(366);
/// A known update that was not pulled, and images beside it, are asked about again after this time.
constexpr WallTime::duration retry_interval = 10min;
/// An older answer is no reason to pull: the tag may have moved since.
constexpr WallTime::duration longest_validity = 2 * retry_interval;
/// Machines whose window opens at the same time do not ask at the same time.
constexpr WallTime::duration opening_delay = 5min;

/// An image of the settings that is kept up to date, and what is known of it.
struct Followed {
    const ImageRef* image = nullptr;
    const RegistryImage* registry = nullptr;
    const ObservedImage* local = nullptr;
    std::chrono::seconds interval{0};

    bool is_newer() const { return !registry->digest.empty() && !local->digests.contains(registry->digest); }
    bool is_answered_since(WallTime time) const {
        return registry->failures == 0 && registry->is_answered && registry->checked_at >= time;
    }
};

bool is_built(const Project& project, const ImageRef& image) {
    return std::any_of(project.services.begin(), project.services.end(), [&](const auto& entry) {
        return entry.second.build && entry.second.container.image == image;
    });
}

std::optional<Followed> followed_image(const Desired& desired, const Observed& observed,
                                       const History& history, const Service& service) {
    const auto interval = check_interval(service);
    if (!interval || service.scale == 0) return std::nullopt;
    const ImageRef& image = followed_reference(service);
    const auto local = observed.images.find(image);
    const auto registry = history.registry_images.find(image);
    if (local == observed.images.end() || registry == history.registry_images.end() ||
        is_built(desired.project, image))
        return std::nullopt;
    return Followed{&image, &registry->second, &local->second, *interval};
}

std::vector<Followed> followed_images(const Desired& desired, const Observed& observed,
                                      const History& history) {
    std::vector<Followed> all;
    for (const auto& [name, service] : desired.project.services) {
        if (auto followed = followed_image(desired, observed, history, service)) all.push_back(*followed);
    }
    return all;
}

/// When the newer image is old enough.
WallTime ripe_at(const RegistryImage& registry, std::chrono::seconds minimum_age) {
    if (minimum_age == 0s) return {};
    return registry.created_at ? *registry.created_at + minimum_age : WallTime::max();
}

/// Since when the images beside a newer one have to have been asked about: images of one document often move
/// together, and are to be replaced together. Nullopt if none is newer and old enough.
std::optional<WallTime> round_of_questions(const std::vector<Followed>& all, const ReconcilePolicy& policy) {
    std::optional<WallTime> begun;
    for (const Followed& each : all) {
        const WallTime at = each.registry->checked_at;
        if (each.is_newer() && ripe_at(*each.registry, policy.minimum_image_age) <= at &&
            (!begun || at > *begun))
            begun = at;
    }
    return begun ? std::optional(*begun - retry_interval) : std::nullopt;
}

/// `time`, or soon after the next window opens.
WallTime in_window(const std::vector<UpdateWindow>& windows, WallTime time, unsigned jitter) {
    const WallTime open = next_open(windows, time);
    if (open == time) return time;
    const WallTime later = open + opening_delay * jitter / 100;
    return next_open(windows, later) == later ? later : open;
}

WallTime due_at(const Followed& image, const ReconcilePolicy& policy, std::optional<WallTime> round,
                WallTime now) {
    const RegistryImage& registry = *image.registry;
    // Up to 10 % earlier, so that machines with the same settings do not ask at the same time.
    WallTime due = registry.checked_at + image.interval - image.interval * registry.jitter / 1000;
    if (round && registry.checked_at < *round) due = std::min(due, *round);
    if (image.is_newer()) {
        const WallTime ripe = ripe_at(registry, policy.minimum_image_age);
        due = std::min(
            due, std::max(ripe, registry.checked_at + (ripe > registry.checked_at ? 0s : retry_interval)));
    }
    due = std::max(due, registry.not_before);
    const WallTime open = in_window(policy.update_windows, due, registry.jitter);
    return open < now ? in_window(policy.update_windows, now, registry.jitter) : open;
}

}  // namespace

std::optional<std::chrono::seconds> check_interval(const Service& service) {
    if (service.build || followed_reference(service).value.find('@') != std::string::npos)
        return std::nullopt;
    const PullPolicy policy = service.followed ? service.followed->pull_policy : service.pull_policy;
    if (policy == PullPolicy::always) return interval_of_always;
    if (policy != PullPolicy::refresh) return std::nullopt;
    const auto after = service.followed ? service.followed->refresh_after : service.refresh_after;
    return std::clamp(after, shortest_interval, longest_interval);
}

const ImageRef& followed_reference(const Service& service) {
    return service.followed ? service.followed->image : service.container.image;
}

Service with_followed_image(const Service& service) {
    Service following = service;
    if (!service.followed) return following;
    following.container.image = service.followed->image;
    following.pull_policy = service.followed->pull_policy;
    following.refresh_after = service.followed->refresh_after;
    following.followed.reset();
    return following;
}

std::optional<ImageCheck> next_check(const Desired& desired, const Observed& observed, const History& history,
                                     WallTime now) {
    const std::vector<Followed> all = followed_images(desired, observed, history);
    const auto round = round_of_questions(all, desired.policy);
    std::optional<ImageCheck> next;
    for (const Followed& each : all) {
        const WallTime at = due_at(each, desired.policy, round, now);
        if (!next || at < next->at) next = ImageCheck{*each.image, at};
    }
    return next;
}

std::string available_update(const Desired& desired, const Observed& observed, const History& history,
                             const Service& service) {
    const auto image = followed_image(desired, observed, history, service);
    if (!image || !image->is_newer() || !desired.policy.repair) return "";
    const WallTime asked_at = image->registry->checked_at;
    const auto& windows = desired.policy.update_windows;
    const auto is_open = [&](WallTime time) { return next_open(windows, time) == time; };
    const bool is_valid = image->is_answered_since(observed.at - longest_validity) &&
                          ripe_at(*image->registry, desired.policy.minimum_image_age) <= asked_at &&
                          is_open(asked_at) && is_open(observed.at);
    if (!is_valid) return "";
    for (const Followed& other : followed_images(desired, observed, history)) {
        const bool is_waited_for =
            other.registry->failures == 0 && !other.is_answered_since(asked_at - retry_interval);
        if (is_waited_for) return "";
    }
    return image->registry->digest;
}

}  // namespace dockerext::plan
