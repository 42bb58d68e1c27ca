#include "plan/removal.hpp"

#include "base/joined.hpp"
#include "dockerd/daemon_json.hpp"
#include "dockerd/registry_credentials.hpp"
#include "plan/host_work.hpp"

#include <utility>

namespace dockerext::plan {

using namespace model;

namespace {

constexpr const char* reason = "the settings ask for it (docker.install.on-uninstall)";

FileChange without(std::string_view path) { return {std::string(path), std::nullopt, world_readable}; }

std::optional<std::string_view> text_at(const ObservedHost& observed, std::string_view path) {
    const auto there = observed.files.find(std::string(path));
    if (there == observed.files.end()) return std::nullopt;
    return there->second.reveal();
}

void add_daemon_json(const ObservedHost& observed, const Ownership& owned, std::vector<FileChange>& files) {
    const std::string path(host_paths::daemon_json);
    const auto present = text_at(observed, path);
    if (!present) return;
    const auto merged = dockerd::merge_daemon_json(present, {}, owned.config_keys);
    if (merged && merged->text && !merged->keys.empty())
        files.push_back({path, Secret(*merged->text), observed.modes.at(path)});
}

void add_credentials(const ObservedHost& observed, const Ownership& owned, std::vector<FileChange>& files) {
    const auto present = text_at(observed, host_paths::credentials);
    if (!present) return;
    const auto merged = dockerd::merge_credentials(present, {}, owned.logins);
    if (merged && merged->text)
        files.push_back({std::string(host_paths::credentials), merged->text, root_only});
}

std::vector<FileChange> without_owned_parts(const ObservedHost& observed, const Ownership& owned) {
    std::vector<FileChange> files;
    if (owned.drop_in) files.push_back(without(host_paths::drop_in));
    add_daemon_json(observed, owned, files);
    if (owned.certificates) {
        for (const auto path : {host_paths::ca, host_paths::certificate, host_paths::key})
            files.push_back(without(path));
    }
    add_credentials(observed, owned, files);
    for (const std::string& file : owned.installed.files) files.push_back(without(file));
    return files;
}

}  // namespace

std::string owned_text(const Ownership& owned) {
    std::vector<std::string> parts;
    const auto key_of = [](const auto& entry) { return entry.first; };
    if (!owned.config_keys.empty())
        parts.push_back("options in daemon.json (" + joined(owned.config_keys, ", ", key_of) + ")");
    if (owned.drop_in) parts.emplace_back("the drop-in of docker.service");
    if (owned.certificates) parts.emplace_back("certificates");
    if (!owned.logins.empty()) parts.push_back("logins (" + joined(owned.logins, ", ") + ")");
    return joined(parts, ", ");
}

Plan plan_removal(const ObservedHost& observed, const Ownership& owned) {
    Plan plan;
    const auto& packages = owned.installed.packages;
    if (packages.empty()) return plan;
    // First, because zypper does not remove a locked package.
    if (const auto& pinned_version = owned.pinned_version) {
        plan.steps.push_back({.operation = ReleaseVersion{*pinned_version},
                              .subject = part("engine.version"),
                              .object = "version " + pinned_version->version,
                              .reason = reason});
    }
    Step remove{
        .operation = RemoveEngine{{packages.begin(), packages.end()}, without_owned_parts(observed, owned)},
        .subject = part("engine.install"),
        .object = joined(packages, ", "),
        .reason = reason};
    if (!plan.steps.empty()) remove.after.push_back(0);
    plan.steps.push_back(std::move(remove));
    return plan;
}

}  // namespace dockerext::plan
