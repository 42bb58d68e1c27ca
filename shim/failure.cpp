#include "shim/failure.hpp"

#include "base/atomic_file.hpp"
#include "base/clock.hpp"
#include "base/regular_file.hpp"
#include "shim/program.hpp"
#include "shim/systemctl.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <thread>

namespace dockerext::shim {
namespace {

using Properties = std::map<std::string, std::string>;

constexpr std::size_t note_limit = 4096;
constexpr std::size_t message_limit = 500;
constexpr std::chrono::seconds journal_deadline{10};
constexpr std::chrono::milliseconds journal_pause{100};  ///< between two reads of the journal

/// Parses lines of NAME=VALUE.
Properties properties_in(std::string_view text) {
    Properties properties;
    while (!text.empty()) {
        const std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        const std::size_t equals = line.find('=');
        if (equals != std::string_view::npos)
            properties.emplace(line.substr(0, equals), line.substr(equals + 1));
    }
    return properties;
}

/// The newest line of that run of the program. A journal that is slow to accept what a short run wrote finds
/// systemd's note of the invocation gone, and stores the lines without it: the process is looked for, too.
Result<std::string> newest_line(const std::filesystem::path& journalctl, const std::string& invocation,
                                const std::string& pid) {
    const std::string of_invocation = "_SYSTEMD_INVOCATION_ID=" + invocation;
    const std::string of_process = "_PID=" + pid;
    auto line = program_output(journalctl,
                               {"-q", "-b", "-n", "1", "-o", "cat", of_invocation.c_str(), "+",
                                of_process.c_str(), "SYSLOG_IDENTIFIER=dockerextd"},
                               journal_deadline);
    if (line) line->erase(line->find_last_not_of(" \n") + 1);
    return line;
}

/// The last line that the program wrote in that run; "" if there is none. The run has just ended, and the
/// journal may store its lines late, so an empty answer is read again until `max_wait` is over.
std::string recent_failure_lines(const Layout& layout, const std::string& invocation, const std::string& pid,
                                 std::chrono::milliseconds max_wait) {
    const auto journalctl = find_program(layout.journalctl);
    if (!journalctl || invocation.empty()) return "";
    (void)run_program(*journalctl, {"--sync"}, journal_deadline);  // works without it, too
    auto line = newest_line(*journalctl, invocation, pid);
    for (auto waited = journal_pause; line && line->empty() && waited <= max_wait; waited += journal_pause) {
        std::this_thread::sleep_for(journal_pause);
        line = newest_line(*journalctl, invocation, pid);
    }
    return line ? line->substr(0, message_limit) : "";
}

/// "exit code 1", "signal 11", "watchdog".
std::string exit_reason(const Properties& unit) {
    const auto value = [&](const char* name) {
        const auto found = unit.find(name);
        return found == unit.end() ? std::string() : found->second;
    };
    if (value("Result") == "exit-code") return "exit code " + value("ExecMainStatus");
    if (value("Result") == "signal") return "signal " + value("ExecMainStatus");
    return value("Result");
}

std::string message(const Layout& layout, Properties unit, std::chrono::milliseconds max_wait) {
    const std::string last_message =
        recent_failure_lines(layout, unit["InvocationID"], unit["ExecMainPID"], max_wait);
    return "dockerextd keeps failing on this machine: " + exit_reason(unit) +
           (last_message.empty() ? "" : "; its last message: " + last_message) +
           ". Containers keep running but are not managed. It is restarted every few minutes. On the "
           "machine, run `systemctl status dockerextd` or `journalctl -u dockerextd`. If its files are "
           "damaged, restart the Azure agent to restore them.";
}

}  // namespace

Result<> store_status_path(const Layout& layout, const StatusFile& status) {
    const auto stored = read_regular(layout.daemon.azure_status, note_limit);
    if (stored && *stored == status.path().string()) return {};
    return replace_file(layout.daemon.azure_status, status.path().string());
}

Result<> report_failure(const Layout& layout, WallTime now, std::chrono::milliseconds max_wait) {
    const auto answer = systemctl_output(
        layout, {"show", "-p", "SubState,Result,ExecMainPID,ExecMainStatus,InvocationID", unit_name});
    if (!answer) return answer.error();
    Properties unit = properties_in(*answer);
    if (unit["SubState"] != "failed") return {};
    // An explicit stop of the daemon also stops the timer. If systemd then had to kill it, that is no
    // failure.
    if (!systemctl(layout, {"is-active", "--quiet", retry_timer_name})) return {};
    const auto note = read_regular(layout.daemon.azure_status, note_limit);
    if (!note) return {};  // Azure has never submitted settings
    return StatusFile(*note).write(now, StatusState::error, message(layout, std::move(unit), max_wait));
}

}  // namespace dockerext::shim
