// The part of FailureLedger that knows what was repaired, and whether the repair has lasted.
#include "model/labels.hpp"
#include "reconcile/failure_ledger.hpp"

#include <algorithm>

namespace dockerext::reconcile {

using namespace model;

namespace {

constexpr auto undone_within = std::chrono::minutes(10);
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
bool makes_anew(const Step& step) {
    if (is_recreation(step)) return false;
    return is_one_of<CreateContainer, CreateNetwork, CreateVolume, PullImage, BuildImage>(step);
}

/// What the step repairs. A restart does not count here: its cause is recorded separately.
std::set<std::string> repaired_by(const Step& step) {
    if (makes_anew(step)) return {"removed"};
    if (is_one_of<RestartContainer>(step) || is_recreation(step)) return {};
    std::set<std::string> fields;
    for (const Change& change : step.changes) fields.insert(change.field);
    return fields;
}

/// The container that its successor in the slot replaces.
std::optional<ContainerId> replaced_by(const Plan& plan, const Subject& subject) {
    for (const Step& step : plan.steps) {
        const auto* remove = std::get_if<RemoveContainer>(&step.operation);
        const auto* old = remove == nullptr ? nullptr : std::get_if<ContainerId>(&remove->container);
        if (old != nullptr && step.subject == subject) return *old;
    }
    return std::nullopt;
}

bool is_runnable(const Step& step) { return step.waits_for.empty(); }

std::string joined(const std::set<std::string>& words) {
    std::string all;
    for (const std::string& word : words) all += (all.empty() ? "" : ", ") + word;
    return all;
}

bool intersect(const std::set<std::string>& one, const std::set<std::string>& other) {
    return std::any_of(one.begin(), one.end(), [&](const std::string& each) { return other.contains(each); });
}

}  // namespace

/// What a plan is about to repair, by subject. A removal is a repair only if the subject has no other step:
/// in a hand-over, the removal and the rename are only the end of it.
std::map<Subject, FailureLedger::Fields> FailureLedger::repairs_in(const Plan& plan) {
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
        if (!ends_hand_over) repairs[step.subject].merge(repaired_by(step));
        if (is_one_of<RemoveContainer>(step) && only_removed[step.subject])
            repairs[step.subject].insert("added");
    }
    return repairs;
}

/// Records the recreations under way, until the new container has started.
void FailureLedger::note_recreations(const Plan& plan) {
    for (const Step& step : plan.steps) {
        if (!is_runnable(step) || !is_recreation(step)) continue;
        Fields& fields = recreating_[step.subject] = {};
        for (const Change& change : step.changes) fields.insert(change.field);
        if (!step.service || !followed_services_.contains(*step.service)) continue;
        if (const auto old = replaced_by(plan, step.subject)) history_.recreated[step.subject] = *old;
    }
}

void FailureLedger::repaired(const Subject& subject, const Repair& done, SteadyTime now) {
    for (const std::string& field : done.fields) ++history_.repaired_for[subject][field];
    Repair& repair = repairs_[subject];
    repair.recreated = repair.recreated || done.recreated || subject.kind == Subject::Kind::network;
    repair.at = now;
    repair.seen_right.reset();
    repair.fields.insert(done.fields.begin(), done.fields.end());
}

bool FailureLedger::judge(const Plan& plan, SteadyTime now, WallTime wall_now) {
    bool waits = false;
    std::map<Subject, Fields> planned = repairs_in(plan);
    for (const Step& step : plan.steps) {
        if (!is_runnable(step) || !is_recreation(step)) continue;
        for (const Change& change : step.changes) planned[step.subject].insert(change.field);
    }
    for (const auto& [subject, fields] : planned) {
        const auto repair = repairs_.find(subject);
        if (repair == repairs_.end() || fields.empty()) continue;
        const bool undone = repair->second.seen_right || intersect(fields, repair->second.fields);
        const Duration lasted = now - repair->second.at;
        if (!undone || lasted >= undone_within) continue;
        const auto seconds = std::chrono::floor<std::chrono::seconds>(lasted).count();
        failed(subject, "undone " + std::to_string(seconds) + " s after its repair (" + joined(fields) + ")",
               lasted >= proper_run ? 1 : 0, backoff_, now, wall_now);
        waits = waits || history_.troubles.at(subject).next_attempt > now;
    }
    if (!waits) take_stock(plan, now);
    return waits;
}

/// Notes which subjects are as desired, and for how long.
void FailureLedger::take_stock(const Plan& plan, SteadyTime now) {
    const std::set<Subject> open = open_subjects(plan);
    for (auto& [subject, repair] : repairs_) {
        if (!open.contains(subject) && !repair.seen_right) repair.seen_right = now;
    }
    std::erase_if(repairs_, [&](const auto& each) { return now - each.second.at >= undone_within; });
    std::erase_if(history_.troubles, [&](const auto& each) {
        if (open.contains(each.first)) return well_since_.erase(each.first), false;
        const SteadyTime since = well_since_.try_emplace(each.first, now).first->second;
        return now - since >= forgotten_after;
    });
    std::erase_if(well_since_, [&](const auto& each) { return !history_.troubles.contains(each.first); });
    take_stock_of_fields(plan, now);
}

std::set<Subject> FailureLedger::open_subjects(const Plan& plan) const {
    std::set<Subject> open = history_.busy;
    for (const Step& step : plan.steps) open.insert(step.subject);
    for (const Held& held : plan.held) open.insert(held.subject);
    for (const auto& [id, run] : history_.unproven) {
        if (const auto slot = slots_.find(id); slot != slots_.end()) open.insert(subject_of(slot->second));
    }
    return open;
}

/// Forgets the count of repairs of a field when it has stayed right; for a new container, when it has done so
/// for as long as its run has to hold. A plan says nothing about fields of a subject that is busy, frozen, or
/// in backoff.
void FailureLedger::take_stock_of_fields(const Plan& plan, SteadyTime now) {
    std::set<Subject> unsaid = history_.busy;
    for (const Held& held : plan.held) {
        if (held.why == Held::Why::backoff || held.why == Held::Why::frozen) unsaid.insert(held.subject);
    }
    std::map<Subject, Fields> differing;
    for (const Step& step : plan.steps) {
        for (const Change& change : step.changes) differing[step.subject].insert(change.field);
    }
    for (auto& [subject, counts] : history_.repaired_for) {
        if (unsaid.contains(subject)) continue;
        const Fields& still = differing[subject];
        const auto repair = repairs_.find(subject);
        const bool proves = repair != repairs_.end() && repair->second.recreated &&
                            now - repair->second.seen_right.value_or(now) < proper_run;
        std::erase_if(counts, [&](const auto& each) { return !proves && !still.contains(each.first); });
    }
    std::erase_if(history_.repaired_for, [](const auto& each) { return each.second.empty(); });
}

}  // namespace dockerext::reconcile
