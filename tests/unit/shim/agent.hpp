#pragma once

#include "shim/commands.hpp"
#include "state/envelope_json.hpp"
#include "support/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

namespace dockerext::test {

/// A machine as the shim sees it: the files that Azure's agent provides, and a systemctl that records its
/// arguments.
class Agent {
public:
    Agent() {
        for (const char* folder : {"run/systemd/system", "usr/bin"})
            std::filesystem::create_directories(root / folder);
        const std::string here = root.path().string();
        write_file(
            root / "usr/bin/systemctl",
            "#!/bin/sh\n"
            "echo \"$@\" >>'" +
                here +
                "/calls'\n"
                "link='" +
                here +
                "/etc/systemd/system/multi-user.target.wants/dockerextd.service'\n"
                "case $1 in enable) mkdir -p \"${link%/*}\" && ln -sf ../dockerextd.service \"$link\" ;; "
                "disable) rm -f \"$link\" ;; esac\n"
                "[ ! -f '" +
                here + "/hook' ] || . '" + here + "/hook'\n");
        script("systemd-run", "echo \"$@\" >>'" + here + "/runs'\n");
        script("journalctl", "echo \"$@\" >>'" + here + "/asked'\necho 'No space left on device'\n");
        std::filesystem::permissions(root / "usr/bin/systemctl", std::filesystem::perms::owner_all);
        unpack("1.2.0");
    }

    std::filesystem::path folder(const std::string& version) const {
        return root / ("var/lib/waagent/Dockerext.Test.DockerExtension-" + version);
    }
    /// A program that exits at once without output.
    static std::string daemon(const std::string& version) { return "#!/bin/sh\n# " + version + "\n"; }
    /// Makes the files of one version: a daemon, and the files that the agent adds.
    void unpack(const std::string& version) const {
        const auto handler = folder(version);
        for (const char* name : {"bin", "config", "status"})
            std::filesystem::create_directories(handler / name);
        write_file(handler / shim::packaged_daemon, daemon(version));
        for (const char* name : {shim::packaged_handler, "dockerextd.service", "dockerextd-failed.service",
                                 "dockerextd-retry.timer"})
            write_file(handler / name, "unit");
        write_file(handler / "HandlerEnvironment.json", environment_json(version));
    }
    std::string environment_json(const std::string& version = "1.2.0") const {
        const std::string here = folder(version).string();
        return "[{\"name\":\"x\",\"version\":1.0,\"handlerEnvironment\":{\"configFolder\":\"" + here +
               "/config\",\"statusFolder\":\"" + here + "/status\",\"logFolder\":\"/var/log/azure/x\"}}]";
    }
    void settings(int number, std::string_view text) const {
        write_file(folder("1.2.0") / "config" / (std::to_string(number) + ".settings"), text);
    }
    /// Installs a program on the machine.
    void script(const std::string& name, const std::string& lines) const {
        write_file(root / "usr/bin" / name, "#!/bin/sh\n" + lines);
        std::filesystem::permissions(root / "usr/bin" / name, std::filesystem::perms::owner_all);
    }
    /// A shell script that systemctl runs before it exits.
    void add_systemctl_hook(std::string_view script) const { write_file(root / "hook", script); }

    shim::CommandContext context(const std::string& version = "1.2.0") const {
        return {.layout = shim::Layout(root.path()),
                .handler = shim::Handler(folder(version)),
                .sequence = sequence,
                .updating_to = std::nullopt,
                .now = now,
                .lock_timeout = std::chrono::minutes(1),
                .journal_timeout = journal_timeout,
                .stop_timeout = stop_timeout};
    }
    /// Runs a command. Returns its exit code; `stderr_text` is what it told the agent.
    int run(std::string_view command, const std::string& version = "1.2.0") {
        testing::internal::CaptureStderr();
        const int code = shim::run(command, context(version));
        stderr_text = testing::internal::GetCapturedStderr();
        return code;
    }
    /// The systemctl calls since the last time, one per line.
    std::string calls() const {
        std::string lines = read_file(root / "calls");
        std::filesystem::remove(root / "calls");
        return lines;
    }
    /// The systemd-run calls since the last time, one per line.
    std::string runs() const {
        std::string lines = read_file(root / "runs");
        std::filesystem::remove(root / "runs");
        return lines;
    }
    std::string status(int number) const {
        return read_file(folder("1.2.0") / "status" / (std::to_string(number) + ".status"));
    }
    void set_status(int number, std::string_view text) const {
        write_file(folder("1.2.0") / "status" / (std::to_string(number) + ".status"), text);
    }
    /// The spooled envelopes, in order of arrival.
    std::vector<model::Envelope> spooled() const {
        std::vector<std::filesystem::path> files;
        std::error_code none;
        for (const auto& file :
             std::filesystem::directory_iterator(root / "var/lib/dockerextd/spool/new", none))
            files.push_back(file.path());
        std::ranges::sort(files);
        std::vector<model::Envelope> envelopes;
        envelopes.reserve(files.size());
        for (const auto& file : files) envelopes.push_back(state::envelope_from(read_file(file)).value());
        return envelopes;
    }

    TemporaryFolder root;
    std::optional<std::string> sequence = "0";
    std::chrono::system_clock::time_point now{std::chrono::seconds(1700000000)};
    std::chrono::milliseconds journal_timeout{60000};
    std::chrono::milliseconds stop_timeout{60000};
    std::string stderr_text;
};

}  // namespace dockerext::test
