#include "reconcile/repairs.hpp"

#include "base/joined.hpp"
#include "model/labels.hpp"

#include <algorithm>

namespace dockerext::reconcile {

using namespace model;

namespace {

constexpr auto redrift_window = std::chrono::minutes(10);
constexpr auto forgotten_after = std::chrono::minutes(10);  ///< of the subject being well

bool is_recreation(const Step& step) {
    const auto* create = std::get_if<CreateContainer>(&step.operation);
    return create != nullptr && create->spec.labels.contains(std::string(labels::replace));
}

template <typename... Operations>
bool is_one_of(const Step& step) {
    return (std::holds_alternative<Operations>(step.operation) || ...);
}

/// A missing object that is created has no drifted fields.
bool creates_missing_object(const Step& step) {
    if (is_recreation(step)) return false;
    return is_one_of<CreateContainer, CreateNetwork, CreateVolume, PullImage, BuildImage>(step);
}

/// What the step repairs. A restart does not count here: its cause is recorded separately.
std::set<std::string> repaired_fields(const Step& step) {
    if (creates_missing_object(step)) return {"removed"};
    if (is_one_of<RestartContainer>(step) || is_recreation(step)) return {};
    std::set<std::string> fields;
    for (const Change& change : step.changes) fields.insert(change.field);
    return fields;
}

/// The container that its successor in the slot replaces.
std::optional<ContainerId> replaced_container(const Plan& plan, const Subject& subject) {
    for (const Step& step : plan.steps) {
        const auto* remove = std::get_if<RemoveContainer>(&step.operation);
        const auto* old = remove == nullptr ? nullptr : std::get_if<ContainerId>(&remove->container);
        if (old != nullptr && step.subject == subject) return *old;
    }
    return std::nullopt;
}

bool is_runnable(const Step& step) { return step.waits_for.empty(); }

bool intersect(const std::set<std::string>& one, const std::set<std::string>& other) {
    return std::any_of(one.begin(), one.end(), [&](const std::string& each) { return other.contains(each); });
}

/// A tag that moved undoes no repair.
bool is_new_version(const Fields& fields) { return fields.contains("image"); }

std::set<Subject> open_subjects(const LedgerState& ledger, const Plan& plan) {
    std::set<Subject> open = ledger.history.busy;
    for (const Step& step : plan.steps) open.insert(step.subject);
    for (const Held& held : plan.held) open.insert(held.subject);
    for (const auto& [id, run] : ledger.history.unproven) {
        if (const auto slot = ledger.slots.find(id); slot != ledger.slots.end())
            open.insert(subject_of(slot->second));
    }
    return open;
}

/// Forgets the count of repairs of a field when it has stayed right; for a new container, when it has done so
/// for as long as its run has to hold. A plan says nothing about fields of a subject that is busy, frozen, or
/// in backoff.
void track_field_stability(LedgerState& ledger, const Plan& plan, SteadyTime now) {
    std::set<Subject> undetermined = ledger.history.busy;
    for (const Held& held : plan.held) {
        if (held.why == Held::Why::backoff || held.why == Held::Why::frozen)
            undetermined.insert(held.subject);
    }
    std::map<Subject, Fields> differing;
    for (const Step& step : plan.steps) {
        for (const Change& change : step.changes) differing[step.subject].insert(change.field);
    }
    for (auto& [subject, counts] : ledger.history.repair_counts) {
        if (undetermined.contains(subject)) continue;
        const Fields& still = differing[subject];
        const auto repair = ledger.repairs.find(subject);
        const bool proves = repair != ledger.repairs.end() && repair->second.recreated &&
                            now - repair->second.as_desired_since.value_or(now) < stable_run;
        std::erase_if(counts, [&](const auto& each) { return !proves && !still.contains(each.first); });
    }
    std::erase_if(ledger.history.repair_counts, [](const auto& each) { return each.second.empty(); });
}

/// Notes which subjects are as desired, and for how long.
void track_stability(LedgerState& ledger, const Plan& plan, SteadyTime now) {
    const std::set<Subject> open = open_subjects(ledger, plan);
    for (auto& [subject, repair] : ledger.repairs) {
        if (!open.contains(subject) && !repair.as_desired_since) repair.as_desired_since = now;
    }
    std::erase_if(ledger.repairs, [&](const auto& each) { return now - each.second.at >= redrift_window; });
    std::erase_if(ledger.history.failure_records, [&](const auto& each) {
        if (open.contains(each.first)) return ledger.well_since.erase(each.first), false;
        const SteadyTime since = ledger.well_since.try_emplace(each.first, now).first->second;
        return now - since >= forgotten_after;
    });
    std::erase_if(ledger.well_since,
                  [&](const auto& each) { return !ledger.history.failure_records.contains(each.first); });
    track_field_stability(ledger, plan, now);
}

}  // namespace

std::map<Subject, Fields> repairs_in(const Plan& plan) {
    std::map<Subject, Fields> repairs;
    std::map<Subject, bool> only_removed;
    for (const Step& step : plan.steps) {
        if (!is_runnable(step)) continue;
        const bool removes = is_one_of<StopContainer, RemoveContainer, RunHook>(step);
        only_removed.try_emplace(step.subject, true).first->second &= removes;
    }
    std::set<Subject> removing;
    for (const Step& step : plan.steps) {
        if (is_runnable(step) && is_one_of<RemoveContainer>(step)) removing.insert(step.subject);
    }
    for (const Step& step : plan.steps) {
        if (!is_runnable(step)) continue;
        const bool ends_hand_over = is_one_of<RenameContainer>(step) && removing.contains(step.subject);
        if (!ends_hand_over) repairs[step.subject].merge(repaired_fields(step));
        if (is_one_of<RemoveContainer>(step) && only_removed[step.subject])
            repairs[step.subject].insert("added");
    }
    return repairs;
}

void note_recreations(LedgerState& ledger, const Plan& plan) {
    for (const Step& step : plan.steps) {
        if (!is_runnable(step) || !is_recreation(step)) continue;
        Fields& fields = ledger.recreating[step.subject] = {};
        for (const Change& change : step.changes) fields.insert(change.field);
        if (!step.service || !ledger.followed_services.contains(*step.service)) continue;
        if (const auto old = replaced_container(plan, step.subject))
            ledger.history.recreated[step.subject] = *old;
    }
}

void repaired(LedgerState& ledger, const Subject& subject, const LedgerState::Repair& done, SteadyTime now) {
    for (const std::string& field : done.fields) ++ledger.history.repair_counts[subject][field];
    LedgerState::Repair& repair = ledger.repairs[subject];
    repair.recreated = repair.recreated || done.recreated || subject.kind == Subject::Kind::network;
    repair.at = now;
    repair.as_desired_since.reset();
    repair.fields.insert(done.fields.begin(), done.fields.end());
}

bool check_repairs(LedgerState& ledger, const Plan& plan, SteadyTime now, WallTime wall_now) {
    bool waits = false;
    std::map<Subject, Fields> planned = repairs_in(plan);
    for (const Step& step : plan.steps) {
        if (!is_runnable(step) || !is_recreation(step)) continue;
        for (const Change& change : step.changes) planned[step.subject].insert(change.field);
    }
    for (const auto& [subject, fields] : planned) {
        const auto repair = ledger.repairs.find(subject);
        if (repair == ledger.repairs.end() || fields.empty()) continue;
        const bool drifted_again =
            repair->second.as_desired_since || intersect(fields, repair->second.fields);
        const Duration lasted = now - repair->second.at;
        if (!drifted_again || lasted >= redrift_window || is_new_version(fields)) continue;
        const auto seconds = std::chrono::floor<std::chrono::seconds>(lasted).count();
        failed(ledger, subject,
               "undone " + std::to_string(seconds) + " s after its repair (" + joined(fields, ", ") + ")",
               lasted >= stable_run ? 1 : 0, ledger.backoff, now, wall_now);
        waits = waits || ledger.history.failure_records.at(subject).next_attempt > now;
    }
    if (!waits) track_stability(ledger, plan, now);
    return waits;
}

}  // namespace dockerext::reconcile
