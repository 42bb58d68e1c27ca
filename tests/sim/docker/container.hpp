#pragma once

#include "base/clock.hpp"
#include "base/task.hpp"
#include "docker/json.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace dockerext::sim {

/// What the program in a container does. The words of its command define it: "app exit=3 after=5s" ends by
/// itself with code 3; "stop=8s" takes 8 s to end after SIGTERM, "stop=never" only ends on SIGKILL; the
/// health check passes after "warm=3s" and fails again after "sick=60s"; "fails" cannot be started.
struct Behaviour {
    std::string program;
    std::optional<int> exit_code;
    Duration exits_after = Duration::max();
    Duration stops_in = std::chrono::milliseconds(100);
    Duration healthy_after = Duration::zero();
    Duration unhealthy_after = Duration::max();
    bool fails_to_start = false;
};
Behaviour parse_behaviour(const std::vector<std::string>& words);

/// HostConfig.RestartPolicy.
struct RestartPolicy {
    std::string name = "no";
    std::int64_t max_retries = 0;
};

struct HealthCheck {
    Duration interval = std::chrono::seconds(30);
    Duration start_period = Duration::zero();
    std::int64_t retries = 3;
};

/// How a container is attached to a network.
struct Endpoint {
    std::string network_id;  ///< "" before the first start (Engine 20.10)
    std::vector<std::string> aliases;
    std::string ipam = "null", links = "null", driver_options = "null", mac;  ///< JSON
};

struct Container {
    enum class State { created, running, restarting, exited };

    std::string id, name, hostname;
    bool is_foreign = false;
    std::string image_id;
    json::Texts labels;
    json::Document host_config;
    std::string config_text, host_config_text;  ///< JSON, as in inspect's answer
    std::vector<std::string> volumes;           ///< by name
    std::string mounts_text;                    ///< JSON
    std::map<std::string, Endpoint> networks;   ///< by name
    Behaviour behaviour;
    Duration grace = std::chrono::seconds(10);

    State state = State::created;
    bool paused = false;
    bool removing = false;
    bool stopped_manually = false;
    bool stopped_first = false;  ///< by the daemon, when no successor ran; it has not run since
    int exit_code = 0;
    std::string error;
    WallTime created, started{}, finished{};
    SteadyTime run_since{}, down_since{};
    std::uint64_t run = 0;  ///< changes with each start and each end
    std::int64_t restarts = 0;
    Duration restart_delay{};

    std::optional<HealthCheck> check;
    std::string health = "starting";
    std::int64_t streak = 0;
    bool made_unhealthy = false;  ///< by a fault, until its next start

    bool alive() const { return state == State::running; }
};

/// Reads an endpoint from a call that creates or connects a container.
Endpoint parse_endpoint(const json::Value& asked);
/// Inspect's answer.
std::string inspect_text(const Container& container);
/// The container's entry in the list of containers.
std::string summary_text(const Container& container);

}  // namespace dockerext::sim
