#include "base/joined.hpp"
#include "plan/stack_differences.hpp"
#include "plan/stack_planner.hpp"
#include "plan/stack_work.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

// The services of a stack.
namespace dockerext::plan {

using namespace model;

namespace {

/// Networks, configs and secrets that do not exist yet, each of which has a step or is held.
std::string missing_objects(const StackWork& work, const Stack& stack, const StackService& service,
                            const std::vector<std::string>& networks) {
    std::vector<std::string> missing;
    for (const StackFileUse& use : service.files) {
        const auto& [name, id] = work.files.at({use.kind, use.name});
        if (id.empty()) missing.push_back(std::string(to_string(use.kind)) + " " + name);
    }
    for (const std::string& name : networks) {
        const auto wanted = stack.networks.find(NetworkName{name});
        const bool is_own = wanted != stack.networks.end() && !wanted->second.external;
        if (is_own && !work.networks.contains(name)) missing.push_back("network " + name);
    }
    return joined(missing, ", ");
}

void replace_all(std::string& text, const std::string& what, const std::string& by) {
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size()))
        text.replace(at, what.size(), by);
}

/// Values of variables are never shown, like those of containers: they are secrets often, and what people
/// have set by hand is known to nobody as one.
bool is_hidden(const Change& change, const Redactor& redact) {
    return change.field.starts_with("environment.") || redact.has_secret_in(change.have) ||
           redact.has_secret_in(change.want);
}

/// With the names of networks instead of their ids, and without secrets.
std::vector<Change> shown(std::vector<Change> changes, const StackWork& work) {
    for (Change& change : changes) {
        change.field = work.redact(change.field);
        const bool hides = is_hidden(change, work.redact);
        for (std::string* const text : {&change.have, &change.want}) {
            for (const auto& [name, id] : work.networks) replace_all(*text, id, name);
            if (hides && !text->empty()) *text = "(hidden)";
        }
    }
    return changes;
}

/// "2 of 3 tasks run; no suitable node (insufficient memory on 2 nodes)".
std::string tasks_text(const ObservedStackService& service) {
    std::string text = std::to_string(service.running) + " of " + std::to_string(service.wanted) +
                       (service.wanted == 1 ? " task runs" : " tasks run");
    std::vector<std::string> told;
    for (const TaskProblem& problem : service.problems) {
        if (problem.error.empty()) continue;
        std::string one = problem.state + ": " + problem.error;
        if (std::find(told.begin(), told.end(), one) == told.end()) told.push_back(std::move(one));
    }
    return told.empty() ? text : text + "; " + joined(told, "; ");
}

/// A task that has ended well, of a service whose restart policy leaves it at that.
bool has_run(const ObservedStackService& service, const TaskProblem& problem) {
    const bool is_left = service.spec.find(R"("Condition":"none")") != std::string::npos ||
                         service.spec.find(R"("Condition":"on-failure")") != std::string::npos;
    return is_left && problem.state == "complete";
}

unsigned completed_tasks(const ObservedStackService& service) {
    const auto ended = std::count_if(service.problems.begin(), service.problems.end(),
                                     [&](const TaskProblem& problem) { return has_run(service, problem); });
    return service.completed + static_cast<unsigned>(ended);
}

bool has_failed_tasks(const ObservedStackService& service) {
    return std::any_of(service.problems.begin(), service.problems.end(), [&](const TaskProblem& problem) {
        return !problem.error.empty() && !has_run(service, problem);
    });
}

std::string update_text(const ObservedStackService& service, const std::string& what) {
    return what + (service.update_message.empty() ? "" : ": " + service.update_message);
}

bool was_rolled_back(const ObservedStackService& service) {
    return service.update == ServiceUpdate::rollback_started ||
           service.update == ServiceUpdate::rollback_paused ||
           service.update == ServiceUpdate::rollback_completed;
}

/// Of a service whose spec is as wanted.
void report_tasks(StackWork& work, const Subject& subject, const ObservedStackService& service) {
    const std::string tasks = work.redact(tasks_text(service));
    switch (service.update) {
    case ServiceUpdate::paused:
    case ServiceUpdate::rollback_paused:
        return work.fail_and_hold(subject, Held::Why::failed,
                                  work.redact(update_text(service, "SwarmKit has paused the update")) + "; " +
                                      tasks + "; change the settings to go on");
    case ServiceUpdate::updating:
    case ServiceUpdate::rollback_started:
        work.tasks_start = true;
        work.report(subject.name, PartState::pending, "SwarmKit is updating it: " + tasks);
        return work.hold(subject, Held::Why::unproven, "the update is not over: " + tasks);
    case ServiceUpdate::none:
    case ServiceUpdate::completed:
    case ServiceUpdate::rollback_completed: break;
    }
    if (work.history.just_changed.contains(service.name)) {
        work.tasks_start = true;
        return work.report(subject.name, PartState::pending, tasks);
    }
    const bool is_complete = service.running + completed_tasks(service) >= service.wanted;
    if (is_complete && !has_failed_tasks(service))
        return work.report(subject.name, PartState::ok, service.wanted > 0 ? tasks : "");
    work.tasks_start = !has_failed_tasks(service);
    work.report(subject.name, has_failed_tasks(service) ? PartState::failed : PartState::pending, tasks);
}

