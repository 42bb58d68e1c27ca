#include "model/joining.hpp"

namespace dockerext::model {

std::string_view joined_owner(std::string_view mode) {
    constexpr std::string_view prefix = "container:";
    return mode.starts_with(prefix) ? mode.substr(prefix.size()) : std::string_view{};
}

std::vector<Joining> joinings(const ContainerSpec& spec) {
    std::vector<Joining> all;
    const auto add = [&](std::string_view field, std::string_view what, const std::string& mode) {
        const std::string_view owner = joined_owner(mode);
        if (!owner.empty()) all.push_back({field, what, std::string(owner)});
    };
    add("network_mode", "network", spec.network_mode);
    add("ipc", "IPC namespace", spec.ipc_mode);
    add("pid", "PID namespace", spec.pid_mode);
    return all;
}

}  // namespace dockerext::model
