#include "model/shared_namespaces.hpp"

namespace dockerext::model {

std::string_view namespace_owner_in(std::string_view mode) {
    constexpr std::string_view prefix = "container:";
    return mode.starts_with(prefix) ? mode.substr(prefix.size()) : std::string_view{};
}

std::vector<SharedNamespace> shared_namespaces(const ContainerSpec& spec) {
    std::vector<SharedNamespace> all;
    const auto add = [&](std::string_view field, std::string_view what, const std::string& mode) {
        const std::string_view owner = namespace_owner_in(mode);
        if (!owner.empty()) all.push_back({field, what, std::string(owner)});
    };
    add("network_mode", "network", spec.network_mode);
    add("ipc", "IPC namespace", spec.ipc_mode);
    add("pid", "PID namespace", spec.pid_mode);
    return all;
}

}  // namespace dockerext::model
