#include "plan/resources.hpp"

#include "model/normal_form.hpp"
#include "model/registry.hpp"
#include "plan/image_updates.hpp"
#include "plan/networks.hpp"
#include "plan/resource_differences.hpp"

namespace dockerext::plan {

using namespace model;

namespace {

/// Whether the image fits the platform; an image of another platform counts as missing. An image of
/// "linux/arm/v6" fits "linux" and "linux/arm".
bool is_for(const ObservedImage& image, const std::string& platform) {
    if (platform.empty() || image.platform.empty()) return true;
    const std::string want = normal::platform(platform), have = normal::platform(image.platform);
    return have == want || have.starts_with(want + "/");
}

std::optional<std::uint64_t> free_bytes(const Observed& observed) {
    return observed.disk ? std::optional(observed.disk->free) : std::nullopt;
}

/// Whether pull_policy asks for the present image again for the new settings. With times of their own, newer
/// images come only then (image_updates.hpp).
bool needs_refresh(const Work& work, const Service& service, const ObservedImage& local) {
    if (work.history.pulled.contains(service.container.image)) return false;
    const ReconcilePolicy& policy = work.desired.policy;
    const bool has_own_times = !policy.update_windows.empty() || policy.minimum_image_age.count() > 0;
    if (has_own_times && check_interval(service)) return false;
    return service.pull_policy == PullPolicy::always || service.pull_policy == PullPolicy::build ||
           (service.pull_policy == PullPolicy::refresh &&
            work.observed.at - local.tagged_at > service.refresh_after);
}

Change change_of_digest(const ObservedImage& local, const std::string& digest) {
    const std::string have = local.digests.empty() ? "" : short_digest(*local.digests.begin());
    return {.field = "digest", .have = have, .want = short_digest(digest)};
}

/// A volume with different settings is never removed, because it holds data.
void report_changes(Work& work, const VolumeSpec& spec, const ObservedVolume& volume) {
    const std::vector<Change> changes = differences(spec, volume);
    if (changes.empty()) return;
    const Change& first = changes.front();
    work.hold(
        {subject_of(spec.name),
         {},
         Held::Why::policy,
         first.field + " is " + first.have + ", but the settings say " + first.want +
             "; dockerextd never removes a volume for that: back up its data and run `docker volume rm " +
             spec.name.value + "`",
         {}});
}

Need provide_volume(Work& work, const VolumeSpec& spec) {
    const Subject subject = subject_of(spec.name);
    if (Need known = work.known(subject); !known.refused.empty()) return known;
    const auto there = work.observed.volumes.find(spec.name);
    if (there != work.observed.volumes.end()) {
        if (!spec.external) report_changes(work, spec, there->second);
        return {};
    }
    if (spec.external) return {.refused = "volume " + spec.name.value + " is external and does not exist"};
    if (work.busy(subject)) return {.waits_for = "volume " + spec.name.value + " to be created"};
    if (work.backing_off(subject, {}))
        return {.refused = work.history.failure_records.at(subject).last_error};
    return {.after = {work.add({.operation = CreateVolume{spec},
                                .subject = subject,
                                .object = spec.name.value,
                                .reason = "not found"})}};
}

}  // namespace

Resources::Resources(Work& work) : work_(work), updates_(work.desired, work.observed, work.history) {
    for (const auto& [name, service] : work.desired.project.services) {
        if (service.build) builds_.emplace(service.container.image, &*service.build);
    }
}

/// If a registry may have the image, it is asked first; the image is built when that fails
/// (compose-semantics: pull_policy).
Operation Resources::pull_or_build(const Service& service, bool present) const {
    const ImageRef& ref = service.container.image;
    const auto found = builds_.find(ref);
    const Build* const build = found == builds_.end() ? nullptr : found->second;
    const bool failed_before = work_.history.failure_records.contains(subject_of(ref));
    const bool can_pull =
        service.pull_policy != PullPolicy::build && service.pull_policy != PullPolicy::never;
    if (!build || (can_pull && build->try_registry_first && (present || !failed_before)))
        return PullImage{ref, service.container.platform, free_bytes(work_.observed)};
    return BuildImage{ref, *build};
}

Need Resources::provide_image(const Service& service) {
    const ImageRef& ref = service.container.image;
    const Subject subject = subject_of(ref);
    if (Need known = work_.known(subject); !known.refused.empty()) return known;
    const auto local = work_.observed.images.find(ref);
    const bool present =
        local != work_.observed.images.end() && is_for(local->second, service.container.platform);
    const std::string update = present ? updates_.available(service) : "";
    if (present && update.empty() && !needs_refresh(work_, service, local->second)) return {};
    Operation operation = pull_or_build(service, present);
    const bool pulls = std::holds_alternative<PullImage>(operation);
    if (pulls && service.pull_policy == PullPolicy::never) {
        return {.refused = "image " + ref.value + " is not present, and pull_policy is never"};
    }
    const std::string waits = ref.value + (pulls ? " to be pulled" : " to be built");
    if (work_.busy(subject)) return {.waits_for = waits};
    if (local != work_.observed.images.end() && !present && work_.history.pulled.contains(ref)) {
        return {.refused = "image " + ref.value + " is for " + local->second.platform + ", but platform is " +
                           service.container.platform};
    }
    if (work_.backing_off(subject, {})) {
        if (present) return {};  // an older image is used until the registry answers
        return {.refused = work_.history.failure_records.at(subject).last_error};
    }
    const char* const reason = !present         ? "not present"
                               : update.empty() ? "refresh due (pull_policy)"
                                                : "its registry has a newer image (pull_policy)";
    std::vector<Change> changes;
    if (!update.empty()) changes.push_back(change_of_digest(local->second, update));
    (void)work_.add({.operation = std::move(operation),
                     .subject = subject,
                     .object = ref.value,
                     .reason = reason,
                     .changes = std::move(changes)});
    return {.waits_for = waits};  // the properties of the image are unknown until it is present
}

const Need& Resources::image(const Service& service) {
    const ImageRef& ref = service.container.image;
    const auto known = images_.find(ref);
    return known != images_.end() ? known->second : images_[ref] = provide_image(service);
}

Need Resources::all_images() const {
    for (const auto& [image, need] : images_) {
        if (!need.waits_for.empty()) return {.waits_for = need.waits_for};
        if (!need.refused.empty())
            return {.waits_for = image.value + ", which is not available: " + need.refused};
    }
    return {};
}

const Need& Resources::network(const NetworkName& name) {
    const auto known = networks_.find(name);
    if (known != networks_.end()) return known->second;
    const auto& specs = work_.desired.project.networks;
    const auto spec = specs.find(name);
    return networks_[name] = spec == specs.end() ? Need{} : provide_network(work_, spec->second);
}

const Need& Resources::volume(const VolumeName& name) {
    const auto known = volumes_.find(name);
    if (known != volumes_.end()) return known->second;
    const auto& specs = work_.desired.project.volumes;
    const auto spec = specs.find(name);
    return volumes_[name] = spec == specs.end() ? Need{} : provide_volume(work_, spec->second);
}

}  // namespace dockerext::plan
