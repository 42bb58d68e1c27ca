#include "compose/to_model.hpp"

#include "base/sha256.hpp"
#include "compose/key.hpp"
#include "compose/service.hpp"
#include "model/labels.hpp"

#include <algorithm>
#include <string>

namespace dockerext::compose {
namespace {

/// The JSON of a resolved service. Its SHA-256 is Compose's config-hash (compose-semantics: config-hash).
std::string hash_document(const Service& service) {
    CanonicalJson json;
    json.open_object();
    for (const Key* key : all_keys()) {
        if (key->field.write) key->field.write(service, key->field.name, json);
    }
    json.close_object();
    return json.text();
}

namespace labels = model::labels;
using Labels = std::map<std::string, std::string>;

void set(Labels& into, std::string_view label, std::string value) {
    into.insert_or_assign(std::string(label), std::move(value));
}

Naming names_of(const Project& project) {
    Naming naming;
    naming.project = project.name;
    for (const auto& [key, network] : project.networks) naming.networks[key] = network.name;
    for (const auto& [key, volume] : project.volumes) naming.volumes[key] = volume.name;
    naming.configs = &project.configs;
    naming.secrets = &project.secrets;
    return naming;
}

/// "NAME:CONDITION:RESTART,…"
std::string dependencies_label(const Service& service) {
    std::string label;
    for (const auto& [name, dependency] : service.depends_on) {
        if (!label.empty()) label += ',';
        label += name + ":" + std::string(to_string(dependency.condition)) +
                 (dependency.restart ? ":true" : ":false");
    }
    return label;
}

/// The service with the modes marked that refer to a service.
Service with_marked_references(Service service) {
    const auto mark_mode = [](std::string& mode) {
        if (mode.starts_with("service:")) mode.insert(0, reference_mark);
    };
    if (service.network_mode) mark_mode(*service.network_mode);
    mark_mode(service.ipc);
    mark_mode(service.pid);
    return service;
}

/// The hash is unknown while the document refers to a service, because the id of a container will replace the
/// reference.
void set_hash(const Service& from, model::Service& into) {
    const bool uses_service_volumes = std::any_of(
        into.volumes_from.begin(), into.volumes_from.end(),
        [](const model::VolumesFrom& source) { return std::holds_alternative<model::ServiceName>(source); });
    std::string document = hash_document(with_marked_references(from));
    if (into.network_mode_service || into.ipc_mode_service || into.pid_mode_service || uses_service_volumes) {
        into.hash_document = std::move(document);
        return;
    }
    into.config_hash = sha256_hex(document);
    set(into.container.labels, labels::config_hash, into.config_hash);
}

/// Adds a label that distinguishes different contents and does not reveal them.
void set_files_label(model::Service& service) {
    if (service.files.empty()) return;
    std::string all;
    for (const model::InjectedFile& file : service.files) {
        all += file.path + " " + std::to_string(file.mode) + " " + std::to_string(file.uid) + ":" +
               std::to_string(file.gid) + " " + sha256_hex(file.content.reveal()) + "\n";
    }
    set(service.container.labels, labels::files, sha256_hex(all).substr(0, 32));
}

model::Service to_service(const Service& from, const Naming& naming, const std::string& project,
                          const Input& input) {
    model::Service service;
    service.name.value = from.name;
    for (const Key* key : all_keys()) {
        if (key->apply && key->field.name != "deploy") key->apply(from, naming, service);
    }
    find_key("deploy")->apply(from, naming, service);  // last, because it overrides the other keys
    set_files_label(service);
    Labels& all = service.container.labels;
    set(all, labels::project, project);
    set(all, labels::service, from.name);
    set(all, labels::oneoff, "False");
    set(all, labels::depends_on, dependencies_label(from));
    set(all, labels::version, std::string(labels::compose_version));
    set(all, labels::working_dir, input.project_directory);
    set(all, labels::config_files, input.config_file);
    set_hash(from, service);
    return service;
}

template <typename Resource>
Labels resource_labels(const Resource& from, std::string_view kind, const std::string& key,
                       const std::string& project) {
    Labels all = from.labels;
    set(all, kind, key);
    set(all, labels::project, project);
    set(all, labels::version, std::string(labels::compose_version));
    set(all, labels::config_hash, sha256_hex(hash_document(from)));
    return all;
}

model::NetworkSpec to_network(const std::string& key, const Network& from, const std::string& project) {
    model::NetworkSpec spec = network_spec(key, from);
    if (!from.external) spec.labels = resource_labels(from, labels::network, key, project);
    return spec;
}

model::VolumeSpec to_volume(const std::string& key, const Volume& from, const std::string& project) {
    model::VolumeSpec spec;
    spec.name.value = from.name;
    spec.key = key;
    spec.exclusive = from.exclusive;
    spec.external = from.external;
    if (from.external) return spec;
    spec.driver = from.driver;
    spec.driver_options = from.driver_opts;
    spec.labels = resource_labels(from, labels::volume, key, project);
    return spec;
}

/// Networks and volumes are added when a service uses them.
void add_used_resources(const Project& project, const Service& service, model::Project& into) {
    for (const auto& [key, attachment] : service.networks) {
        const Network& network = project.networks.at(key);
        const model::NetworkName name{network.name};
        if (!into.networks.contains(name))
            into.networks.emplace(name, to_network(key, network, project.name));
    }
    for (const Mount& mount : service.volumes) {
        if (mount.type != "volume" || mount.source.empty()) continue;
        const Volume& volume = project.volumes.at(mount.source);
        const model::VolumeName name{volume.name};
        if (!into.volumes.contains(name))
            into.volumes.emplace(name, to_volume(mount.source, volume, project.name));
    }
}

}  // namespace

model::Project to_model(const Project& project, const Input& input) {
    model::Project into;
    into.name.value = project.name;
    const Naming naming = names_of(project);
    for (const auto& [name, service] : project.services) {
        into.services.emplace(model::ServiceName{name}, to_service(service, naming, project.name, input));
        add_used_resources(project, service, into);
    }
    for (const std::string& name : project.inactive) into.inactive.insert(model::ServiceName{name});
    return into;
}

}  // namespace dockerext::compose
