#pragma once

#include "base/task.hpp"
#include "systemd/systemd_connection.hpp"

#include <string>
#include <string_view>

namespace dockerext::systemd {

/// Has systemd's manager run the job that `method` makes ("StartUnit") for a unit, and waits for its end: the
/// job's result, "done", "failed", "timeout" (org.freedesktop.systemd1(5), JobRemoved). `connection` outlives
/// the call.
Task<Result<std::string>> result_of_job(SystemdConnection& connection, std::string method, std::string unit);

/// What a result that is no success stands for.
ErrorKind kind_of_job_result(std::string_view result);

}  // namespace dockerext::systemd
