#include "report/status_json.hpp"

#include "base/json_writer.hpp"
#include "model/plan_json.hpp"
#include "report/history_json.hpp"

namespace dockerext::report {
namespace {

using namespace model;

void write(JsonWriter& json, const SettingsStatus& settings) {
    json.begin_object("settings");
    json.number("sequence", settings.sequence);
    json.text("source", settings.source ? to_string(*settings.source) : "");
    json.text("state", to_string(settings.state));
    write_problems(json, "errors", settings.errors);
    json.end_object();
}

void write(JsonWriter& json, const EngineStatus& engine) {
    json.begin_object("engine");
    json.text("state", to_string(engine.state));
    json.text("version", engine.version);
    json.text("api", engine.api);
    json.text_or_null("since", iso_time(engine.since));
    json.text("message", engine.message);
    json.end_object();
}

void write(JsonWriter& json, const PartStatus& part) {
    json.begin_object();
    json.text("name", part.name);
    json.text("state", to_string(part.state));
    json.text("message", part.message);
    json.boolean("final", part.is_final);
    json.end_object();
}

void write(JsonWriter& json, const ContainerStatus& container) {
    json.begin_object();
    json.text("name", container.name.value);
    json.text("id", container.id.value);
    json.text("state", container.state ? to_string(*container.state) : "unknown");
    json.text("health", container.health == Health::none ? "" : to_string(container.health));
    json.text("image", container.image.value);
    json.text("digest", container.digest);
    json.end_object();
}

void write(JsonWriter& json, const ImageCheckStatus& check) {
    json.begin_object("imageCheck");
    json.text_or_null("checkedAt", iso_time(check.checked_at.value_or(WallTime{})));
    json.text("newer", check.newer);
    json.text("error", check.error);
    json.end_object();
}

void write(JsonWriter& json, const Evidence& evidence) {
    json.begin_object();
    json.text("what", evidence.what);
    json.begin_array("lines");
    for (const std::string& line : evidence.lines) json.text(line);
    json.end_array();
    json.end_object();
}

void write(JsonWriter& json, const NodeStatus& node) {
    json.begin_object();
    json.text("id", node.id);
    json.text("name", node.name);
    json.text("role", to_string(node.role));
    json.text("availability", to_string(node.availability));
    json.text("state", to_string(node.state));
    json.text("reachability", node.reachability);
    json.text("engine", node.engine);
    json.text("address", node.address);
    json.end_object();
}

void write(JsonWriter& json, const ServiceStatus& service);

template <typename Values>
void write_all(JsonWriter& json, std::string_view key, const Values& values) {
    json.begin_array(key);
    for (const auto& value : values) write(json, value);
    json.end_array();
}

void write(JsonWriter& json, const std::optional<Watching>& watching) {
    if (!watching) return json.text_or_null("watching", "");
    json.begin_object("watching");
    json.text("since", iso_time(watching->since));
    json.number("seconds", std::int64_t{watching->duration.count()});
    json.end_object();
}

void write(JsonWriter& json, const std::optional<PullStatus>& pull) {
    if (!pull) return json.text_or_null("pull", "");
    json.begin_object("pull");
    json.number("doneBytes", pull->done_bytes);
    json.number("totalBytes", pull->total_bytes);
    json.end_object();
}

void write(JsonWriter& json, const ServiceStatus& service) {
    json.begin_object();
    json.text("name", service.name.value);
    json.text("state", to_string(service.state));
    json.number("wanted", std::uint64_t{service.desired_replicas});
    json.number("running", std::uint64_t{service.running});
    write_all(json, "containers", service.containers);
    write_changes(json, "drift", service.drift);
    json.text("reason", service.reason);
    write_all(json, "evidence", service.evidence);
    write(json, service.watching);
    json.text_or_null("since", iso_time(service.since.value_or(WallTime{})));
    json.number("attempts", std::uint64_t{service.attempts});
    json.text_or_null("nextAttempt", iso_time(service.next_attempt.value_or(WallTime{})));
    json.boolean("inProgress", service.in_progress);
    write(json, service.image_check);
    write(json, service.pull);
    json.end_object();
}

void write(JsonWriter& json, const std::optional<SwarmStatus>& swarm) {
    if (!swarm) return json.text_or_null("swarm", "");
    json.begin_object("swarm");
    json.text("state", to_string(swarm->state));
    json.text("role", swarm->role ? to_string(*swarm->role) : "");
    json.text("cluster", swarm->cluster);
    json.text("node", swarm->node);
    json.text("address", swarm->address);
    write_all(json, "nodes", swarm->nodes);
    json.end_object();
}

void write(JsonWriter& json, const CycleStatus& cycle) {
    json.begin_object("lastCycle");
    json.decimal("durationMs", std::chrono::duration<double, std::milli>(cycle.duration).count());
    json.number("engineCalls", cycle.engine_calls);
    json.end_object();
}

void write(JsonWriter& json, const std::optional<NextWakeUp>& next) {
    if (!next) return json.text_or_null("nextWakeUp", "");
    json.begin_object("nextWakeUp");
    json.text("at", iso_time(next->at));
    json.text("reason", next->reason);
    json.end_object();
}

/// A pause until `resume` has no time: null, as without a pause; `state` distinguishes them.
std::string pause_end(const std::optional<WallTime>& until) {
    return until && *until != WallTime::max() ? iso_time(*until) : "";
}

}  // namespace

std::string to_json(const Status& status) {
    JsonWriter json;
    json.begin_object();
    json.number("version", std::uint64_t{1});
    json.text("state", to_string(status.state));
    write(json, status.settings);
    write(json, status.engine);
    write_all(json, "parts", status.parts);
    write(json, status.swarm);
    write_all(json, "services", status.services);
    write_held(json, "held", status.held);
    json.text_or_null("pausedUntil", pause_end(status.paused_until));
    write(json, status.last_cycle);
    write(json, status.next_wake_up);
    json.number("change", status.change);
    json.end_object();
    return json.take();
}

std::string to_json(const ObjectStatus& object) {
    JsonWriter json;
    json.begin_object();
    json.text("what", to_string(object.subject));
    json.text("state", object.state);
    json.text("reason", object.reason);
    json.begin_array("facts");
    for (const ObjectStatus::Fact& fact : object.facts) {
        json.begin_object();
        json.text("name", fact.name);
        json.text("text", fact.text);
        json.end_object();
    }
    json.end_array();
    json.end_object();
    return json.take();
}

std::string to_json(const ServiceStatus& service) {
    JsonWriter json;
    write(json, service);
    return json.take();
}

}  // namespace dockerext::report
