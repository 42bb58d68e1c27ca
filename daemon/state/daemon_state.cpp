#include "state/daemon_state.hpp"

#include "base/atomic_file.hpp"
#include "base/json_document.hpp"
#include "base/json_reader.hpp"
#include "base/json_writer.hpp"
#include "base/log.hpp"
#include "base/regular_file.hpp"
#include "state/json_values.hpp"
#include "state/sealed.hpp"

#include <fcntl.h>

#include <utility>
#include <vector>

namespace dockerext::state {
namespace {

void write_repairs(const DaemonState& daemon_state, JsonWriter& json) {
    json.begin_object("recreatedFor");
    for (const auto& [subject, fields] : daemon_state.repair_counts) {
        json.begin_object(to_string(subject));
        for (const auto& [field, times] : fields) json.number(field, std::uint64_t{times});
        json.end_object();
    }
    json.end_object();
}

void write_past(const DaemonState& daemon_state, JsonWriter& json) {
    json.begin_object("past");
    for (const auto& [id, ended_run] : daemon_state.ended_run) {
        json.begin_object(id.value);
        json.number("run", to_number(ended_run.run));
        json.boolean("stoppedByHand", ended_run.stopped_manually);
        json.boolean("cutOff", ended_run.interrupted);
        json.end_object();
    }
    json.end_object();
}

void write_hooks(const DaemonState& daemon_state, JsonWriter& json) {
    json.begin_object("owedHooks");
    for (const auto& [subject, pending] : daemon_state.pending_hooks) {
        json.begin_object(to_string(subject));
        json.text("container", pending.container.value);
        json.number("run", to_number(pending.run));
        json.number("count", std::uint64_t{pending.count});
        json.text("failure", pending.failure);
        json.end_object();
    }
    json.end_object();
}

void write_completed(const DaemonState& daemon_state, JsonWriter& json) {
    json.begin_object("completed");
    for (const auto& [subject, job] : daemon_state.completed) {
        json.begin_object(to_string(subject));
        json.text("configHash", job.config_hash);
        json.text("image", job.image.value);
        json.end_object();
    }
    json.end_object();
}

template <typename Name>
void write_names(std::string_view key, const std::set<Name>& names, JsonWriter& json) {
    json.begin_array(key);
    for (const auto& name : names) json.text(name.value);
    json.end_array();
}

void write_brought(const DaemonState& daemon_state, JsonWriter& json) {
    json.begin_object("brought");
    for (const auto& [id, image] : daemon_state.brought) {
        json.begin_object(id.value);
        json.begin_array("tags");
        for (const std::string& tag : image.tags) json.text(tag);
        json.end_array();
        json.boolean("built", image.built);
        if (image.unused_since) json.number("unusedSince", to_number(*image.unused_since));
        if (image.refused_at) json.number("refusedAt", to_number(*image.refused_at));
        json.end_object();
    }
    json.end_object();
    write_names("arrived", daemon_state.arrived, json);
    write_names("imagesBefore", daemon_state.images_before, json);
}

template <typename Name>
void write_times(std::string_view key, const std::map<Name, model::WallTime>& times, JsonWriter& json) {
    json.begin_object(key);
    for (const auto& [name, time] : times) json.number(name.value, to_number(time));
    json.end_object();
}

void write_rollouts(const DaemonState& daemon_state, JsonWriter& json) {
    json.begin_object("rolloutFailures");
    for (const auto& [subject, rollout] : daemon_state.failed_rollouts) {
        json.begin_object(to_string(subject));
        json.number("attempts", std::uint64_t{rollout.attempts});
        json.text("error", rollout.error);
        json.text("image", rollout.image.value);
        json.text("old", rollout.old);
        json.boolean("ran", rollout.ran);
        json.end_object();
    }
    json.end_object();
    json.begin_object("formerNetworks");
    for (const auto& [name, network] : daemon_state.former_networks) {
        json.begin_object(name.value);
        write_network(network, json);
        json.end_object();
    }
    json.end_object();
}

void write_former_projects(const DaemonState& daemon_state, JsonWriter& json) {
    json.begin_object("leaving");
    for (const auto& [project, scope] : daemon_state.former) {
        json.begin_object(project.value);
        json.boolean("volumes", scope == model::RemovalScope::with_volumes);
        json.end_object();
    }
    json.end_object();
}

void write_rolled_back(const RolledBack& rolled_back, JsonWriter& json) {
    json.begin_object("rolledBack");
    json.text("from", rolled_back.from);
    json.number("number", std::uint64_t{rolled_back.number});
    write_names("services", rolled_back.services, json);
    write_names("kept", rolled_back.kept, json);
    json.text("reason", rolled_back.reason);
    json.begin_object("images");
    for (const auto& [image, id] : rolled_back.images) json.text(image.value, id.value);
    json.end_object();
    json.end_object();
}

void write_registry_images(const DaemonState& daemon_state, JsonWriter& json) {
    json.begin_object("registryImages");
    for (const auto& [image, registry] : daemon_state.registry_images) {
        json.begin_object(image.value);
        json.text("digest", registry.digest);
        if (registry.created_at) json.number("createdAt", to_number(*registry.created_at));
        json.number("checkedAt", to_number(registry.checked_at));
        json.boolean("answered", registry.is_answered);
        json.number("jitter", std::uint64_t{registry.jitter});
        json.number("notBefore", to_number(registry.not_before));
        json.number("failures", std::uint64_t{registry.failures});
        json.text("error", registry.error);
        json.end_object();
    }
    json.end_object();
}

std::string to_json(const DaemonState& daemon_state) {
    JsonWriter json;
    json.begin_object();
    json.text("project", daemon_state.project.value);
    json.text("settings", daemon_state.settings);
    write_rollouts(daemon_state, json);
    write_repairs(daemon_state, json);
    write_names("pulled", daemon_state.pulled, json);
    write_registry_images(daemon_state, json);
    write_brought(daemon_state, json);
    write_times("running", daemon_state.running, json);
    write_names("proven", daemon_state.proven, json);
    write_times("followed", daemon_state.restarted_for, json);
    write_times("askedRestarts", daemon_state.asked_restarts, json);
    write_times("lastUpdate", daemon_state.last_update, json);
    json.begin_object("recreated");
    for (const auto& [subject, old] : daemon_state.recreated) json.text(to_string(subject), old.value);
    json.end_object();
    write_completed(daemon_state, json);
    write_past(daemon_state, json);
    write_hooks(daemon_state, json);
    write_former_projects(daemon_state, json);
    if (daemon_state.rolled_back) write_rolled_back(*daemon_state.rolled_back, json);
    if (daemon_state.last_look_at) json.number("lookedUntil", to_number(*daemon_state.last_look_at));
    if (daemon_state.paused_until) json.number("pausedUntil", to_number(*daemon_state.paused_until));
    json.end_object();
    return json.take();
}

using Members = std::vector<std::pair<std::string, JsonCursor>>;

Members members_of(ObjectReader& object, std::string_view key) {
    const auto found = object.take(key);
    auto members = found ? found->members() : Members{};
    return members ? std::move(*members) : Members{};
}

unsigned count_of(const JsonCursor& json) {
    const auto count = json.integer();
    return count ? static_cast<unsigned>(*count) : 0;
}

std::map<std::string, unsigned> counts_of(const JsonCursor& json) {
    std::map<std::string, unsigned> counts;
    const auto members = json.members();
    if (!members) return counts;
    for (const auto& [name, count] : *members) counts[name] = count_of(count);
    return counts;
}

/// Reads the members whose names are subjects, each with `read`.
template <typename T>
std::map<model::Subject, T> by_subject(const Members& members, T (*read)(const JsonCursor&)) {
    std::map<model::Subject, T> all;
    for (const auto& [name, value] : members) {
        if (auto subject = model::parse_subject(name)) all[std::move(*subject)] = read(value);
    }
    return all;
}

std::optional<model::WallTime> time_of(ObjectReader& object, std::string_view key) {
    const auto number = object.integer(key);
    return number ? std::optional(to_time(*number)) : std::nullopt;
}

template <typename Name>
std::map<Name, model::WallTime> times_in(ObjectReader& object, std::string_view key, Problems& problems) {
    std::map<Name, model::WallTime> times;
    for (const auto& [name, time] : members_of(object, key)) {
        const auto number = time.integer();
        if (number) times[{name}] = to_time(*number);
        else problems.add(number.error());
    }
    return times;
}

model::PendingHooks pending_hooks_of(const JsonCursor& json) {
    Problems problems;  // what cannot be read is as if it was not there
    ObjectReader pending(json, problems);
    return {.container = {pending.string("container").value_or("")},
            .run = time_of(pending, "run").value_or(model::WallTime{}),
            .count = static_cast<unsigned>(pending.integer("count").value_or(0)),
            .failure = pending.string("failure").value_or("")};
}

model::FailedRollout rollout_of(const JsonCursor& json) {
    Problems problems;  // what cannot be read is as if it was not there
    ObjectReader rollout(json, problems);
    return {.attempts = static_cast<unsigned>(rollout.integer("attempts").value_or(0)),
            .error = rollout.string("error").value_or(""),
            .image = {rollout.string("image").value_or("")},
            .old = rollout.string("old").value_or(""),
            .ran = rollout.boolean("ran").value_or(false)};
}

model::CompletedJob job_of(const JsonCursor& json) {
    Problems problems;  // what cannot be read is as if it was not there
    ObjectReader job(json, problems);
    return {.config_hash = job.string("configHash").value_or(""),
            .image = {job.string("image").value_or("")}};
}

model::ContainerId id_of(const JsonCursor& json) {
    const auto id = json.string();
    return {id ? std::string(*id) : ""};
}

model::BroughtImage brought_image_from(const JsonCursor& json, Problems& problems) {
    ObjectReader image(json, problems);
    const std::vector<std::string> tags = image.strings("tags");
    return {.tags = {tags.begin(), tags.end()},
            .built = image.boolean("built").value_or(false),
            .unused_since = time_of(image, "unusedSince"),
            .refused_at = time_of(image, "refusedAt")};
}

model::EndedRun past_from(const JsonCursor& json, Problems& problems) {
    ObjectReader ended_run(json, problems);
    return {.run = time_of(ended_run, "run").value_or(model::WallTime{}),
            .stopped_manually = ended_run.boolean("stoppedByHand").value_or(false),
            .interrupted = ended_run.boolean("cutOff").value_or(false)};
}

model::RegistryImage registry_image_of(const JsonCursor& json, Problems& problems) {
    ObjectReader registry(json, problems);
    return {.digest = registry.string("digest").value_or(""),
            .created_at = time_of(registry, "createdAt"),
            .checked_at = time_of(registry, "checkedAt").value_or(model::WallTime{}),
            .is_answered = registry.boolean("answered").value_or(false),
            .jitter = static_cast<unsigned>(registry.integer("jitter").value_or(0)),
            .not_before = time_of(registry, "notBefore").value_or(model::WallTime{}),
            .failures = static_cast<unsigned>(registry.integer("failures").value_or(0)),
            .error = registry.string("error").value_or("")};
}

std::set<model::ServiceName> names_in(ObjectReader& json, std::string_view key) {
    std::set<model::ServiceName> names;
    for (std::string& name : json.strings(key)) names.insert({std::move(name)});
    return names;
}

std::map<model::ImageRef, model::ImageId> image_ids_in(ObjectReader& json, std::string_view key) {
    std::map<model::ImageRef, model::ImageId> ids;
    for (const auto& [image, id] : members_of(json, key)) {
        if (const auto text = id.string()) ids[{image}] = {*text};
    }
    return ids;
}

RolledBack rolled_back_from(const JsonCursor& json, Problems& problems) {
    ObjectReader rolled_back(json, problems);
    return {.from = rolled_back.string("from").value_or(""),
            .number = static_cast<unsigned>(rolled_back.integer("number").value_or(0)),
            .services = names_in(rolled_back, "services"),
            .kept = names_in(rolled_back, "kept"),
            .reason = rolled_back.string("reason").value_or(""),
            .images = image_ids_in(rolled_back, "images")};
}

/// Version 0.1 wrote only the names, as "retired".
std::map<model::ProjectName, model::RemovalScope> former_projects_in(ObjectReader& daemon_state,
                                                                     Problems& problems) {
    using model::RemovalScope;
    std::map<model::ProjectName, RemovalScope> former;
    for (const std::string& project : daemon_state.strings("retired"))
        former[{project}] = RemovalScope::without_volumes;
    for (const auto& [project, value] : members_of(daemon_state, "leaving")) {
        ObjectReader one(value, problems);
        const bool volumes = one.boolean("volumes").value_or(false);
        former[{project}] = volumes ? RemovalScope::with_volumes : RemovalScope::without_volumes;
    }
    return former;
}

void read_images(ObjectReader& json, DaemonState& daemon_state, Problems& problems) {
    for (const std::string& image : json.strings("pulled")) daemon_state.pulled.insert({image});
    for (const auto& [image, registry] : members_of(json, "registryImages"))
        daemon_state.registry_images[{image}] = registry_image_of(registry, problems);
    for (const auto& [id, image] : members_of(json, "brought"))
        daemon_state.brought[{id}] = brought_image_from(image, problems);
    for (const std::string& image : json.strings("arrived")) daemon_state.arrived.insert({image});
    for (const std::string& id : json.strings("imagesBefore")) daemon_state.images_before.insert({id});
}

/// Absent members read as empty, and unknown ones are skipped: other versions write other members.
Result<DaemonState> daemon_state_from(std::string_view text) {
    const auto document =
        JsonDocument::parse(text, JsonDialect::strict, {.bytes = state_file_limit, .depth = 8});
    if (!document) return document.error();
    Problems problems;
    ObjectReader json(document->root(), problems);
    DaemonState daemon_state;
    daemon_state.project.value = json.string("project").value_or("");
    daemon_state.settings = json.string("settings").value_or("");
    daemon_state.failed_rollouts = by_subject(members_of(json, "rolloutFailures"), rollout_of);
    for (const auto& [name, network] : members_of(json, "formerNetworks"))
        daemon_state.former_networks[{name}] = network_of(network);
    daemon_state.repair_counts = by_subject(members_of(json, "recreatedFor"), counts_of);
    read_images(json, daemon_state, problems);
    for (const std::string& id : json.strings("proven")) daemon_state.proven.insert({id});
    daemon_state.running = times_in<model::ContainerId>(json, "running", problems);
    daemon_state.restarted_for = times_in<model::ContainerId>(json, "followed", problems);
    daemon_state.asked_restarts = times_in<model::ServiceName>(json, "askedRestarts", problems);
    daemon_state.last_update = times_in<model::ServiceName>(json, "lastUpdate", problems);
    daemon_state.pending_hooks = by_subject(members_of(json, "owedHooks"), pending_hooks_of);
    daemon_state.recreated = by_subject(members_of(json, "recreated"), id_of);
    daemon_state.completed = by_subject(members_of(json, "completed"), job_of);
    for (const auto& [id, ended_run] : members_of(json, "past"))
        daemon_state.ended_run[{id}] = past_from(ended_run, problems);
    daemon_state.former = former_projects_in(json, problems);
    if (const auto rolled_back = json.take("rolledBack"))
        daemon_state.rolled_back = rolled_back_from(*rolled_back, problems);
    daemon_state.last_look_at = time_of(json, "lookedUntil");
    daemon_state.paused_until = time_of(json, "pausedUntil");
    if (!problems.empty()) return Error(ErrorKind::invalid_input, to_text(problems.all()));
    return daemon_state;
}

Result<DaemonState> read_daemon_state(const std::filesystem::path& path) {
    const auto fd = open_regular(AT_FDCWD, path);
    if (!fd) return fd.error();
    const auto bytes = read_all(*fd, state_file_limit);
    if (!bytes) return bytes.error();
    const auto content = unseal(*bytes);
    if (!content) return content.error();
    return daemon_state_from(*content);
}

}  // namespace

DaemonState DaemonStateStore::load() const {
    auto daemon_state = read_daemon_state(file_);
    if (daemon_state) return std::move(*daemon_state);
    if (daemon_state.error().kind() != ErrorKind::not_found) {
        log::warning("cannot read " + file_.native() + "; starting without what it remembers",
                     {{"FILE", file_.native()}, {"ERROR", daemon_state.error().message()}});
    }
    return {};
}

Result<> DaemonStateStore::save(const DaemonState& daemon_state) {
    if (auto saved = replace_file(file_, seal(to_json(daemon_state))); !saved)
        return saved.error().within("save the state");
    return {};
}

}  // namespace dockerext::state
