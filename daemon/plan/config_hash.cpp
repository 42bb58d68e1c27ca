#include "plan/config_hash.hpp"

#include "base/sha256.hpp"
#include "model/labels.hpp"
#include "model/shared_namespaces.hpp"

#include <algorithm>
#include <map>

namespace dockerext::plan {

using namespace model;

namespace {

std::string replaced(std::string text, const std::string& what, const std::string& by) {
    for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += by.size()) {
        text.replace(at, what.size(), by);
    }
    return text;
}

/// The container ids that a container refers to, by the service to which each belongs.
std::map<ServiceName, std::string> joined_ids(const Service& service, const ContainerSpec& spec) {
    std::map<ServiceName, std::string> ids;
    const auto add_id = [&](const std::optional<ServiceName>& name, const std::string& mode) {
        if (name) ids[*name] = namespace_owner_in(mode);
    };
    const std::size_t known = std::min(service.volumes_from.size(), spec.volumes_from.size());
    for (std::size_t i = 0; i < known; ++i) {
        const std::string& from = spec.volumes_from[i];
        if (const auto* const other = std::get_if<ServiceName>(&service.volumes_from[i]))
            ids[*other] = from.substr(0, from.find(':'));
    }
    add_id(service.network_mode_service, spec.network_mode);
    add_id(service.ipc_mode_service, spec.ipc_mode);
    add_id(service.pid_mode_service, spec.pid_mode);
    return ids;
}

}  // namespace

std::set<ServiceName> services_joined_by(const Service& service) {
    std::set<ServiceName> names;
    for (const auto& name :
         {service.network_mode_service, service.ipc_mode_service, service.pid_mode_service}) {
        if (name) names.insert(*name);
    }
    for (const VolumesFrom& from : service.volumes_from) {
        if (const auto* const other = std::get_if<ServiceName>(&from)) names.insert(*other);
    }
    return names;
}

std::string config_hash(const Service& service, const std::function<std::string(const ServiceName&)>& id_of) {
    if (service.hash_document.empty()) return service.config_hash;
    std::string document = service.hash_document;
    for (const ServiceName& other : services_joined_by(service)) {
        const std::string id = id_of(other);
        const std::string mode = id.empty() ? "" : "container:" + id;
        document = replaced(document, "\"\\u0001service:" + other.value + "\"", "\"" + mode + "\"");
        document = replaced(document, "\"\\u0001" + other.value + "\"", "\"" + id + "\"");
    }
    return sha256_hex(document);
}

bool matches_config_hash(const Service& service, const ObservedContainer& container) {
    const auto label = container.spec.labels.find(std::string(labels::config_hash));
    const auto ids = joined_ids(service, container.spec);
    const auto id_of = [&](const ServiceName& name) {
        const auto id = ids.find(name);
        return id == ids.end() ? "" : id->second;
    };
    return label != container.spec.labels.end() && label->second == config_hash(service, id_of);
}

}  // namespace dockerext::plan
