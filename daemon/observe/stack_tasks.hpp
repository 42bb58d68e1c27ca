#pragma once

#include "base/json_cursor.hpp"
#include "model/stack.hpp"

#include <map>
#include <string>
#include <vector>

namespace dockerext::observe {

/// GET /tasks: why tasks do not run, by the id of the service. Of each slot (of a global service, each node),
/// the newest task that should run or has ended by itself, unless it runs or has completed a job. If it has
/// no error of its own, because it has just been started again, it has that of the task before it. An answer
/// that lacks a part that the engine always sends is `unavailable`; the message says which.
Result<std::map<std::string, std::vector<model::TaskProblem>>> read_task_problems(const JsonCursor& list);

}  // namespace dockerext::observe
