#include "reconcile/drift_tally.hpp"

#include <map>
#include <string>
#include <string_view>
#include <variant>

namespace dockerext::reconcile {

using namespace model;

namespace {

using Fields = std::set<std::string>;

/// "environment.HOME" → "environment", "engine.config.debug" → "engine.config": only names of the model, not
/// of users, so that there is a fixed number of them.
std::string bounded(const std::string& field) {
    constexpr std::string_view engine = "engine.";
    constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz_-.";
    const std::string name = field.substr(0, field.find('.', field.starts_with(engine) ? engine.size() : 0));
    const bool is_name = !name.empty() && name.find_first_not_of(letters) == std::string::npos;
    return is_name ? name : "other";
}

/// The state of the subject is not known, or its run has only not held yet.
bool says_nothing(const Held& held) {
    return held.why == Held::Why::unknown || held.why == Held::Why::unproven;
}

/// For a change elsewhere, or because somebody asked for it: the container is as the settings ask.
bool is_requested_restart(const Step& step) {
    const auto* const restart = std::get_if<RestartContainer>(&step.operation);
    return restart != nullptr && restart->cause_started_at && step.changes.empty();
}

/// What differs, by subject. An object that is created was removed; what is held does not say. What waits for
/// a later repair has no fields yet.
std::map<Subject, Fields> differing_fields(const Plan& plan) {
    std::map<Subject, Fields> fields;
    std::set<Subject> restarted;
    for (const Step& step : plan.steps) {
        if (is_requested_restart(step)) restarted.insert(step.subject);
        Fields& of_subject = fields[step.subject];
        for (const Change& change : step.changes) of_subject.insert(bounded(change.field));
        const bool is_missing = std::holds_alternative<CreateContainer>(step.operation) ||
                                std::holds_alternative<CreateNetwork>(step.operation) ||
                                std::holds_alternative<CreateVolume>(step.operation);
        if (is_missing && step.changes.empty()) of_subject.insert("removed");
    }
    for (auto& [subject, of_subject] : fields)
        if (of_subject.empty() && !restarted.contains(subject)) of_subject.insert("other");
    for (const Held& held : plan.held) {
        if (says_nothing(held)) continue;
        const bool is_new = fields.try_emplace(held.subject).second;
        if (is_new && held.why != Held::Why::backoff) fields[held.subject].insert("other");
    }
    return fields;
}

}  // namespace

void DriftTally::plan_made(const Plan& plan, const std::set<Subject>& present, const std::set<Subject>& busy,
                           report::Counters& counters) {
    const auto differing = differing_fields(plan);
    for (const auto& [subject, fields] : differing) {
        if (fields.empty() || busy.contains(subject) || as_desired_.erase(subject) == 0) continue;
        for (const std::string& field : fields)
            ++counters.drift[{std::string(to_string(subject.kind)), field}];
    }
    for (const Subject& subject : present)
        if (!differing.contains(subject) && !busy.contains(subject)) as_desired_.insert(subject);
}

}  // namespace dockerext::reconcile
