#pragma once

#include "base/redactor.hpp"
#include "base/task.hpp"

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace dockerext {

/// A program and its arguments. No shell interprets them.
using Command = std::vector<std::string>;

/// The command as text for people: "apt-get update".
std::string command_text(const Command& command);

struct ChildOptions {
    Duration limit = std::chrono::minutes(1);
    Duration grace = std::chrono::seconds(5);  ///< between the request to end and SIGKILL
    std::string search_path = "/usr/sbin:/usr/bin:/sbin:/bin";
    std::vector<std::string> environment;      ///< NAME=value, besides PATH, LC_ALL, LANG and HOME
    std::string input;                         ///< its standard input; /dev/null if empty
    std::size_t keep = std::size_t{64} << 10;  ///< how many last bytes of each output are kept
    Redactor redact;                           ///< applied to output that errors quote
    /// Called with each line of both outputs as it arrives, without its end. '\r' ends a line, too.
    std::function<void(std::string_view line)> on_line;
};

struct ChildResult {
    int code = 0;    ///< its exit code, if no signal ended it
    int signal = 0;  ///< the signal that ended it, or 0
    std::string out;
    std::string err;

    bool succeeded() const noexcept { return code == 0 && signal == 0; }
};

/// Runs a program in a session of its own and waits for it. Any way in which it ends by itself is a result.
/// Fails with `not_found` if there is no such program, `timeout` after the limit, or `cancelled`; in both
/// latter cases its whole process group is asked to end, then killed, and the program is reaped. Processes
/// that the program leaves behind when it ends by itself are not waited for. It inherits no descriptor, no
/// signal mask and no environment from us, nor our umask.
Task<Result<ChildResult>> run_child(Command command, ChildOptions options = {});

}  // namespace dockerext
