#include "reconcile/registry_images.hpp"

#include "model/registry.hpp"
#include "plan/image_updates.hpp"

#include <algorithm>

namespace dockerext::reconcile {

using namespace model;
using namespace std::chrono_literals;

namespace {

constexpr Backoff question_backoff{.first = 60s, .longest = 3600s};
/// Machines that start at the same time with the same images do not ask at the same time.
constexpr WallTime::duration longest_start_delay = 5min;

unsigned percentage(const LedgerState& ledger) { return static_cast<unsigned>(100 * ledger.jitter()); }

/// After the clock was set back, times in the future mean nothing.
void correct_times(RegistryImage& image, WallTime wall_now) {
    image.checked_at = std::min(image.checked_at, wall_now);
    image.not_before = std::min(image.not_before, wall_now + std::chrono::hours(24));
}

}  // namespace

void track_registry_images(LedgerState& ledger, const Desired& desired, const Observed& observed,
                           WallTime wall_now) {
    auto& all = ledger.history.registry_images;
    std::set<ImageRef> tracked;
    for (const auto& [name, service] : desired.project.services) {
        const ImageRef& image = plan::followed_reference(service);
        const auto local = observed.images.find(image);
        // The image that is left was pulled already.
        if (service.followed) ledger.history.pulled.insert(image);
        if (service.pull_policy == PullPolicy::refresh && local != observed.images.end() &&
            wall_now - local->second.tagged_at <= service.refresh_after)
            ledger.history.pulled.insert(image);
        const auto interval = plan::check_interval(service);
        if (!interval) continue;
        tracked.insert(image);
        if (local == observed.images.end()) continue;
        const auto [known, is_new] = all.try_emplace(image);
        if (is_new) {
            known->second.checked_at = local->second.tagged_at;
            known->second.jitter = percentage(ledger);
            const auto delay = std::min<WallTime::duration>(longest_start_delay, *interval / 10);
            known->second.not_before = wall_now + delay * known->second.jitter / 100;
        }
        correct_times(known->second, wall_now);
    }
    std::erase_if(all, [&](const auto& entry) { return !tracked.contains(entry.first); });
}

void registry_answered(LedgerState& ledger, const ImageRef& image, std::string digest,
                       std::optional<WallTime> created_at, WallTime wall_now) {
    ledger.history.registry_images[image] = {.digest = std::move(digest),
                                             .created_at = created_at,
                                             .checked_at = wall_now,
                                             .is_answered = true,
                                             .jitter = percentage(ledger),
                                             .not_before = {},
                                             .error = {}};
}

void registry_failed(LedgerState& ledger, const ImageRef& image, std::string error,
                     std::optional<std::chrono::seconds> pause, WallTime wall_now) {
    const auto failed = ledger.history.registry_images.find(image);
    if (failed == ledger.history.registry_images.end()) return;
    failed->second.error = std::move(error);
    const Duration wait = question_backoff.after(++failed->second.failures, ledger.jitter());
    failed->second.not_before = wall_now + std::chrono::duration_cast<WallTime::duration>(wait);
    if (!pause) return;
    const std::string registry = registry_of(image.value);
    for (auto& [other, record] : ledger.history.registry_images) {
        if (registry_of(other.value) == registry)
            record.not_before = std::max(record.not_before, wall_now + *pause);
    }
}

void image_pulled(LedgerState& ledger, const ImageRef& image, WallTime wall_now) {
    const auto pulled = ledger.history.registry_images.find(image);
    if (pulled == ledger.history.registry_images.end()) return;
    registry_answered(ledger, image, "", std::nullopt, wall_now);
}

}  // namespace dockerext::reconcile
