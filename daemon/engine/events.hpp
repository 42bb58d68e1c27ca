#pragma once

#include "base/clock.hpp"
#include "engine/client.hpp"
#include "engine/json_lines.hpp"

#include <chrono>
#include <map>
#include <string>
#include <vector>

/// GET /events of the Engine API.
namespace dockerext::engine {

struct Event {
    std::string type;    ///< "container", "network", "volume", "image", "node", "service", "config", "secret"
    std::string action;  ///< "die", "health_status: healthy", …
    std::string id;      ///< of the actor
    std::map<std::string, std::string> attributes;
    WallTime time;          ///< the engine's time, in nanoseconds
    bool of_swarm = false;  ///< of an object that the whole swarm has
};

/// How many events of all kinds an engine keeps (moby: events.eventsLimit); a restart discards them.
inline constexpr std::size_t engine_event_limit = 256;

/// The events of all kinds between the two times that the engine still has. If there are
/// `engine_event_limit`, there may have been more. `since` must be before `until`.
Task<Result<std::vector<Event>>> past_events(Client& client, WallTime since, WallTime until);

/// The engine's event stream: containers (without the events of exec), networks, volumes, images; on a
/// manager, also the nodes, services, configs, secrets and networks of the swarm.
class EventStream {
public:
    /// Subscribes; on success the subscription is active. The stream begins with the events since `since`
    /// that the engine still has.
    static Task<Result<EventStream>> open(Client& client, WallTime since);

    /// The next event, however long it takes. An error ends the stream: closed, broken, or not JSON.
    Task<Result<Event>> next();

private:
    explicit EventStream(JsonLines lines) : lines_(std::move(lines)) {}

    JsonLines lines_;
};

}  // namespace dockerext::engine
