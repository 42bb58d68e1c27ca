#include "docker/container.hpp"

#include "base/iso_time.hpp"

#include <cstdlib>

namespace dockerext::sim {
namespace {

using json::string_text, json::Value;

Duration seconds_of(const std::string& text) {
    if (text == "never") return Duration::max();
    return std::chrono::milliseconds(static_cast<std::int64_t>(std::strtod(text.c_str(), nullptr) * 1000));
}

/// With nanoseconds, as the engine writes it.
std::string time_text(WallTime time) {
    if (time == WallTime{}) return "0001-01-01T00:00:00Z";
    constexpr std::size_t whole = sizeof "2024-01-31T12:00:00" - 1;
    const auto rest = std::chrono::nanoseconds(time - std::chrono::floor<std::chrono::seconds>(time)).count();
    const std::string digits = std::to_string(1'000'000'000 + rest);
    return iso_time(time).substr(0, whole) + "." + digits.substr(1) + "Z";
}

std::string_view state_of(const Container& container) {
    if (container.removing) return "removing";
    if (container.paused) return "paused";
    switch (container.state) {
    case Container::State::created: return "created";
    case Container::State::running: return "running";
    case Container::State::restarting: return "restarting";
    case Container::State::exited: return "exited";
    }
    return "dead";
}

std::string_view flag(bool is) { return is ? "true" : "false"; }

std::string health_text(const Container& container) {
    if (!container.check || container.started == WallTime{}) return "";
    return ",\"Health\":{\"Status\":" + string_text(container.health) +
           ",\"FailingStreak\":" + std::to_string(container.streak) + ",\"Log\":[]}";
}

std::string state_text(const Container& container) {
    const bool restarting = container.state == Container::State::restarting;
    const bool running = container.alive() || restarting;
    std::string text = "{\"Status\":" + string_text(state_of(container));
    ((text += ",\"Running\":") += flag(running)) += ",\"Paused\":";
    ((text += flag(container.paused)) += ",\"Restarting\":") += flag(restarting);
    return text + ",\"OOMKilled\":false,\"Dead\":false,\"ExitCode\":" +
           std::to_string(container.alive() ? 0 : container.exit_code) +
           ",\"Error\":" + string_text(container.error) +
           ",\"StartedAt\":" + string_text(time_text(container.started)) +
           ",\"FinishedAt\":" + string_text(time_text(container.finished)) + health_text(container) + "}";
}

/// The MAC address on a network. A container has one only while it runs, unless it was configured.
std::string mac_of(const Container& container, const std::string& network) {
    const std::string& asked = container.networks.at(network).mac;
    const bool has_none = !container.alive() || network == "host" || network == "none";
    return has_none || !asked.empty() ? asked : "02:42:ac:11:00:02";
}

std::string networks_text(const Container& container) {
    std::string text = "{";
    for (const auto& [name, endpoint] : container.networks) {
        text += (text.size() > 1 ? "," : "") + string_text(name) + ":{\"IPAMConfig\":" + endpoint.ipam +
                ",\"Links\":" + endpoint.links + ",\"Aliases\":" + json::text_of(endpoint.aliases) +
                ",\"NetworkID\":" + string_text(endpoint.network_id) +
                ",\"MacAddress\":" + string_text(mac_of(container, name)) +
                ",\"DriverOpts\":" + endpoint.driver_options + "}";
    }
    return text + "}";
}

}  // namespace

Behaviour parse_behaviour(const std::vector<std::string>& words) {
    Behaviour behaviour;
    if (!words.empty()) behaviour.program = words[0];
    for (const std::string& word : words) {
        const std::size_t equals = word.find('=');
        const std::string key = word.substr(0, equals);
        const std::string value = equals == std::string::npos ? "" : word.substr(equals + 1);
        if (key == "exit") behaviour.exit_code = std::atoi(value.c_str());
        else if (key == "after") behaviour.exits_after = seconds_of(value);
        else if (key == "stop") behaviour.stops_in = seconds_of(value);
        else if (key == "warm") behaviour.healthy_after = seconds_of(value);
        else if (key == "sick") behaviour.unhealthy_after = seconds_of(value);
        else if (key == "fails") behaviour.fails_to_start = true;
    }
    return behaviour;
}

Endpoint parse_endpoint(const Value& asked) {
    Endpoint endpoint;
    const auto text = [&](const char* key) {
        const Value& value = json::at(asked, key);
        return value.IsNull() ? "null" : json::text_of(value);
    };
    endpoint.ipam = text("IPAMConfig");
    endpoint.links = text("Links");
    endpoint.driver_options = text("DriverOpts");
    endpoint.aliases = json::strings_at(asked, "Aliases");
    endpoint.mac = json::string_at(asked, "MacAddress");
    return endpoint;
}

std::string inspect_text(const Container& container) {
    return "{\"Id\":" + string_text(container.id) +
           ",\"Created\":" + string_text(time_text(container.created)) +
           ",\"Name\":" + string_text("/" + container.name) +
           ",\"Image\":" + string_text(container.image_id) +
           ",\"RestartCount\":" + std::to_string(container.restarts) + ",\"State\":" + state_text(container) +
           ",\"Config\":" + container.config_text + ",\"HostConfig\":" + container.host_config_text +
           ",\"Mounts\":" + container.mounts_text +
           ",\"NetworkSettings\":{\"Networks\":" + networks_text(container) + "}}";
}

std::string summary_text(const Container& container) {
    return "{\"Id\":" + string_text(container.id) + ",\"ImageID\":" + string_text(container.image_id) +
           ",\"Names\":[" + string_text("/" + container.name) +
           "],\"State\":" + string_text(state_of(container)) +
           ",\"Labels\":" + json::text_of(container.labels) +
           ",\"NetworkSettings\":{\"Networks\":" + networks_text(container) + "}}";
}

}  // namespace dockerext::sim
