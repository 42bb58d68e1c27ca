#include "state/swarm_record.hpp"

#include "base/json_document.hpp"
#include "base/json_reader.hpp"
#include "base/json_writer.hpp"
#include "state/json_values.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dockerext::state {
namespace {

using Doing = model::SwarmRecord::Doing;

using Digests = std::map<std::string, std::string>;

void write_digests(JsonWriter& json, std::string_view key, const Digests& digests) {
    json.begin_object(key);
    for (const auto& [service, digest] : digests) json.text(service, digest);
    json.end_object();
}

Secret to_json(const model::SwarmRecord& record) {
    JsonWriter json;
    json.begin_object();
    json.text("cluster", record.cluster);
    json.text("node", record.node);
    json.boolean("hadTokens", record.had_tokens);
    json.text("doing", to_string(record.doing));
    if (record.doing_since) json.number("doingSince", to_number(*record.doing_since));
    json.boolean("hasDeparted", record.has_departed);
    json.begin_array("labels");
    for (const std::string& key : record.labels) json.text(key);
    json.end_array();
    json.begin_object("downSince");
    for (const auto& [node, time] : record.down_since) json.number(node, to_number(time));
    json.end_object();
    json.text("stack", record.stack.value);
    json.boolean("stackDown", record.is_stack_down);
    write_digests(json, "attempts", record.attempts);
    write_digests(json, "logins", record.logins);
    json.end_object();
    return Secret(json.take());
}

/// What a later decision would take for "no", if it were absent.
template <typename Value>
Value required(std::optional<Value> value, std::string_view key, const ObjectReader& json,
               Problems& problems) {
    if (!value) problems.add(json.cursor().problem("no " + std::string(key)));
    return std::move(value).value_or(Value{});
}

Doing doing_from(ObjectReader& json, Problems& problems) {
    const std::string name = json.string("doing").value_or("");
    if (const auto doing = from_string<Doing>(name)) return *doing;
    problems.add(json.cursor().problem("nothing that can be done is called '" + name + "'"));
    return {};
}

std::map<std::string, model::WallTime> down_since_from(ObjectReader& json, Problems& problems) {
    std::map<std::string, model::WallTime> down_since;
    const auto found = json.take("downSince");
    if (!found) return down_since;
    const auto members = found->members();
    if (!members) problems.add(members.error());
    else {
        for (const auto& [node, member] : *members) {
            const auto time = member.integer();
            if (time) down_since.emplace(node, to_time(*time));
            else problems.add(time.error());
        }
    }
    return down_since;
}

Digests digests_from(ObjectReader& json, std::string_view key, Problems& problems) {
    Digests digests;
    const auto found = json.take(key);
    if (!found) return digests;
    ObjectReader reader(*found, problems);
    const auto members = found->members();
    for (const auto& member : members ? *members : decltype(*members){}) {
        if (auto digest = reader.string(member.first)) digests[member.first] = std::move(*digest);
    }
    return digests;
}

/// Skips unknown members: other versions write other members.
Result<model::SwarmRecord> swarm_record_from(std::string_view text) {
    const auto document =
        JsonDocument::parse(text, JsonDialect::strict, {.bytes = state_file_limit, .depth = 8});
    if (!document) return document.error();
    Problems problems;
    ObjectReader json(document->root(), problems);
    model::SwarmRecord record;
    record.cluster = required(json.string("cluster"), "cluster", json, problems);
    record.node = required(json.string("node"), "node", json, problems);
    record.had_tokens = required(json.boolean("hadTokens"), "hadTokens", json, problems);
    record.doing = doing_from(json, problems);
    if (const auto time = json.integer("doingSince")) record.doing_since = to_time(*time);
    record.has_departed = json.boolean("hasDeparted").value_or(false);
    const auto labels = json.strings("labels");
    record.labels = {labels.begin(), labels.end()};
    record.down_since = down_since_from(json, problems);
    record.stack.value = json.string("stack").value_or("");
    record.is_stack_down = json.boolean("stackDown").value_or(false);
    record.attempts = digests_from(json, "attempts", problems);
    record.logins = digests_from(json, "logins", problems);
    if (!problems.empty()) return Error(ErrorKind::invalid_input, to_text(problems.all()));
    return record;
}

Result<model::SwarmRecord> unseal_swarm_record(const Secret& text) {
    const auto content = unseal(text.reveal());
    if (!content) return content.error();
    return swarm_record_from(*content);
}

}  // namespace

SwarmRecordStore::SwarmRecordStore(const std::filesystem::path& file) : file_(file, state_file_limit) {}

Result<model::SwarmRecord> SwarmRecordStore::load() const {
    const auto text = file_.read();
    if (!text && text.error().kind() == ErrorKind::not_found) return model::SwarmRecord{};
    auto record = text ? unseal_swarm_record(*text) : Result<model::SwarmRecord>(text.error());
    if (!record) return record.error().within("'" + file_.file().native() + "'");
    return record;
}

Result<> SwarmRecordStore::save(const model::SwarmRecord& record) const {
    const auto readable = [](const Secret& text) { return unseal_swarm_record(text).has_value(); };
    if (auto saved = file_.save(to_json(record), readable); !saved)
        return saved.error().within("save this machine's place in the swarm");
    return {};
}

Result<> SwarmRecordStore::remove() const {
    if (auto removed = file_.remove(); !removed)
        return removed.error().within("forget this machine's place in the swarm");
    return {};
}

}  // namespace dockerext::state
