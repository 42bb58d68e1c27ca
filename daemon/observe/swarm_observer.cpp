#include "observe/swarm_observer.hpp"

#include "base/tcp_probe.hpp"
#include "engine/nodes.hpp"
#include "engine/system.hpp"
#include "observe/swarm_facts.hpp"

#include <algorithm>

namespace dockerext::observe {
namespace {

using namespace std::chrono_literals;
using model::ObservedSwarm;

constexpr Duration longest_connect = 2s;

std::vector<TcpAddress> other_managers(const model::SwarmSettings& settings, const ObservedSwarm& observed) {
    std::vector<TcpAddress> others;
    std::copy_if(settings.managers.begin(), settings.managers.end(), std::back_inserter(others),
                 [&](const TcpAddress& manager) {
                     return std::none_of(
                         observed.addresses.begin(), observed.addresses.end(),
                         [&](const MachineAddress& own) { return own.address == manager.host; });
                 });
    return others;
}

std::string source_address_to(const std::vector<TcpAddress>& managers) {
    for (const TcpAddress& manager : managers) {
        if (auto source = source_address(manager.host)) return std::move(*source);
    }
    return "";
}

Task<Result<std::vector<model::ObservedNode>>> observe_nodes(engine::Client& client) {
    const auto list = co_await engine::list_nodes(client);
    if (!list) co_return list.error();
    auto nodes = read_nodes(list->root());
    if (!nodes) co_return nodes.error().within("list nodes");
    co_return nodes;
}

}  // namespace

Task<Result<ObservedSwarm>> observe_swarm(engine::Client& client, const model::SwarmSettings& settings) {
    const auto info = co_await engine::info(client, engine::limits::swarm_query);
    if (!info) co_return info.error();
    auto observed = read_swarm(info->root());
    if (!observed) co_return observed.error().within("engine info");
    auto addresses = machine_addresses();
    if (!addresses) co_return addresses.error();
    observed->addresses = std::move(*addresses);
    auto others = other_managers(settings, *observed);
    observed->source_address = source_address_to(others);
    if (observed->manager) {
        auto nodes = co_await observe_nodes(client);
        if (!nodes && nodes.error().kind() == ErrorKind::cancelled) co_return nodes.error();
        if (nodes) observed->nodes = std::move(*nodes);
        else observed->nodes_error = nodes.error().message();
    }
    const bool has_no_leader = !observed->nodes_error.empty();
    if (observed->state == model::LocalNodeState::inactive || has_no_leader)
        observed->answering = co_await accepting(std::move(others), longest_connect);
    co_return observed;
}

}  // namespace dockerext::observe
