// What Engine does without a call: programs end, health checks run, restart policies apply, the engine
// restarts.
#include "docker/engine.hpp"
#include "schedule.hpp"

#include <algorithm>

namespace dockerext::sim {
namespace {

using namespace std::chrono_literals;

constexpr Duration first_restart_delay = 100ms, longest_restart_delay = 1min;
constexpr Duration proper_run = 10s;  ///< after it, restart delays start from the minimum

RestartPolicy policy_of(const Container& container) {
    const json::Value& asked = json::at(container.host_config, "RestartPolicy");
    return {json::string_at(asked, "Name"), json::number_at(asked, "MaximumRetryCount")};
}

bool should_restart(const Container& container) {
    const RestartPolicy policy = policy_of(container);
    if (policy.name == "always" || policy.name == "unless-stopped") return true;
    return policy.name == "on-failure" && container.exit_code != 0 &&
           (policy.max_retries == 0 || container.restarts < policy.max_retries);
}

}  // namespace

void Engine::emit(const Container& container, const std::string& action, json::Texts more) {
    more.insert(container.labels.begin(), container.labels.end());
    more["name"] = container.name;
    events.emit("container", action, container.id, std::move(more));
}

/// Sends the events of a signal. A paused container gets it only once unpaused.
void Engine::emit_kill(Container& container, const std::string& number) {
    emit(container, "kill", {{"signal", number}});
    if (std::exchange(container.paused, false)) emit(container, "unpause");
}

void Engine::emit_network_events(const Container& container, const std::string& action) {
    for (const auto& [name, endpoint] : container.networks) emit_network_event(container, name, action);
}

void Engine::emit_network_event(const Container& container, const std::string& name,
                                const std::string& action) {
    events.emit("network", action, container.networks.at(name).network_id,
                {{"container", container.id}, {"name", name}});
}

/// Attaches the container to its networks, the engine's default network first. At the first missing network,
/// sets the container's error and returns false.
bool Engine::attach_all(Container& container) {
    const std::string first = "bridge";
    std::vector<std::string> names;
    if (container.networks.contains(first)) names.push_back(first);
    for (const auto& [name, endpoint] : container.networks) {
        if (name != first) names.push_back(name);
    }
    const auto missing = std::find_if_not(names.begin(), names.end(),
                                          [&](const std::string& name) { return attach(container, name); });
    if (missing == names.end()) return true;
    for (const char* const action : {"connect", "disconnect"})
        std::for_each(names.begin(), missing,
                      [&](const std::string& name) { emit_network_event(container, name, action); });
    return false;
}

bool Engine::attach(Container& container, const std::string& name) {
    Endpoint& endpoint = container.networks[name];
    const std::string& desired = endpoint.network_id.empty() ? name : endpoint.network_id;
    if (const std::string why = ambiguity(desired); !why.empty()) {
        container.error = why;
        return false;
    }
    const Network* const network = find_network(desired);
    if (network == nullptr) {
        container.error = "network " + desired + " not found";
        return false;
    }
    endpoint.network_id = network->id;
    add_default_aliases(container, endpoint, name);
    return true;
}

/// Engine 20.10 adds these names to the aliases; later versions keep them apart from the configured ones.
void Engine::add_default_aliases(const Container& container, Endpoint& endpoint,
                                 const std::string& network) const {
    if (!is_old() || is_predefined(network)) return;
    std::vector<std::string>& aliases = endpoint.aliases;
    for (const std::string& alias : {container.id.substr(0, 12), container.hostname}) {
        if (std::find(aliases.begin(), aliases.end(), alias) == aliases.end()) aliases.push_back(alias);
    }
}

void Engine::run(Container& container) {
    ++container.run;
    container.state = Container::State::running;
    container.started = wall_now();
    container.run_since = steady_now();
    container.error.clear();
    container.health = "starting";
    container.streak = 0;
    container.made_unhealthy = false;
    emit_network_events(container, "connect");
    emit(container, "start");
    schedule_exit(container);
    if (container.check) schedule_probe(container, container.check->interval);
}

/// The engine's own restart of a container. It does not try again if this fails.
void Engine::start_by_policy(Container& container) {
    if (attach_all(container)) return run(container);
    container.state = Container::State::exited;
    if (container.exit_code == 0) container.exit_code = 128;
}

void Engine::schedule_exit(Container& container) {
    const Behaviour& behaviour = container.behaviour;
    if (!behaviour.exit_code) return;
    const Duration after =
        behaviour.exits_after == Duration::max() ? Duration::zero() : behaviour.exits_after;
    Schedule::current().after(after,
                              [this, id = container.id, run = container.run, code = *behaviour.exit_code] {
                                  Container* const ended = find(id);
                                  if (ended != nullptr && ended->run == run) end(*ended, code);
                              });
}

void Engine::record_completed_job(const Container& container) {
    const auto hash = container.labels.find("com.docker.compose.config-hash");
    if (container.exit_code == 0 && hash != container.labels.end()) completed_jobs.insert(hash->second);
}

void Engine::end(Container& container, int exit_code) {
    ++container.run;
    container.state = Container::State::exited;
    container.paused = false;
    stop_health_checks(container);
    container.exit_code = exit_code;
    container.finished = wall_now();
    container.down_since = steady_now();
    record_completed_job(container);
    emit(container, "die", {{"exitCode", std::to_string(exit_code)}});
    emit_network_events(container, "disconnect");
    if (!container.stopped_manually && should_restart(container)) restart_by_policy(container);
}

void Engine::restart_by_policy(Container& container) {
    const bool ran_long_enough = steady_now() - container.run_since > proper_run;
    container.restart_delay = ran_long_enough || container.restart_delay == Duration::zero()
                                  ? first_restart_delay
                                  : std::min(2 * container.restart_delay, longest_restart_delay);
    container.state = Container::State::restarting;
    Schedule::current().after(container.restart_delay, [this, id = container.id, run = container.run] {
        Container* const again = find(id);
        if (again == nullptr || again->run != run || !up_) return;
        ++again->restarts;
        start_by_policy(*again);
    });
}

/// Without running checks, a container is unhealthy until the next check passes.
void Engine::stop_health_checks(Container& container) {
    if (container.check) container.health = "unhealthy";
}

void Engine::schedule_probe(Container& container, Duration delay) {
    Schedule::current().after(delay, [this, id = container.id, run = container.run] {
        Container* const probed = find(id);
        if (probed == nullptr || probed->run != run) return;
        if (!probed->paused) probe(*probed);
        schedule_probe(*probed, probed->check->interval);
    });
}

void Engine::probe(Container& container) {
    const Duration ran = steady_now() - container.run_since;
    const Behaviour& behaviour = container.behaviour;
    const bool passes =
        ran >= behaviour.healthy_after && ran < behaviour.unhealthy_after && !container.made_unhealthy;
    const bool counts = ran > container.check->start_period || container.health != "starting";
    container.streak = passes ? 0 : container.streak + (counts ? 1 : 0);
    const std::string before = container.health;
    if (passes) container.health = "healthy";
    else if (container.streak >= container.check->retries) container.health = "unhealthy";
    if (container.health != before) emit(container, "health_status: " + container.health);
}

/// After a power cut, the engine sees only when it starts that the containers have ended, and takes that
/// moment for their end.
void Engine::restart(Duration down_for, Outage outage) {
    if (!up_) return;
    up_ = false;
    ++epoch_;
    events.cut();
    events.forget();
    for (auto& [id, container] : containers) {
        if (container->state == Container::State::restarting) ++container->run;
        if (outage == Outage::live_restore || !container->alive()) continue;
        ++container->run;
        container->state = Container::State::exited;
        container->paused = false;
        stop_health_checks(*container);
        container->exit_code = Schedule::current().random.one_in(2) ? 0 : 137;
        record_completed_job(*container);
        container->finished = outage == Outage::power_cut ? WallTime::max() : wall_now();
        container->down_since = steady_now();
        if (should_restart(*container)) container->state = Container::State::restarting;
    }
    Schedule::current().after(down_for, [this] { finish_restart(); });
}

void Engine::finish_restart() {
    up_ = true;
    for (auto& [id, container] : containers) {
        if (container->finished == WallTime::max()) container->finished = wall_now();
        if (container->state == Container::State::restarting && !container->removing)
            start_by_policy(*container);
    }
}

}  // namespace dockerext::sim
