#pragma once

#include "base/redactor.hpp"
#include "base/task.hpp"

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace dockerext {

/// A program and its arguments. No shell ever sees them.
using Command = std::vector<std::string>;

/// The words for people: "apt-get update".
std::string command_text(const Command& command);

struct ChildOptions {
    Duration limit = std::chrono::minutes(1);
    Duration grace = std::chrono::seconds(5);  ///< between the request to end and SIGKILL
    std::string search_path = "/usr/sbin:/usr/bin:/sbin:/bin";
    std::vector<std::string> environment;      ///< NAME=value, besides PATH, LC_ALL, LANG and HOME
    std::string input;                         ///< what it reads; /dev/null when empty
    std::size_t keep = std::size_t{64} << 10;  ///< bytes of each output that are kept: the last ones
    Redactor redact;                           ///< of what errors tell of its output
    /// Each line of both outputs as it comes, without its end. '\r' ends a line, too.
    std::function<void(std::string_view line)> on_line;
};

struct ChildResult {
    int code = 0;    ///< what it ended with, if no signal ended it
    int signal = 0;  ///< that ended it, or 0
    std::string out;
    std::string err;

    bool succeeded() const noexcept { return code == 0 && signal == 0; }
};

/// Runs a program in a session of its own and waits for it. Whatever it ends with is a result. `not_found`
/// when there is no such program, `timeout` after the limit, `cancelled`; in both of these its whole process
/// group is asked to end, then killed, and the program is reaped. What it leaves behind when it ends by
/// itself is not waited for. It inherits no descriptor, no signal mask, no environment, and not our umask.
Task<Result<ChildResult>> run_child(Command command, ChildOptions options = {});

}  // namespace dockerext
