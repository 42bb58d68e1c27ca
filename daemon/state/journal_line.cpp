#include "state/journal_line.hpp"

#include "base/json_document.hpp"
#include "base/json_reader.hpp"
#include "base/json_writer.hpp"
#include "model/plan_json.hpp"
#include "state/json_values.hpp"
#include "state/sealed.hpp"

#include <algorithm>

namespace dockerext::state {
namespace {

using Status = JournalEntry::Status;
using Kind = model::Subject::Kind;

std::string line(JsonWriter& content) { return seal(content.take()) + "\n"; }

/// An id that no entry has; later ids must also fit into a JSON number.
constexpr std::uint64_t last_id = std::uint64_t{1} << 53;

std::uint64_t number(ObjectReader& json, std::string_view key) {
    return static_cast<std::uint64_t>(std::max<std::int64_t>(json.integer(key).value_or(0), 0));
}

std::string text(ObjectReader& json, std::string_view key) { return json.string(key).value_or(""); }

std::vector<model::Change> changes_from(ObjectReader& json, Problems& problems) {
    std::vector<model::Change> changes;
    const auto array = json.take("changes");
    const auto items = array ? array->items() : std::vector<JsonCursor>{};
    if (!items) return changes;
    for (const JsonCursor& item : *items) {
        ObjectReader change(item, problems);
        changes.push_back({text(change, "field"), text(change, "have"), text(change, "want")});
    }
    return changes;
}

JournalEntry entry_from(ObjectReader& json, Problems& problems) {
    return {
        .id = number(json, "begin"),
        .cycle = number(json, "cycle"),
        .time = to_time(json.integer("time").value_or(0)),
        .verb = text(json, "verb"),
        .subject = {from_string<Kind>(text(json, "kind")).value_or(Kind::container), text(json, "subject")},
        .service = text(json, "service"),
        .object = text(json, "object"),
        .reason = text(json, "reason"),
        .changes = changes_from(json, problems)};
}

JournalEnding ending_from(ObjectReader& json) {
    return {.id = number(json, "end"),
            .status = from_string<Status>(text(json, "status")).value_or(Status::interrupted),
            .error = text(json, "error"),
            .took = std::chrono::milliseconds(json.integer("tookMs").value_or(0))};
}

}  // namespace

std::string to_line(const JournalEntry& entry) {
    JsonWriter json;
    json.begin_object();
    json.number("begin", entry.id);
    json.number("cycle", entry.cycle);
    json.number("time", to_number(entry.time));
    json.text("verb", entry.verb);
    json.text("kind", to_string(entry.subject.kind));
    json.text("subject", entry.subject.name);
    json.text("service", entry.service);
    json.text("object", entry.object);
    json.text("reason", entry.reason);
    model::write_changes(json, "changes", entry.changes);
    json.end_object();
    return line(json);
}

std::string to_line(const JournalEnding& ending) {
    JsonWriter json;
    json.begin_object();
    json.number("end", ending.id);
    json.text("status", to_string(ending.status));
    json.text("error", ending.error);
    json.number("tookMs", std::int64_t{ending.took.count()});
    json.end_object();
    return line(json);
}

Result<std::variant<JournalEntry, JournalEnding>> from_line(std::string_view line) {
    const auto content = unseal(line);
    if (!content) return content.error();
    const auto document = JsonDocument::parse(*content);
    if (!document) return document.error();
    Problems problems;
    ObjectReader json(document->root(), problems);
    if (json.take("end")) return std::variant<JournalEntry, JournalEnding>(ending_from(json));
    auto entry = entry_from(json, problems);
    if (entry.id == 0 || entry.id >= last_id)
        return Error(ErrorKind::invalid_input, "an entry without an id");
    return std::variant<JournalEntry, JournalEnding>(std::move(entry));
}

}  // namespace dockerext::state
