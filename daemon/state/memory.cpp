#include "state/memory.hpp"

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

void write_recreated(const Memory& memory, JsonWriter& json) {
    json.begin_object("recreatedFor");
    for (const auto& [subject, fields] : memory.repaired_for) {
        json.begin_object(to_string(subject));
        for (const auto& [field, times] : fields) json.number(field, std::uint64_t{times});
        json.end_object();
    }
    json.end_object();
}

void write_past(const Memory& memory, JsonWriter& json) {
    json.begin_object("past");
    for (const auto& [id, past] : memory.past) {
        json.begin_object(id.value);
        json.number("run", to_number(past.run));
        json.boolean("stoppedByHand", past.stopped_by_hand);
        json.boolean("cutOff", past.cut_off);
        json.end_object();
    }
    json.end_object();
}

void write_hooks(const Memory& memory, JsonWriter& json) {
    json.begin_object("owedHooks");
    for (const auto& [subject, owed] : memory.owed_hooks) {
        json.begin_object(to_string(subject));
        json.text("container", owed.container.value);
        json.number("run", to_number(owed.run));
        json.number("count", std::uint64_t{owed.count});
        json.text("failure", owed.failure);
        json.end_object();
    }
    json.end_object();
}

void write_completed(const Memory& memory, JsonWriter& json) {
    json.begin_object("completed");
    for (const auto& [subject, job] : memory.completed) {
        json.begin_object(to_string(subject));
        json.text("configHash", job.config_hash);
        json.text("image", job.image.value);
        json.end_object();
    }
    json.end_object();
}

void write_times(std::string_view key, const std::map<model::ContainerId, model::WallTime>& times,
                 JsonWriter& json) {
    json.begin_object(key);
    for (const auto& [id, time] : times) json.number(id.value, to_number(time));
    json.end_object();
}

std::string to_json(const Memory& memory) {
    JsonWriter json;
    json.begin_object();
    json.text("project", memory.project.value);
    json.text("settings", memory.settings);
    json.begin_object("failedRollouts");
    for (const auto& [subject, times] : memory.failed_rollouts)
        json.number(to_string(subject), std::uint64_t{times});
    json.end_object();
    json.begin_object("formerNetworks");
    for (const auto& [name, network] : memory.former_networks) {
        json.begin_object(name.value);
        write_network(network, json);
        json.end_object();
    }
    json.end_object();
    write_recreated(memory, json);
    json.begin_array("pulled");
    for (const auto& image : memory.pulled) json.text(image.value);
    json.end_array();
    write_times("running", memory.running, json);
    write_times("followed", memory.followed, json);
    json.begin_object("recreated");
    for (const auto& [subject, old] : memory.recreated) json.text(to_string(subject), old.value);
    json.end_object();
    write_completed(memory, json);
    write_past(memory, json);
    write_hooks(memory, json);
    json.begin_object("leaving");
    for (const auto& [project, extent] : memory.leaving) {
        json.begin_object(project.value);
        json.boolean("volumes", extent == model::Extent::with_volumes);
        json.end_object();
    }
    json.end_object();
    if (memory.looked_until) json.number("lookedUntil", to_number(*memory.looked_until));
    if (memory.paused_until) json.number("pausedUntil", to_number(*memory.paused_until));
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

std::map<model::ContainerId, model::WallTime> times_in(ObjectReader& object, std::string_view key,
                                                       Problems& problems) {
    std::map<model::ContainerId, model::WallTime> times;
    for (const auto& [id, time] : members_of(object, key)) {
        const auto number = time.integer();
        if (number) times[{id}] = to_time(*number);
        else problems.add(number.error());
    }
    return times;
}

model::OwedHooks owed_of(const JsonCursor& json) {
    Problems problems;  // what cannot be read is as if it was not there
    ObjectReader owed(json, problems);
    return {.container = {owed.string("container").value_or("")},
            .run = time_of(owed, "run").value_or(model::WallTime{}),
            .count = static_cast<unsigned>(owed.integer("count").value_or(0)),
            .failure = owed.string("failure").value_or("")};
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

model::Past past_from(const JsonCursor& json, Problems& problems) {
    ObjectReader past(json, problems);
    return {.run = time_of(past, "run").value_or(model::WallTime{}),
            .stopped_by_hand = past.boolean("stoppedByHand").value_or(false),
            .cut_off = past.boolean("cutOff").value_or(false)};
}

/// Version 0.1 wrote only the names, as "retired".
std::map<model::ProjectName, model::Extent> leaving_in(ObjectReader& memory, Problems& problems) {
    using model::Extent;
    std::map<model::ProjectName, Extent> leaving;
    for (const std::string& project : memory.strings("retired")) leaving[{project}] = Extent::without_volumes;
    for (const auto& [project, value] : members_of(memory, "leaving")) {
        ObjectReader one(value, problems);
        const bool volumes = one.boolean("volumes").value_or(false);
        leaving[{project}] = volumes ? Extent::with_volumes : Extent::without_volumes;
    }
    return leaving;
}

/// Absent members read as empty, and unknown ones are skipped: other versions write other members.
Result<Memory> memory_from(std::string_view text) {
    const auto document =
        JsonDocument::parse(text, JsonDialect::strict, {.bytes = state_file_limit, .depth = 8});
    if (!document) return document.error();
    Problems problems;
    ObjectReader json(document->root(), problems);
    Memory memory;
    memory.project.value = json.string("project").value_or("");
    memory.settings = json.string("settings").value_or("");
    memory.failed_rollouts = by_subject(members_of(json, "failedRollouts"), count_of);
    for (const auto& [name, network] : members_of(json, "formerNetworks"))
        memory.former_networks[{name}] = network_of(network);
    memory.repaired_for = by_subject(members_of(json, "recreatedFor"), counts_of);
    for (const std::string& image : json.strings("pulled")) memory.pulled.insert({image});
    memory.running = times_in(json, "running", problems);
    memory.followed = times_in(json, "followed", problems);
    memory.owed_hooks = by_subject(members_of(json, "owedHooks"), owed_of);
    memory.recreated = by_subject(members_of(json, "recreated"), id_of);
    memory.completed = by_subject(members_of(json, "completed"), job_of);
    for (const auto& [id, past] : members_of(json, "past")) memory.past[{id}] = past_from(past, problems);
    memory.leaving = leaving_in(json, problems);
    memory.looked_until = time_of(json, "lookedUntil");
    memory.paused_until = time_of(json, "pausedUntil");
    if (!problems.empty()) return Error(ErrorKind::invalid_input, to_text(problems.all()));
    return memory;
}

Result<Memory> read_memory(const std::filesystem::path& path) {
    const auto fd = open_regular(AT_FDCWD, path);
    if (!fd) return fd.error();
    const auto bytes = read_all(*fd, state_file_limit);
    if (!bytes) return bytes.error();
    const auto content = unseal(*bytes);
    if (!content) return content.error();
    return memory_from(*content);
}

}  // namespace

Memory MemoryStore::load() const {
    auto memory = read_memory(file_);
    if (memory) return std::move(*memory);
    if (memory.error().kind() != ErrorKind::not_found) {
        log::warning("state unreadable; starting over",
                     {{"FILE", file_.native()}, {"ERROR", memory.error().message()}});
    }
    return {};
}

Result<> MemoryStore::save(const Memory& memory) {
    if (auto saved = replace_file(file_, seal(to_json(memory))); !saved)
        return saved.error().within("save the state");
    return {};
}

}  // namespace dockerext::state
