#include "observe/stack_tasks.hpp"

#include "observe/facts_reader.hpp"

#include <optional>

namespace dockerext::observe {
namespace {

struct TaskFacts {
    std::string service;
    std::string place;  ///< its slot, or its node if it has none
    std::string spec;   ///< JSON
    std::string desired_state;
    model::WallTime created_at;
    bool is_of_job = false;
    model::TaskProblem problem;
};

bool has_ended(const TaskFacts& task) {
    const std::string& state = task.problem.state;
    return state == "failed" || state == "rejected" || (state == "complete" && !task.is_of_job);
}

bool should_run(const TaskFacts& task) {
    return task.desired_state == (task.is_of_job ? "complete" : "running");
}

bool is_all_right(const TaskFacts& task) {
    const std::string& state = task.problem.state;
    return state == "running" || (state == "complete" && task.is_of_job);
}

/// "finished (exit code 0)" for a container that has ended without an error.
std::string error_in(ObjectReader& status, Problems& problems) {
    std::string error = text_in(status, "Err");
    ObjectReader container = object_in(status, "ContainerStatus", problems);
    const bool has_container = !text_in(container, "ContainerID").empty();
    if (!error.empty() || !has_container) return error;
    return text_in(status, "Message") + " (exit code " + std::to_string(count_in(container, "ExitCode")) +
           ")";
}

TaskFacts read_task(ObjectReader& json, Problems& problems) {
    ObjectReader status = required_object_in(json, "Status", problems);
    ObjectReader spec = required_object_in(json, "Spec", problems);
    const std::int64_t slot = count_in(json, "Slot");
    TaskFacts task{.service = required_text_in(json, "ServiceID", problems),
                   .spec = spec.cursor().text(),
                   .desired_state = required_text_in(json, "DesiredState", problems),
                   .created_at = time_in(json, "CreatedAt", problems),
                   .is_of_job = json.take("JobIteration").has_value(),
                   .problem = {.node = text_in(json, "NodeID"),
                               .state = required_text_in(status, "State", problems),
                               .error = text_in(status, "Err")}};
    task.place = slot > 0 ? std::to_string(slot) : task.problem.node;
    if (has_ended(task)) task.problem.error = error_in(status, problems);
    return task;
}

/// The tasks of one slot or node that matter.
struct Place {
    std::optional<TaskFacts> newest, last_ended;

    void add(const TaskFacts& task) {
        if (has_ended(task)) keep_newer(last_ended, task);
        if (has_ended(task) || should_run(task)) keep_newer(newest, task);
    }
    std::optional<model::TaskProblem> problem() const {
        if (!newest || is_all_right(*newest)) return std::nullopt;
        model::TaskProblem problem = newest->problem;
        const bool was_restarted = problem.error.empty() && last_ended && last_ended->spec == newest->spec;
        if (was_restarted) problem.error = last_ended->problem.error;
        return problem;
    }

private:
    static void keep_newer(std::optional<TaskFacts>& kept, const TaskFacts& task) {
        if (!kept || kept->created_at < task.created_at) kept = task;
    }
};

}  // namespace

Result<std::map<std::string, std::vector<model::TaskProblem>>> read_task_problems(const JsonCursor& list) {
    Problems problems;
    std::map<std::string, std::map<std::string, Place>> places;
    for (ObjectReader& json : objects_of(list, problems)) {
        const TaskFacts task = read_task(json, problems);
        places[task.service][task.place].add(task);
    }
    std::map<std::string, std::vector<model::TaskProblem>> found;
    for (const auto& [service, places_of_service] : places) {
        for (const auto& [name, place] : places_of_service) {
            if (auto problem = place.problem()) found[service].push_back(std::move(*problem));
        }
    }
    return unless_malformed(std::move(found), problems);
}

}  // namespace dockerext::observe
