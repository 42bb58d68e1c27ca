#include "reconcile/object_status.hpp"

#include "base/iso_time.hpp"
#include "base/joined.hpp"

#include <algorithm>

namespace dockerext::reconcile {

using namespace model;

namespace {

/// The names of the services for which `uses` is true.
template <typename Uses>
std::string users_of(const Project& project, Uses uses) {
    std::vector<std::string> users;
    for (const auto& [name, service] : project.services) {
        if (uses(service)) users.push_back(name.value);
    }
    return joined(users, ", ");
}

/// By the engine's name or the key in the model: "demo_default" or "default".
template <typename Specs>
const typename Specs::mapped_type* find_spec(const Specs& specs, const std::string& name) {
    const auto found = std::find_if(specs.begin(), specs.end(), [&](const auto& each) {
        return each.second.name.value == name || each.second.key == name;
    });
    return found == specs.end() ? nullptr : &found->second;
}

/// Null if there is no snapshot, or if it does not show the object.
template <typename Objects>
const typename Objects::mapped_type* find_observed(const Observed* observed, Objects Observed::*objects,
                                                   const typename Objects::key_type& name) {
    if (observed == nullptr) return nullptr;
    const auto found = (observed->*objects).find(name);
    return found == (observed->*objects).end() ? nullptr : &found->second;
}

class ObjectReport {
public:
    ObjectReport(const Facts& facts, Subject subject, std::string users, SteadyTime now)
        : facts_(facts), now_(now) {
        status_.subject = std::move(subject);
        add("used by", users);
    }

    void add(const char* name, const std::string& text) {
        if (!text.empty()) status_.facts.push_back({name, (*facts_.redact)(text)});
    }

    /// `present` tells whether the snapshot shows the object.
    ObjectStatus finish(bool present) && {
        status_.state = present ? "present" : "absent";
        if (facts_.observed == nullptr) status_.state = "unknown";
        else if (const Unknown* const unknown = unknown_of(*facts_.observed, status_.subject)) {
            status_.state = "unknown";
            status_.reason = (*facts_.redact)(unknown->error.message());
        }
        for (const Held& held : facts_.plan->held) {
            if (held.subject == status_.subject) status_.reason = (*facts_.redact)(held.reason);
        }
        const auto record = facts_.history->failure_records.find(status_.subject);
        if (record != facts_.history->failure_records.end()) add_failures(record->second);
        status_.subject.name = (*facts_.redact)(status_.subject.name);
        return std::move(status_);
    }

private:
    void add_failures(const FailureRecord& record) {
        add("failures", std::to_string(record.failures) + " since " + iso_time(record.since));
        add("last error", record.last_error);
        const auto wait = std::chrono::ceil<std::chrono::seconds>(record.next_attempt - now_);
        if (wait.count() > 0) add("next attempt", "in " + std::to_string(wait.count()) + " s");
    }

    const Facts& facts_;
    SteadyTime now_;
    ObjectStatus status_;
};

ObjectStatus network_status(const Facts& facts, const NetworkSpec& spec, SteadyTime now) {
    const std::string users = users_of(facts.in_force->desired.project, [&](const Service& service) {
        return service.container.networks.contains(spec.name);
    });
    ObjectReport report(facts, subject_of(spec.name), users, now);
    const auto* const found = find_observed(facts.observed, &Observed::networks, spec.name);
    if (found == nullptr) return std::move(report).finish(false);
    report.add("id", found->id.value.substr(0, 12));
    report.add("driver", found->driver);
    report.add("containers of others", joined(found->foreign_containers, ", "));
    return std::move(report).finish(true);
}

ObjectStatus volume_status(const Facts& facts, const VolumeSpec& spec, SteadyTime now) {
    const auto mounts = [&](const Service& service) {
        const auto& all = service.container.mounts;
        return std::any_of(all.begin(), all.end(), [&](const Mount& mount) {
            return mount.type == Mount::Type::volume && mount.source == spec.name.value;
        });
    };
    ObjectReport report(facts, subject_of(spec.name), users_of(facts.in_force->desired.project, mounts), now);
    const auto* const found = find_observed(facts.observed, &Observed::volumes, spec.name);
    if (found != nullptr) report.add("driver", found->driver);
    return std::move(report).finish(found != nullptr);
}

ObjectStatus image_status(const Facts& facts, const ImageRef& image, SteadyTime now) {
    const std::string users = users_of(facts.in_force->desired.project, [&](const Service& service) {
        return service.container.image == image;
    });
    ObjectReport report(facts, subject_of(image), users, now);
    const auto registry = facts.history->registry_images.find(image);
    if (registry != facts.history->registry_images.end()) {
        if (registry->second.is_answered) report.add("registry asked", iso_time(registry->second.checked_at));
        report.add("registry's digest", registry->second.digest);
        report.add("registry's error", registry->second.error);
    }
    const auto pull = facts.pulls->find(image);
    if (pull != facts.pulls->end())
        report.add("pulling", std::to_string(pull->second.done_bytes) + " of " +
                                  std::to_string(pull->second.total_bytes) + " bytes");
    const auto* const found = find_observed(facts.observed, &Observed::images, image);
    if (found == nullptr) return std::move(report).finish(false);
    report.add("id", found->id.value);
    report.add("digests", joined(found->digests, ", "));
    report.add("platform", found->platform);
    return std::move(report).finish(true);
}

std::optional<ObjectStatus> part_status(const Status& status, const std::string& name) {
    const auto part = std::find_if(status.parts.begin(), status.parts.end(),
                                   [&](const PartStatus& each) { return each.name == name; });
    if (part == status.parts.end()) return std::nullopt;
    ObjectStatus found{{Subject::Kind::part, name}, std::string(to_string(part->state)), part->message, {}};
    if (part->is_final) found.facts.push_back({"next attempt", "when the settings or the machine change"});
    return found;
}

}  // namespace

std::optional<ObjectStatus> object_status(const Facts& facts, const Status& status, const std::string& name,
                                          SteadyTime now) {
    if (auto part = part_status(status, name)) return part;
    if (facts.in_force == nullptr) return std::nullopt;
    const Project& project = facts.in_force->desired.project;
    if (const auto* const network = find_spec(project.networks, name))
        return network_status(facts, *network, now);
    if (const auto* const volume = find_spec(project.volumes, name))
        return volume_status(facts, *volume, now);
    for (const auto& [service, each] : project.services) {
        if (each.container.image.value == name) return image_status(facts, each.container.image, now);
    }
    return std::nullopt;
}

}  // namespace dockerext::reconcile