void hold_rolled_back(StackWork& work, const Subject& subject, const ObservedStackService& service) {
    const bool is_over = service.update == ServiceUpdate::rollback_completed;
    const std::string why =
        work.redact(update_text(service, is_over ? "the update has failed, and SwarmKit has rolled it back"
                                                 : "the update has failed, and SwarmKit rolls it back")) +
        "; not tried again before the settings change or `dockerextd reconcile` is run";
    if (work.leads) return work.fail_and_hold(subject, Held::Why::failed, why);
    work.report(subject.name, PartState::failed, why);  // the leader may be about to update it
}

/// Adds the step that creates or updates the service.
void add_step(StackWork& work, const Subject& subject, Step step, const std::string& missing) {
    work.is_accepted = false;
    if (!missing.empty()) {
        work.report(subject.name, PartState::pending, "waiting for " + missing);
        step.waits_for = missing + " to be created";
        work.add(std::move(step));
        return;
    }
    if (work.begin(subject, std::string(verb(step.operation)))) work.add(std::move(step));
}

/// Another login: nodes that pull the image later need it. An update of the login alone restarts no task, but
/// it would hide what became of an update before (measured with 20.10).
bool has_other_login(const StackWork& work, const ObservedStackService& service) {
    const auto wanted = work.logins.find(service.name);
    const auto& given = work.history.record.logins;
    const auto present = given.find(service.name);
    const bool is_quiet = service.update == ServiceUpdate::none || service.update == ServiceUpdate::completed;
    const bool is_job = service.spec.find(R"("ReplicatedJob":)") != std::string::npos ||
                        service.spec.find(R"("GlobalJob":)") != std::string::npos;  // it would run again
    return is_quiet && !is_job && wanted != work.logins.end() && present != given.end() &&
           present->second != wanted->second;
}

/// Whether an update to that spec has been made before. Only the leader's daemon knows; the others take it
/// that it has.
bool has_tried(const StackWork& work, const std::string& service, const std::string& spec) {
    const auto& attempts = work.history.record.attempts;
    const auto attempt = attempts.find(service);
    return !work.leads || (attempt != attempts.end() && attempt->second == attempt_of(spec));
}

/// The mode that the service has; null if that is as wanted.
const std::string* change_of_mode(const std::vector<Change>& changes) {
    const auto found = std::find_if(changes.begin(), changes.end(),
                                    [](const Change& change) { return change.field == "deploy.mode"; });
    return found == changes.end() ? nullptr : &found->have;
}

void update_service(StackWork& work, const Subject& subject, const StackService& service,
                    const ObservedStackService& present, const JsonCursor& have, CompleteService complete,
                    const std::string& missing) {
    const JsonDocument want = parse_spec(complete.spec);
    std::vector<Change> changes = shown(stack_differences(have, want.root()), work);
    const bool is_for_login = changes.empty() && has_other_login(work, present);
    if (changes.empty() && !is_for_login) return report_tasks(work, subject, present);
    if (was_rolled_back(present) && has_tried(work, service.name, complete.spec)) {
        work.is_accepted = false;
        return hold_rolled_back(work, subject, present);
    }
    if (const std::string* const mode = change_of_mode(changes)) {
        work.is_accepted = false;
        return work.fail_and_hold(subject, Held::Why::conflict,
                                  "SwarmKit cannot change deploy.mode of a service (" + *mode +
                                      "): remove the service once with `docker service rm " + service.name +
                                      "`");
    }
    Step step{.operation = UpdateStackService{.id = present.id,
                                              .version = present.version,
                                              .image = service.image,
                                              .spec = std::move(complete.spec),
                                              .resolve = !complete.has_image},
              .subject = subject,
              .object = service.name,
              .reason = is_for_login ? "the login for its image changed" : reason_of(changes),
              .changes = std::move(changes)};
    add_step(work, subject, std::move(step), missing);
}

}  // namespace

void plan_stack_services(StackWork& work, const Stack& stack) {
    for (const auto& [key, service] : stack.services) {
        const Subject subject = stack_subject(key.value);
        const JsonDocument wanted = parse_spec(service.spec);
        const std::string missing = missing_objects(work, stack, service, networks_of(wanted.root()));
        const auto complete = [&, &service = service](const JsonCursor* present) {
            return complete_service(service, wanted.root(), work.files, work.networks, present);
        };
        if (const auto found = work.observed.services.find(service.name);
            found != work.observed.services.end()) {
            const JsonDocument present = parse_spec(found->second.spec);
            const JsonCursor have = present.root();
            update_service(work, subject, service, found->second, have, complete(&have), missing);
            continue;
        }
        Step step{.operation = CreateStackService{.image = service.image, .spec = complete(nullptr).spec},
                  .subject = subject,
                  .object = service.name,
                  .reason = "not found"};
        add_step(work, subject, std::move(step), missing);
    }
}

}  // namespace dockerext::plan
