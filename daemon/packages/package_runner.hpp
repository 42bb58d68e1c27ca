#pragma once

#include "base/child_process.hpp"
#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/redactor.hpp"
#include "base/task.hpp"
#include "packages/package_words.hpp"

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dockerext::packages {

/// Where and how patiently package managers are run.
struct PackageTools {
    std::filesystem::path root = "/";  ///< of the files that are written and looked for
    std::string search_path = "/usr/sbin:/usr/bin:/sbin:/bin";
    /// Commands run as units of systemd's own (systemd-run), outside of this program's sandbox, and outlive
    /// it.
    bool as_units = false;
    /// What is fetched lies here meanwhile, under `root`. A folder that units see, which /tmp is not.
    std::filesystem::path scratch = "/run";
    Duration patience = std::chrono::minutes(10);  ///< with locks of others, in all
    Duration pause = std::chrono::seconds(5);      ///< between two tries
    Duration limit = std::chrono::minutes(30);     ///< of one command
    Redactor redact;                               ///< of what package managers say
    /// Told what is going on, in words for people: "waiting for the package manager's lock, held by process
    /// 812 (unattended-upgr)".
    std::function<void(const std::string& doing)> progress;
};

/// How a command ended, and what there is to say of it.
struct PackageOutcome {
    PackageFault fault = PackageFault::other;
    std::optional<Error> error;  ///< none: it succeeded
};

/// Runs one package manager, telling its progress.
class PackageRunner {
public:
    /// `environment` is that of every command.
    PackageRunner(PackageTools tools, std::vector<std::string> environment);

    /// Locks of others are waited for.
    Task<PackageOutcome> run(Command command);
    /// Progress, unless it was the last that was told.
    void tell(const std::string& doing);

    std::filesystem::path scratch() const { return rooted(tools_.scratch); }
    std::filesystem::path rooted(const std::filesystem::path& path) const {
        return tools_.root / path.relative_path();
    }

private:
    Command as_unit(const Command& command) const;
    ChildOptions options();
    void hear(std::string_view said);

    PackageTools tools_;
    std::vector<std::string> environment_;
    SteadyTime end_;  ///< of the patience
    std::string told_;
};

}  // namespace dockerext::packages
