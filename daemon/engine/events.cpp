#include "engine/events.hpp"

#include "base/clock.hpp"
#include "base/json_writer.hpp"
#include "base/url.hpp"
#include "engine/response.hpp"

#include <array>
#include <cstdio>
#include <span>

namespace dockerext::engine {
namespace {

constexpr std::array<std::string_view, 8> types{"container", "network", "volume", "image",
                                                "node",      "service", "config", "secret"};

/// The events that can change the state we observe. As long as health_status is in the list, the engine
/// matches the beginning of an event's name. Excluded are exec_*, top, attach, resize, archive-path, mount
/// and similar ones.
constexpr std::array<std::string_view, 23> actions{
    "create",        "start",   "restart",    "stop",   "kill", "die",    "destroy", "pause",
    "unpause",       "rename",  "update",     "oom",    "pull", "tag",    "untag",   "delete",
    "health_status", "connect", "disconnect", "remove", "load", "import", "prune"};

void write_list(JsonWriter& json, std::string_view key, std::span<const std::string_view> words) {
    json.begin_array(key);
    for (const std::string_view word : words) json.text(word);
    json.end_array();
}

std::string filters() {
    JsonWriter json;
    json.begin_object();
    write_list(json, "type", types);
    write_list(json, "event", actions);
    json.end_object();
    return json.take();
}

/// "1700000000.000000042": the engine's format for times.
std::string timestamp(WallTime time) {
    const auto since = time.time_since_epoch();
    const auto seconds = std::chrono::floor<std::chrono::seconds>(since);
    const auto rest = std::chrono::duration_cast<std::chrono::nanoseconds>(since - seconds);
    std::array<char, 48> text{};
    std::snprintf(text.data(), text.size(), "%lld.%09lld", static_cast<long long>(seconds.count()),
                  static_cast<long long>(rest.count()));
    return text.data();
}

Result<Event> event_of(const JsonCursor& json) {
    Event event;
    event.type = string_in(json, "Type");
    event.action = string_in(json, "Action");
    event.of_swarm = string_in(json, "scope") == "swarm";
    if (event.type.empty() || event.action.empty()) {
        return Error(ErrorKind::unavailable, "an event without Type or Action");
    }
    if (const auto actor = object_in(json, "Actor")) {
        event.id = string_in(*actor, "ID");
        event.attributes = string_map_in(*actor, "Attributes");
    }
    const std::chrono::nanoseconds since_epoch(integer_in(json, "timeNano"));
    event.time = WallTime(since_epoch);
    return event;
}

}  // namespace

Task<Result<std::vector<Event>>> past_events(Client& client, WallTime since, WallTime until) {
    HttpRequest request;
    request.target = "/events?since=" + timestamp(since) + "&until=" + timestamp(until);
    auto stream = co_await client.open(std::move(request), limits::query);
    if (!stream) co_return stream.error().within("past events");
    JsonLines lines(std::move(*stream), client.redact());
    std::vector<Event> events;
    for (;;) {
        const auto json = co_await lines.next(limits::query.time);
        if (!json) co_return json.error().within("past events");
        if (!*json) co_return events;
        auto event = event_of((*json)->root());
        if (!event) co_return event.error().within("past events");
        events.push_back(std::move(*event));
    }
}

Task<Result<EventStream>> EventStream::open(Client& client, WallTime since) {
    HttpRequest request;
    request.target = "/events?since=" + timestamp(since) + "&filters=" + percent_encoded(filters());
    auto stream = co_await client.open(std::move(request), limits::query);
    if (!stream) co_return stream.error().within("subscribe to events");
    co_return EventStream(JsonLines(std::move(*stream), client.redact()));
}

Task<Result<Event>> EventStream::next() {
    const auto json = co_await lines_.next(Duration::max());
    if (!json) co_return json.error().within("event stream");
    if (!*json) co_return Error(ErrorKind::unavailable, "closed by the engine").within("event stream");
    auto event = event_of((*json)->root());
    if (!event) co_return event.error().within("event stream");
    co_return event;
}

}  // namespace dockerext::engine
