#include "doctor/check.hpp"

#include "base/joined.hpp"
#include "dockerd/daemon_json.hpp"
#include "dockerd/engine_conflicts.hpp"
#include "doctor/engine_options.hpp"
#include "engine/client.hpp"

#include <algorithm>
#include <array>

/// The engine itself, its configuration and its containers.
namespace dockerext::doctor {
namespace {

using model::Category;
namespace paths = model::host_paths;

Verdict judge_engine_answer(const Facts& facts) {
    const auto& version = facts.engine.version;
    if (version || version.error().kind() == ErrorKind::invalid_input) return ok("the engine answers");
    const std::string why = version.error().message();  // of a copy
    switch (version.error().kind()) {
    case ErrorKind::not_found:
        return error("there is no engine: " + why,
                     "install it (docker.install does), or start it: systemctl start docker");
    case ErrorKind::timeout:
        return error("the engine hangs: " + why,
                     "journalctl -u docker -n 50; look for a full or hanging disk; systemctl restart docker");
    default: break;
    }
    if (why == "needs root") return skipped("needs root or group docker");
    return error("the engine does not answer: " + why, "systemctl status docker; journalctl -u docker -n 50");
}

Verdict judge_engine_version(const Facts& facts) {
    const auto& version = facts.engine.version;
    if (!version && version.error().kind() == ErrorKind::invalid_input)
        return error(version.error().message(), "install a supported Docker Engine: docker.install.version");
    return judged(version, [](const engine::EngineVersion& engine) {
        return ok("Docker Engine " + engine.version + ", API " + to_string(engine.api));
    });
}

Verdict judge_engine_warnings(const Facts& facts) {
    return judged(facts.engine.info, [](const EngineInfo& info) {
        std::vector<std::string> warnings;
        for (const std::string& text : info.warnings) {
            const bool has_own_check = text.find("API is accessible") != std::string::npos ||
                                       text.find("IPv4 forwarding") != std::string::npos;
            if (!has_own_check) warnings.push_back(text);
        }
        if (warnings.empty()) return ok("the engine has no warnings");
        return warning(joined(warnings, "\n"), "docker info shows them, too; most need a kernel option");
    });
}

Verdict judge_cgroup(const Facts& facts) {
    return judged(facts.engine.info, [](const EngineInfo& info) {
        const std::string found = "cgroup version " +
                                  (info.cgroup_version.empty() ? "1" : info.cgroup_version) + ", driver " +
                                  info.cgroup_driver;
        if (info.cgroup_driver == "none")
            return error(found + ": limits of containers have no effect",
                         "run dockerd as root, or delegate its control group (systemd.resource-control(5))");
        if (info.cgroup_version == "2" && info.cgroup_driver == "cgroupfs")
            return warning(found + ": systemd manages the same tree and may undo limits",
                           R"(docker.config: {"exec-opts": ["native.cgroupdriver=systemd"]})");
        return ok(found);
    });
}

Verdict judge_user_namespaces(const Facts& facts) {
    return judged(facts.engine.info, [](const EngineInfo& info) {
        for (const std::string& option : info.security_options) {
            if (option.starts_with("name=rootless"))
                return warning(
                    "the engine runs without root: no limits without delegation, no ports below 1024",
                    "give its settings through docker.options, and check what the services need");
            if (option.starts_with("name=userns"))
                return warning(
                    "the engine maps users (userns-remap): files of binds and volumes belong to others",
                    "chown what services write to the mapped user; host modes need userns_mode: host");
        }
        return ok("containers use the machine's users");
    });
}

bool is_unbounded(const std::string& driver, const std::map<std::string, std::string>& options) {
    return driver == "json-file" && !options.contains("max-size");
}

/// The classic way to fill a disk.
Verdict judge_log_rotation(const Facts& facts) {
    return judged(facts.engine.containers, [](const std::vector<ContainerFacts>& containers) {
        std::vector<std::string> unbounded;
        for (const ContainerFacts& each : containers) {
            if (is_unbounded(each.log_driver, each.log_options)) unbounded.push_back(each.name);
        }
        if (unbounded.empty()) return ok("no container writes a log without a limit");
        return warning(
            "logs without a limit (json-file without max-size) of " + listed(unbounded),
            R"(docker.config: {"log-driver": "local"}, or logging of the service; then recreate them)");
    });
}

Verdict judge_daemon_json(const Facts& facts) {
    return judged(facts.systemd.host, [](const model::ObservedHost& host) {
        const std::string path(paths::daemon_json);
        if (const auto why = unreadable(host, path)) {
            if (*why == "needs root") return skipped(*why);
            return error(path + ": " + *why, "make it a file that dockerd can read");
        }
        const auto file = host.files.find(path);
        if (file == host.files.end()) return ok("there is no " + path);
        if (const auto readable = dockerd::require_readable(file->second.reveal()); !readable)
            return error(path + ": " + readable.error().message() + "; dockerd does not start with it",
                         "correct the file");
        return ok(path + " can be read");
    });
}

Verdict judge_option_conflicts(const Facts& facts) {
    return judged(facts.systemd.host, [](const model::ObservedHost& host) {
        if (host.unit_texts.empty()) return skipped("there is no docker.service");
        if (const auto why = unreadable(host, paths::daemon_json)) return skipped(*why);
        const auto arguments = arguments_of_unit(host);
        if (!arguments)
            return error("docker.service: " + arguments.error().message(), "correct the unit or its drop-in");
        const std::array source{dockerd::FlagSource{"docker.service", *arguments}};
        const auto conflicts = dockerd::engine_conflicts(source, file_text(host, paths::daemon_json), {});
        if (conflicts.empty()) return ok("dockerd's options and daemon.json do not contradict each other");
        return error(joined(conflicts, "\n"), "remove one of both places; systemctl restart docker");
    });
}

constexpr std::array table_of_engine{
    Check{"answers", Category::engine, "settings.md#docker", judge_engine_answer},
    Check{"version", Category::engine, "settings.md#docker", judge_engine_version},
    Check{"daemon-json", Category::engine, "settings.md#docker", judge_daemon_json},
    Check{"options", Category::engine, "settings.md#docker", judge_option_conflicts},
    Check{"cgroups", Category::engine, "settings.md#docker", judge_cgroup},
    Check{"users", Category::engine, "doctor.md#engine", judge_user_namespaces},
    Check{"warnings", Category::engine, "doctor.md#engine", judge_engine_warnings},
    Check{"log-rotation", Category::engine, "settings.md#docker", judge_log_rotation},
};

}  // namespace

std::span<const Check> engine_checks() { return table_of_engine; }

}  // namespace dockerext::doctor
