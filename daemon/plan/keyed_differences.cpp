#include "plan/keyed_differences.hpp"

#include "model/labels.hpp"
#include "model/normal_form.hpp"
#include "model/ownership.hpp"
#include "plan/mounts.hpp"
#include "plan/text_of.hpp"

#include <algorithm>

namespace dockerext::plan {

using namespace model;

namespace {

using Environment = std::map<std::string, std::optional<std::string>>;

void add(std::vector<Difference>& found, std::string field, std::string have, std::string want) {
    found.push_back({{std::move(field), std::move(have), std::move(want)}, Repair::recreate});
}

/// The desired variable: the service's own, or the image's. A null pointer means that it should be absent.
const std::optional<std::string>* desired_variable(const Expectation& expected, const std::string& name) {
    const Environment& own = expected.service.container.environment;
    if (const auto found = own.find(name); found != own.end())
        return found->second ? &found->second : nullptr;
    if (expected.image == nullptr) return nullptr;
    const auto image = expected.image->environment.find(name);
    return image == expected.image->environment.end() ? nullptr : &image->second;
}

void compare_environment(const Expectation& expected, const Environment& have,
                         std::vector<Difference>& found) {
    const auto add_variable = [&](const std::string& name, bool there, bool is_desired) {
        add(found, "environment." + name, there ? "(hidden)" : "(unset)",
            is_desired ? "(hidden)" : "(unset)");
    };
    for (const auto& [name, value] : have) {
        if (!value) continue;
        const auto* want = desired_variable(expected, name);
        const bool unknowable = want == nullptr && expected.image == nullptr &&
                                !expected.service.container.environment.contains(name);
        if (unknowable || (want != nullptr && *want == value)) continue;
        add_variable(name, true, want != nullptr);
    }
    const auto missing = [&](const Environment& desired_entries) {
        for (const auto& [name, value] : desired_entries) {
            const auto there = have.find(name);
            if (desired_variable(expected, name) != nullptr && (there == have.end() || !there->second))
                add_variable(name, false, true);
        }
    };
    missing(expected.service.container.environment);
    if (expected.image == nullptr) return;
    for (const auto& [name, value] : expected.image->environment) {
        if (expected.service.container.environment.contains(name)) continue;
        const auto there = have.find(name);
        if (value && (there == have.end() || !there->second)) add_variable(name, false, true);
    }
}

/// Whether Compose keeps the label for its own records; such a label does not describe the container.
bool is_bookkeeping(std::string_view label) {
    return label == labels::files ||
           (label.starts_with(labels::prefix) && label != labels::project && label != labels::service &&
            label != labels::number && label != labels::oneoff);
}

/// The service's own label, or else its image's; null if neither has it.
const std::string* desired_label(const Expectation& expected, const std::string& label) {
    const Labels& own = expected.service.container.labels;
    if (const auto found = own.find(label); found != own.end()) return &found->second;
    if (expected.image == nullptr) return nullptr;
    const auto found = expected.image->labels.find(label);
    return found == expected.image->labels.end() ? nullptr : &found->second;
}

/// A container made by Compose has no record of the contents; they count as right.
void compare_files(const Labels& want, const Labels& have, std::vector<Difference>& found) {
    const auto have_files = have.find(std::string(labels::files));
    const auto want_files = want.find(std::string(labels::files));
    if (have_files != have.end() && want_files != want.end() && have_files->second != want_files->second)
        add(found, "configs and secrets", "(hidden)", "(hidden)");
}

void add_missing_labels(const Labels& desired, const Labels& others, const Labels& have,
                        std::vector<Difference>& found) {
    for (const auto& [label, value] : desired) {
        if (!is_bookkeeping(label) && !others.contains(label) && !have.contains(label))
            add(found, "labels." + label, "(unset)", text_of(value));
    }
}

void compare_labels(const Expectation& expected, const Labels& have, std::vector<Difference>& found) {
    const Labels& own = expected.service.container.labels;
    const std::string number = std::to_string(expected.number);
    compare_files(own, have, found);
    for (const auto& [label, value] : have) {
        if (is_bookkeeping(label)) continue;
        const std::string* const want = label == labels::number ? &number : desired_label(expected, label);
        if (want == nullptr && expected.image == nullptr) continue;  // it may be the image's
        if (want == nullptr) add(found, "labels." + label, text_of(value), "(unset)");
        else if (*want != value) add(found, "labels." + label, text_of(value), text_of(*want));
    }
    add_missing_labels(own, {}, have, found);
    if (expected.image != nullptr) add_missing_labels(expected.image->labels, own, have, found);
}

bool same_mount(const Mount& want, const Mount& have) {
    if (want.type != have.type || want.read_only != have.read_only) return false;
    switch (want.type) {
    case Mount::Type::bind:
        return normal::path(want.source) == normal::path(have.source) && want.selinux == have.selinux &&
               (want.propagation.empty() || want.propagation == have.propagation) &&
               want.recursive == have.recursive;
    case Mount::Type::volume:
        return (want.source.empty() ? is_anonymous(have) : want.source == have.source) &&
               want.no_copy == have.no_copy && want.subpath == have.subpath;
    case Mount::Type::image: return want.source == have.source && want.subpath == have.subpath;
    case Mount::Type::tmpfs: break;
    }
    return want.tmpfs_size == have.tmpfs_size && want.tmpfs_mode == have.tmpfs_mode;
}

void compare_mounts(const Expectation& expected, const std::vector<Mount>& have,
                    std::vector<Difference>& found) {
    const std::vector<Mount>& desired_entries = expected.service.container.mounts;
    for (const Mount& want : desired_entries) {
        const Mount* const there = at(have, want.target);
        if (there == nullptr || !same_mount(want, *there)) {
            add(found, "volumes." + want.target, text_of(there), text_of(&want));
        }
    }
    for (const Mount& mount : have) {
        if (at(desired_entries, mount.target) != nullptr || expected.image == nullptr) continue;
        if (!expected.volumes_from.empty()) continue;  // it may come from one of those
        const bool of_the_image =
            mount.type == Mount::Type::volume && is_volume_of(*expected.image, mount.target);
        if (!of_the_image) add(found, "volumes." + mount.target, text_of(&mount), "(unset)");
    }
}

}  // namespace

void find_keyed_differences(const Expectation& expected, const ObservedContainer& container,
                            std::vector<Difference>& found) {
    compare_environment(expected, container.spec.environment, found);
    compare_labels(expected, container.spec.labels, found);
    compare_mounts(expected, container.spec.mounts, found);
}

}  // namespace dockerext::plan
