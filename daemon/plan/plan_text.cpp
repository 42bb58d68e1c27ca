#include "plan/plan_text.hpp"

#include "base/json_writer.hpp"

namespace dockerext::plan {

using namespace model;

namespace {

std::string numbers(const std::vector<StepId>& steps) {
    std::string text;
    for (const StepId step : steps) text += (text.empty() ? "" : ",") + std::to_string(step);
    return text;
}

std::string text_of(const Change& change) { return change.field + ": " + change.have + " -> " + change.want; }

std::string line_of(StepId id, const Step& step) {
    std::string line = "[" + numbers(step.after) + "] -> " + std::to_string(id) + " " +
                       std::string(verb(step.operation)) + " " + step.object + ": " + step.reason;
    std::string changes;
    for (const Change& change : step.changes) changes += (changes.empty() ? "" : "; ") + text_of(change);
    if (!changes.empty()) line += " (" + changes + ")";
    if (!step.waits_for.empty()) line += "; waits for " + step.waits_for;
    return line + "\n";
}

void write(JsonWriter& json, const Change& change) {
    json.begin_object();
    json.text("field", change.field);
    json.text("have", change.have);
    json.text("want", change.want);
    json.end_object();
}

void write(JsonWriter& json, StepId id, const Step& step) {
    json.begin_object();
    json.number("id", std::uint64_t{id});
    json.begin_array("after");
    for (const StepId before : step.after) json.number(std::uint64_t{before});
    json.end_array();
    json.text("verb", verb(step.operation));
    json.text("object", step.object);
    json.text("subject", to_string(step.subject));
    json.text("service", step.service ? step.service->value : "");
    json.text("reason", step.reason);
    json.begin_array("changes");
    for (const Change& change : step.changes) write(json, change);
    json.end_array();
    json.text("waitsFor", step.waits_for);
    json.end_object();
}

void write(JsonWriter& json, const Held& held) {
    json.begin_object();
    json.text("subject", to_string(held.subject));
    json.text("service", held.service ? held.service->value : "");
    json.text("why", to_string(held.why));
    json.text("reason", held.reason);
    json.end_object();
}

}  // namespace

std::string to_text(const Plan& plan) {
    std::string text;
    for (StepId id = 0; id < plan.steps.size(); ++id) text += line_of(id, plan.steps[id]);
    for (const Held& held : plan.held) {
        text += "held " + to_string(held.subject) + ": " + std::string(to_string(held.why)) + ": " +
                held.reason + "\n";
    }
    return text;
}

std::string to_json(const Plan& plan) {
    JsonWriter json;
    json.begin_object();
    json.begin_array("steps");
    for (StepId id = 0; id < plan.steps.size(); ++id) write(json, id, plan.steps[id]);
    json.end_array();
    json.begin_array("held");
    for (const Held& held : plan.held) write(json, held);
    json.end_array();
    json.end_object();
    return json.take();
}

Plan redacted(Plan plan, const Redactor& redact) {
    for (Step& step : plan.steps) step.subject.name = redact(step.subject.name);
    for (Held& held : plan.held) held.subject.name = redact(held.subject.name);
    return plan;
}

}  // namespace dockerext::plan
