#pragma once

#include "compose/field.hpp"
#include "compose/file_object.hpp"
#include "compose/service.hpp"
#include "model/desired.hpp"

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dockerext::compose {

/// What the keys of a service refer to elsewhere in the project.
struct Naming {
    std::string project;
    std::map<std::string, std::string> networks;  ///< key → the engine's name
    std::map<std::string, std::string> volumes;   ///< key → the engine's name
    const std::map<std::string, FileObject>* configs = nullptr;
    const std::map<std::string, FileObject>* secrets = nullptr;
};

/// The prefix of a namespace mode that refers to a service: "service:web".
inline constexpr std::string_view service_prefix = "service:";

/// Marks a reference to a service in the text that is hashed, so that nothing else in it can be mistaken for
/// one.
inline constexpr std::string_view reference_mark = "\x01";

/// One key of a service, and how to handle it: project.cpp reads `field`, to_model.cpp applies and writes it.
struct Key {
    Field<Service> field;
    /// Adds the key to the service that the engine is asked for; null when the key does not concern the
    /// engine.
    void (*apply)(const Service& from, const Naming& naming, model::Service& into) = nullptr;
};

template <auto member, auto target>
void copy_member(const Service& from, const Naming&, model::Service& into) {
    into.container.*target = from.*member;
}

/// A key that is passed to the container unchanged.
template <auto member, auto target>
constexpr Key plain_key(std::string_view name) {
    return {field<member>(name), copy_member<member, target>};
}

// The keys by topic. A new key belongs into exactly one of these tables.
std::span<const Key> process_keys();         ///< image, command, environment, labels, user, …
std::span<const Key> blkio_keys();           ///< blkio_config
std::span<const Key> build_keys();           ///< build
std::span<const Key> dependency_keys();      ///< depends_on, links
std::span<const Key> deploy_keys();          ///< deploy, x-dockerextd
std::span<const Key> develop_keys();         ///< develop
std::span<const Key> device_keys();          ///< devices, gpus
std::span<const Key> file_keys();            ///< env_file, label_file
std::span<const Key> file_reference_keys();  ///< configs, secrets
std::span<const Key> health_keys();          ///< healthcheck
std::span<const Key> hook_keys();            ///< post_start, pre_stop
std::span<const Key> lifecycle_keys();       ///< container_name, logging, restart, stop_*
std::span<const Key> limit_keys();           ///< cpus, mem_*, ulimits, sysctls, …
std::span<const Key> mount_keys();           ///< volumes, tmpfs
std::span<const Key> namespace_keys();       ///< ipc, pid, uts, volumes_from, group_add, …
std::span<const Key> network_keys();         ///< networks, network_mode, dns, mac_address, …
std::span<const Key> port_keys();            ///< ports, expose
std::span<const Key> security_keys();        ///< cap_add, privileged, read_only, security_opt

/// Every supported key, in the order of the config-hash; keys outside the config-hash come last.
const std::vector<const Key*>& all_keys();

/// The supported key of that name; null when there is none.
const Key* find_key(std::string_view name);

/// Every key of Compose's service object, supported or not.
std::span<const std::string_view> compose_keys();

}  // namespace dockerext::compose
