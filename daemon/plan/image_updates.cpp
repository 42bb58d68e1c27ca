#include "plan/image_updates.hpp"

#include <algorithm>
#include <set>

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

/// When the newer image is old enough.
WallTime ripe_at(const RegistryImage& registry, std::chrono::seconds minimum_age) {
    if (minimum_age == 0s) return {};
    return registry.created_at ? *registry.created_at + minimum_age : WallTime::max();
}

/// `time`, or soon after the next window opens.
WallTime in_window(const std::vector<UpdateWindow>& windows, WallTime time, unsigned jitter) {
    const WallTime open = next_open(windows, time);
    if (open == time) return time;
    const WallTime later = open + opening_delay * jitter / 100;
    return next_open(windows, later) == later ? later : open;
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

ImageUpdates::ImageUpdates(const Desired& desired, const Observed& observed, const History& history)
    : policy_(desired.policy), observed_at_(observed.at) {
    std::set<ImageRef> built;
    for (const auto& [name, service] : desired.project.services) {
        if (service.build) built.insert(service.container.image);
    }
    for (const auto& [name, service] : desired.project.services) {
        const auto interval = check_interval(service);
        if (!interval || service.scale == 0) continue;
        const ImageRef& image = followed_reference(service);
        const auto local = observed.images.find(image);
        const auto registry = history.registry_images.find(image);
        const bool is_known = local != observed.images.end() && registry != history.registry_images.end();
        if (!is_known || built.contains(image)) continue;
        by_image_.emplace(image, followed_.size());
        followed_.push_back({&image, &registry->second, &local->second, *interval});
        if (registry->second.failures > 0) continue;
        const WallTime answered =
            registry->second.is_answered ? registry->second.checked_at : WallTime::min();
        all_answered_since_ = std::min(all_answered_since_, answered);
    }
}

bool ImageUpdates::Followed::is_newer() const {
    return !registry->digest.empty() && !local->digests.contains(registry->digest);
}

/// Since when the images beside a newer one have to have been asked about: images of one document often move
/// together, and are to be replaced together. Nullopt if none is newer and old enough.
std::optional<WallTime> ImageUpdates::round_of_questions() const {
    std::optional<WallTime> begun;
    for (const Followed& each : followed_) {
        const WallTime at = each.registry->checked_at;
        if (each.is_newer() && ripe_at(*each.registry, policy_.minimum_image_age) <= at &&
            (!begun || at > *begun))
            begun = at;
    }
    return begun ? std::optional(*begun - retry_interval) : std::nullopt;
}

WallTime ImageUpdates::due_at(const Followed& image, std::optional<WallTime> round, WallTime now) const {
    const RegistryImage& registry = *image.registry;
    // Up to 10 % earlier, so that machines with the same settings do not ask at the same time.
    WallTime due = registry.checked_at + image.interval - image.interval * registry.jitter / 1000;
    if (round && registry.checked_at < *round) due = std::min(due, *round);
    if (image.is_newer()) {
        const WallTime ripe = ripe_at(registry, policy_.minimum_image_age);
        due = std::min(
            due, std::max(ripe, registry.checked_at + (ripe > registry.checked_at ? 0s : retry_interval)));
    }
    due = std::max(due, registry.not_before);
    const WallTime open = in_window(policy_.update_windows, due, registry.jitter);
    return open < now ? in_window(policy_.update_windows, now, registry.jitter) : open;
}

std::optional<ImageCheck> ImageUpdates::next_check(WallTime now) const {
    const auto round = round_of_questions();
    std::optional<ImageCheck> next;
    for (const Followed& each : followed_) {
        const WallTime at = due_at(each, round, now);
        if (!next || at < next->at) next = ImageCheck{*each.image, at};
    }
    return next;
}

std::string ImageUpdates::available(const Service& service) const {
    if (!check_interval(service) || service.scale == 0 || !policy_.repair) return "";
    const auto found = by_image_.find(followed_reference(service));
    if (found == by_image_.end() || !followed_[found->second].is_newer()) return "";
    const RegistryImage& registry = *followed_[found->second].registry;
    const WallTime asked_at = registry.checked_at;
    const auto is_open = [&](WallTime time) { return next_open(policy_.update_windows, time) == time; };
    const bool is_answered = registry.failures == 0 && registry.is_answered;
    const bool is_valid = is_answered && asked_at >= observed_at_ - longest_validity &&
                          ripe_at(registry, policy_.minimum_image_age) <= asked_at && is_open(asked_at) &&
                          is_open(observed_at_);
    return is_valid && all_answered_since_ >= asked_at - retry_interval ? registry.digest : "";
}

}  // namespace dockerext::plan
