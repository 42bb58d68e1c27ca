#include "base/tcp_probe.hpp"
#include "base/timeout.hpp"
#include "doctor/probes.hpp"
#include "doctor/read_fact.hpp"
#include "observe/swarm_observer.hpp"

#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <iterator>

/// The engine's swarm, its other managers, and the ports that it needs here.
namespace dockerext::doctor {
namespace {

using namespace std::chrono_literals;
using model::ObservedSwarm;
using model::SwarmSettings;

constexpr Duration swarm_limit = 11s;  ///< a manager that has just lost its leader takes longer
constexpr Duration swarm_answer_limit = 3s, connect_limit = 3s;
constexpr std::uint16_t gossip_port = 7946, default_traffic_port = 4789;

bool is_of_machine(const ObservedSwarm& swarm, const TcpAddress& address) {
    return std::any_of(swarm.addresses.begin(), swarm.addresses.end(),
                       [&](const MachineAddress& each) { return each.address == address.host; });
}

/// Of the settings; without settings, those that the engine knows.
std::vector<TcpAddress> managers_of(const std::optional<SwarmSettings>& settings,
                                    const ObservedSwarm& swarm) {
    if (settings) return settings->managers;
    std::vector<TcpAddress> managers;
    for (const std::string& text : swarm.remote_managers) {
        if (auto address = parse_tcp_address(text)) managers.push_back(std::move(*address));
    }
    return managers;
}

/// The one on which this machine listens as a manager.
std::uint16_t manager_port(const std::optional<SwarmSettings>& settings, const ObservedSwarm& swarm) {
    if (settings && settings->listen) return settings->listen->port;
    const auto managers = managers_of(settings, swarm);
    const auto own = std::find_if(managers.begin(), managers.end(),
                                  [&](const TcpAddress& each) { return is_of_machine(swarm, each); });
    return own == managers.end() ? SwarmSettings::default_port : own->port;
}

SwarmPort read_port(SwarmPort::Use use, std::uint16_t number, std::string protocol) {
    SwarmPort found{use, {number, std::move(protocol)}, std::nullopt};
    found.holder = port_holder(found.port);
    return found;
}

Found<std::vector<SwarmPort>> read_ports(std::uint16_t manager, std::uint16_t traffic) {
    using Use = SwarmPort::Use;
    return std::vector<SwarmPort>{
        read_port(Use::manager, manager, "tcp"), read_port(Use::gossip, gossip_port, "tcp"),
        read_port(Use::gossip, gossip_port, "udp"), read_port(Use::traffic, traffic, "udp")};
}

Task<Result<ObservedSwarm>> ask_swarm(std::filesystem::path socket) {
    engine::Client client(co_await asio::this_coro::executor, std::move(socket));
    auto negotiating = with_timeout(swarm_answer_limit, "no answer within 3 s", client.negotiate());
    const auto version = co_await std::move(negotiating);
    if (!version) co_return Error(ErrorKind::unavailable, "the engine does not answer");
    const SwarmSettings no_managers;  // they are asked later, whatever state the engine is in
    co_return co_await observe::observe_swarm(client, no_managers);
}

Task<Found<ManagerAnswers>> ask_managers(std::vector<TcpAddress> managers) {
    ManagerAnswers answers{.asked = managers, .answering = {}};
    answers.answering = co_await accepting(std::move(managers), connect_limit);
    co_return answers;
}

}  // namespace

Task<void> probe_swarm(const Places& places, std::optional<SwarmSettings> settings, SwarmFacts& facts) {
    if (!places.engine_socket) {
        set_unknown(places.engine_socket.error(), facts.observed, facts.managers, facts.ports);
        co_return;
    }
    auto asking = with_timeout(swarm_limit, "the engine does not describe its swarm within 11 s",
                               ask_swarm(*places.engine_socket));
    facts.observed = co_await std::move(asking);
    if (!facts.observed) {
        set_unknown(facts.observed.error(), facts.managers, facts.ports);
        co_return;
    }
    auto managers = managers_of(settings, *facts.observed);
    std::erase_if(managers, [&](const TcpAddress& each) { return is_of_machine(*facts.observed, each); });
    facts.managers = co_await ask_managers(std::move(managers));
    const std::uint16_t port = manager_port(settings, *facts.observed);
    const std::uint16_t traffic =
        settings && settings->data_path_port ? *settings->data_path_port : default_traffic_port;
    std::function<Found<std::vector<SwarmPort>>()> reading = [port, traffic] {
        return read_ports(port, traffic);
    };
    auto looking = read_fact<std::vector<SwarmPort>>(std::move(reading), facts.ports);
    co_await std::move(looking);
}

}  // namespace dockerext::doctor
