#include "model/plan_json.hpp"

namespace dockerext::model {

void write_changes(JsonWriter& json, std::string_view key, const std::vector<Change>& changes) {
    json.begin_array(key);
    for (const Change& change : changes) {
        json.begin_object();
        json.text("field", change.field);
        json.text("have", change.have);
        json.text("want", change.want);
        json.end_object();
    }
    json.end_array();
}

void write_held(JsonWriter& json, std::string_view key, const std::vector<Held>& held) {
    json.begin_array(key);
    for (const Held& one : held) {
        json.begin_object();
        json.text("subject", to_string(one.subject));
        json.text_or_null("service", one.service.value_or(ServiceName{}).value);
        json.text("why", to_string(one.why));
        json.text("reason", one.reason);
        json.end_object();
    }
    json.end_array();
}

}  // namespace dockerext::model
