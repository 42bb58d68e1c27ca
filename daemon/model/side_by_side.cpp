#include "model/side_by_side.hpp"

#include "model/shared_namespaces.hpp"

namespace dockerext::model {

namespace {

/// "" and "0" leave the choice to the engine, and in a range there may be another free one.
bool is_fixed(const std::string& host_port) {
    return !host_port.empty() && host_port != "0" && host_port.find('-') == std::string::npos;
}

std::string fixed_port(const ContainerSpec& container) {
    for (const auto& [port, bindings] : container.port_bindings) {
        for (const PortBinding& binding : bindings) {
            if (is_fixed(binding.host_port)) return binding.host_port;
        }
    }
    return "";
}

std::string fixed_address(const ContainerSpec& container) {
    for (const auto& [network, endpoint] : container.networks) {
        for (const std::string& address :
             {endpoint.ipv4_address, endpoint.ipv6_address, endpoint.mac_address}) {
            if (!address.empty()) return address;
        }
        if (!endpoint.link_local_ips.empty()) return *endpoint.link_local_ips.begin();
    }
    return "";
}

std::string exclusive_volume(const Project& project, const ContainerSpec& container) {
    for (const Mount& mount : container.mounts) {
        const auto volume = project.volumes.find({mount.source});
        if (mount.type == Mount::Type::volume && volume != project.volumes.end() && volume->second.exclusive)
            return volume->second.key;
    }
    return "";
}

/// A container of that service would have to move from the old namespace to the new one.
std::string service_that_joins(const Project& project, const ServiceName& owner) {
    for (const auto& [name, service] : project.services) {
        for (const auto& joined :
             {service.network_mode_service, service.ipc_mode_service, service.pid_mode_service}) {
            if (joined == owner) return name.value;
        }
    }
    return "";
}

}  // namespace

std::string why_not_side_by_side(const Project& project, const Service& service) {
    const ContainerSpec& container = service.container;
    if (container.network_mode == "host") return "it uses the network of the machine";
    if (service.network_mode_service || !namespace_owner_in(container.network_mode).empty())
        return "it shares the network of another container";
    if (const std::string port = fixed_port(container); !port.empty())
        return "it publishes port " + port + " of the machine";
    if (const std::string address = fixed_address(container); !address.empty())
        return "it has the fixed address " + address;
    if (!container.devices.empty()) return "it has the device " + container.devices.front().host_path;
    if (const std::string volume = exclusive_volume(project, container); !volume.empty())
        return "the volume " + volume + " is exclusive";
    if (const std::string other = service_that_joins(project, service.name); !other.empty())
        return "the service " + other + " shares its namespaces";
    return "";
}

}  // namespace dockerext::model
