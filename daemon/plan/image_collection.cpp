#include "plan/image_collection.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace dockerext::plan {

using namespace model;

namespace {

constexpr auto after_refusal = std::chrono::hours(24);

struct Candidate {
    ImageId id;
    std::set<std::string> tags, digests;  ///< present ones
    Bytes size;
    WallTime unused_since;
};

/// What decides on all images.
struct Collecting {
    const ImagePolicy& policy;
    const Observed& observed;
    const History& history;
    SteadyTime now;
    WallTime wall_now;
};

bool is_backing_off(const Collecting& collecting, const ImageId& id, const BroughtImage& image) {
    const auto& records = collecting.history.failure_records;
    const auto record = records.find(subject_of(id));
    const bool has_failed = record != records.end() && record->second.next_attempt > collecting.now;
    return has_failed || (image.refused_at && *image.refused_at + after_refusal > collecting.wall_now);
}

/// The one that has been unused for longest first.
std::vector<Candidate> candidates(const Collecting& collecting) {
    std::vector<Candidate> all;
    const auto used = used_images(collecting.observed, collecting.history);
    for (const auto& [id, image] : collecting.history.brought) {
        const auto listed = collecting.observed.listed_images->find(id);
        if (listed == collecting.observed.listed_images->end() || !image.unused_since) continue;
        const auto& tags = listed->second.tags;
        const bool has_foreign_name =
            !std::includes(image.tags.begin(), image.tags.end(), tags.begin(), tags.end());
        if (has_foreign_name || used.contains(id.value) || is_backing_off(collecting, id, image)) continue;
        all.push_back({id, tags, listed->second.digests, listed->second.size, *image.unused_since});
    }
    std::stable_sort(all.begin(), all.end(), [](const Candidate& one, const Candidate& other) {
        return one.unused_since < other.unused_since;
    });
    return all;
}

/// Why an image has to go before its time; "" if there is enough space, as far as is known.
std::string shortage_of(const Collecting& collecting) {
    const auto& disk = collecting.observed.disk;
    const unsigned wanted_percent = collecting.policy.free_percent;
    if (disk && disk->free < disk->total / 100 * wanted_percent) {
        const std::uint64_t percent = disk->free * 100 / disk->total;
        return "the engine's disk has " + std::to_string(percent) + " % free (reconcile.images.free)";
    }
    const bool has_failed = collecting.history.lacks_space && wanted_percent > 0;
    return has_failed ? "an image does not fit on the engine's disk" : "";
}

/// "7 d", "90 min": in the largest unit that is not a fraction.
std::string in_largest_unit(std::chrono::seconds duration) {
    using namespace std::chrono;
    const auto is_whole = [&](auto unit) { return duration >= unit && duration % unit == seconds(0); };
    const auto number = [&](auto unit) { return std::to_string(duration / unit); };
    if (is_whole(days(1))) return number(days(1)) + " d";
    if (is_whole(hours(1))) return number(hours(1)) + " h";
    if (is_whole(minutes(1))) return number(minutes(1)) + " min";
    return number(seconds(1)) + " s";
}

/// Layers that other images share stay.
std::string freed(Bytes size) {
    constexpr std::int64_t megabyte = 1'000'000;
    return "frees up to " + std::to_string((size.count + megabyte - 1) / megabyte) + " MB";
}

Step removal_step(const Candidate& candidate, const std::string& why, const Redactor& redact) {
    const Subject subject = subject_of(candidate.id);
    const std::string name = candidate.tags.empty() ? "" : redact(*candidate.tags.begin()) + " ";
    std::set<std::string> names = candidate.digests;
    names.insert(candidate.tags.begin(), candidate.tags.end());
    return {.operation = RemoveImage{candidate.id, std::move(names)},
            .subject = subject,
            .service = {},
            .object = name + (name.empty() ? subject.name : "(" + subject.name + ")"),
            .reason = why + "; " + freed(candidate.size)};
}

}  // namespace

std::set<std::string_view> used_images(const Observed& observed, const History& history) {
    std::set<std::string_view> used;
    for (const ImageId& image : observed.image_users) used.insert(image.value);
    for (const ImageId& image : history.good_images) used.insert(image.value);
    for (const auto& [id, container] : observed.containers) used.insert(container.image_id.value);
    for (const auto& [reference, image] : observed.images) used.insert(image.id.value);
    return used;
}

bool are_users_known(const Observed& observed) {
    return observed.listed_images && all_known(Subject::Kind::image, observed) &&
           all_known(Subject::Kind::container, observed);
}

ImageCollection collect_images(const ImagePolicy& policy, const Observed& observed, const History& history,
                               SteadyTime now, WallTime wall_now, const Redactor& redact) {
    ImageCollection collection;
    if (history.brought.empty() || !history.busy.empty() || !are_users_known(observed)) return collection;
    const Collecting collecting{policy, observed, history, now, wall_now};
    std::string shortage = shortage_of(collecting);
    for (const Candidate& candidate : candidates(collecting)) {
        const bool is_due = policy.keep && candidate.unused_since + *policy.keep <= wall_now;
        const std::string why =
            is_due ? "unused for " + in_largest_unit(*policy.keep) + " (reconcile.images.keep)" : shortage;
        if (!why.empty()) collection.plan.steps.push_back(removal_step(candidate, why, redact));
        else if (policy.keep && !collection.next) collection.next = candidate.unused_since + *policy.keep;
        shortage.clear();  // what the removal frees is known only afterwards
    }
    return collection;
}

}  // namespace dockerext::plan
