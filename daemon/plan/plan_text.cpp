#include "plan/plan_text.hpp"

#include "model/plan_json.hpp"

namespace dockerext::plan {

using namespace model;

namespace {

std::string numbers(const std::vector<StepId>& steps) {
    std::string text;
    for (const StepId step : steps) text += (text.empty() ? "" : ",") + std::to_string(step);
    return text;
}

std::string line_of(StepId id, const Step& step) {
    std::string line = "[" + numbers(step.after) + "] -> " + std::to_string(id) + " " +
                       std::string(verb(step.operation)) + " " + step.object + ": " +
                       with_changes(step.reason, step.changes);
    if (!step.waits_for.empty()) line += "; waits for " + step.waits_for;
    return line + "\n";
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
    json.text_or_null("service", step.service.value_or(ServiceName{}).value);
    json.text("reason", step.reason);
    write_changes(json, "changes", step.changes);
    json.text("waitsFor", step.waits_for);
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
    write_held(json, "held", plan.held);
    json.end_object();
    return json.take();
}

Plan redacted(Plan plan, const Redactor& redact) {
    for (Step& step : plan.steps) step.subject.name = redact(step.subject.name);
    for (Held& held : plan.held) held.subject.name = redact(held.subject.name);
    return plan;
}

}  // namespace dockerext::plan
