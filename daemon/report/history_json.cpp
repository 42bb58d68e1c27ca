#include "report/history_json.hpp"

#include "base/iso_time.hpp"
#include "base/json_writer.hpp"
#include "model/plan_json.hpp"

namespace dockerext::report {
namespace {

void write(JsonWriter& json, const state::JournalEntry& entry) {
    json.begin_object();
    json.number("id", entry.id);
    json.text_or_null("time", iso_time(entry.time));
    json.text("verb", entry.verb);
    json.text("object", entry.object);
    json.text_or_null("service", entry.service);
    json.text("reason", entry.reason);
    model::write_changes(json, "changes", entry.changes);
    json.text("status", to_string(entry.status));
    json.text("error", entry.error);
    json.number("tookMs", std::int64_t{entry.took.count()});
    json.end_object();
}

}  // namespace

std::string to_json(const state::HistoryPage& page) {
    JsonWriter json;
    json.begin_object();
    json.begin_array("entries");
    for (const state::JournalEntry& entry : page.entries) write(json, entry);
    json.end_array();
    json.boolean("more", page.more);
    json.end_object();
    return json.take();
}

std::string iso_time(model::WallTime time) {
    return time == model::WallTime{} ? "" : dockerext::iso_time(time);
}

}  // namespace dockerext::report
