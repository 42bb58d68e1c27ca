#include "settings/swarm_rules.hpp"

#include "dockerd/option_values.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

namespace dockerext::settings {
namespace {

constexpr std::string_view live_restore = "live-restore";

void refuse_live_restore(std::string pointer, std::string_view name, Problems& problems) {
    problems.add(std::move(pointer), std::string(name) +
                                         " and /swarm exclude each other: an engine with live-restore cannot "
                                         "be in a swarm; remove one of them");
}

void check_live_restore(const DockerPart& docker, Problems& problems) {
    const auto& flags = docker.options.flags;
    const auto last = std::find_if(flags.rbegin(), flags.rend(), [](const EngineOption& option) {
        return option.flag.name == live_restore;
    });
    if (last != flags.rend() && dockerd::is_on(last->flag.value.value_or("true")))
        refuse_live_restore(last->pointer, "--live-restore", problems);
    const auto key = config_member(docker, live_restore);
    const auto value = key ? key->boolean() : false;
    if (value && *value) refuse_live_restore(key->pointer(), live_restore, problems);
}

bool is_given(const model::SwarmAccess& access) {
    return !access.worker_token.reveal().empty() || !access.manager_token.reveal().empty() ||
           !access.unlock_key.reveal().empty() || !access.manager_engine.empty();
}

}  // namespace

void check_swarm(const DockerPart& docker, const model::Settings& settings, Problems& problems) {
    if (settings.stack && !settings.swarm)
        problems.add("/stack", "needs /swarm: a stack runs on a swarm; add swarm, or remove this");
    if (settings.swarm) check_live_restore(docker, problems);
    else if (is_given(settings.swarm_access))
        problems.add("/protected/swarm",
                     "has no effect without swarm in the public settings; add that, or remove this");
}

std::vector<Problem> swarm_warnings(const model::SwarmDesired& swarm) {
    std::vector<Problem> warnings;
    const auto& managers = swarm.settings.managers;
    if (managers.size() % 2 == 0)
        warnings.emplace_back("/swarm/managers",
                              std::to_string(managers.size()) + " managers tolerate no more failures than " +
                                  std::to_string(managers.size() - 1) + "; list an odd number");
    const std::uint16_t port =
        swarm.settings.listen ? swarm.settings.listen->port : model::SwarmSettings::default_port;
    const bool is_listed = std::any_of(managers.begin(), managers.end(),
                                       [&](const TcpAddress& manager) { return manager.port == port; });
    if (!is_listed && swarm.settings.role != model::SwarmRole::worker)
        warnings.emplace_back("/swarm/listen", "managers listen on port " + std::to_string(port) +
                                                   ", which is the port of none of /swarm/managers");
    if (swarm.settings.autolock && !swarm.access.manager_token.reveal().empty() &&
        swarm.access.unlock_key.reveal().empty())
        warnings.emplace_back(
            "/protected/swarm/unlock-key",
            "is missing: with autolock, a manager stays locked after a restart of its engine "
            "until the key is deployed; `dockerextd swarm tokens` prints it");
    return warnings;
}

}  // namespace dockerext::settings
