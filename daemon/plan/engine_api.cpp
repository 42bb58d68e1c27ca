#include "plan/engine_api.hpp"

namespace dockerext::plan {

using namespace model;

bool speaks(const EngineFacts& engine, int minor) {
    return engine.api_major > 1 || engine.api_minor >= minor;
}

std::string unsupported_in(const EngineFacts& engine, const ContainerSpec& spec) {
    const auto lacks = [&](int minor) { return !speaks(engine, minor); };
    const auto needs = [](const char* what, int minor) {
        return std::string(what) + " needs Engine API 1." + std::to_string(minor) +
               ": upgrade the Docker Engine, or do without it";
    };
    for (const Mount& mount : spec.mounts) {
        if (mount.type == Mount::Type::image && lacks(48)) return needs("a mount of type image", 48);
        if (mount.type == Mount::Type::volume && !mount.subpath.empty() && lacks(45))
            return needs("volume.subpath", 45);
    }
    for (const auto& [name, endpoint] : spec.networks) {
        if (!endpoint.mac_address.empty() && name.value != spec.network_mode && lacks(44))
            return needs("mac_address on a network beside the first", 44);
        if (endpoint.driver_options.contains("com.docker.network.endpoint.ifname") && lacks(49)) {
            return needs("interface_name", 49);
        }
    }
    return "";
}

}  // namespace dockerext::plan
