#pragma once

#include "base/task.hpp"
#include "systemd/systemd_connection.hpp"

#include <string>
#include <string_view>

namespace dockerext::systemd {

/// Calls a method of systemd's manager that makes a job for a unit ("StartUnit"), and waits until the job has
/// ended. Returns the job's result: "done", "failed", "timeout", … (org.freedesktop.systemd1(5), JobRemoved).
/// `connection` must outlive the call.
Task<Result<std::string>> result_of_job(SystemdConnection& connection, std::string method, std::string unit);

/// The kind of error for a result other than "done".
ErrorKind kind_of_job_result(std::string_view result);

}  // namespace dockerext::systemd
