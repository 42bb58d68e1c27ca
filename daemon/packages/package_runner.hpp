#pragma once

#include "base/child_process.hpp"
#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/redactor.hpp"
#include "base/task.hpp"
#include "packages/package_output.hpp"

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dockerext::packages {

/// How to run package managers: environment and limits.
struct PackageTools {
    std::filesystem::path root = "/";  ///< of all files that are written or searched
    std::string search_path = "/usr/sbin:/usr/bin:/sbin:/bin";
    /// Run commands as separate systemd units (systemd-run). They are outside of this program's sandbox and
    /// outlive this program.
    bool as_units = false;
    /// Folder for temporary downloads, below `root`. Separate units must see it, so it cannot be /tmp.
    std::filesystem::path scratch = "/run";
    Duration lock_timeout = std::chrono::minutes(10);     ///< total wait for locks of other processes
    Duration lock_retry_delay = std::chrono::seconds(5);  ///< between two attempts
    Duration limit = std::chrono::minutes(30);            ///< of one command
    Redactor redact;                                      ///< for the output of package managers
    /// Called with the current activity as text for people: "waiting for the package manager's lock, held by
    /// process 812 (unattended-upgr)".
    std::function<void(const std::string& doing)> progress;
};

/// How a command ended.
struct PackageOutcome {
    PackageFault fault = PackageFault::other;
    std::optional<Error> error;  ///< nullopt: success
};

/// Runs commands of one package manager and reports their progress.
class PackageRunner {
public:
    /// `environment` is for every command.
    PackageRunner(PackageTools tools, std::vector<std::string> environment);

    /// Runs a command; retries while another process holds the package manager's lock.
    Task<PackageOutcome> run(Command command);
    /// Reports progress, unless it equals the previous report.
    void report(const std::string& doing);

    std::filesystem::path scratch() const { return under_root(tools_.scratch); }
    std::filesystem::path under_root(const std::filesystem::path& path) const {
        return tools_.root / path.relative_path();
    }

private:
    Command as_unit(const Command& command) const;
    ChildOptions options();
    void parse_progress(std::string_view output);

    PackageTools tools_;
    std::vector<std::string> environment_;
    SteadyTime lock_deadline_;  ///< when waiting for the lock ends
    std::string last_report_;
};

}  // namespace dockerext::packages
