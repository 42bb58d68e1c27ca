#include "doctor/check.hpp"

#include "dockerd/unit_syntax.hpp"

#include <algorithm>
#include <array>

/// Units, and what was changed in them.
namespace dockerext::doctor {
namespace {

using model::Category;
using model::UnitActive;
using model::UnitLoad;
using systemd::UnitEnabled;
using systemd::UnitFacts;

Verdict judge_unit(const std::string& name, const UnitFacts& unit, const std::string& to_install) {
    if (unit.load == UnitLoad::masked || unit.enabled == UnitEnabled::masked)
        return error(name + " is masked: nothing can start it", "systemctl unmask " + name);
    if (unit.load == UnitLoad::not_found) return error("there is no " + name, to_install);
    if (unit.load == UnitLoad::broken) return error(name + " has errors", "systemd-analyze verify " + name);
    if (unit.active == UnitActive::failed)
        return error(name + " has failed: " + unit.result,
                     "journalctl -u " + name + " -n 50; then systemctl restart " + name);
    if (unit.active == UnitActive::inactive) return error(name + " is stopped", "systemctl start " + name);
    if (unit.sub_state == "auto-restart")
        return error(name + " keeps failing: " + unit.result, "journalctl -u " + name + " -n 50");
    return ok(name + " is " + (unit.active == UnitActive::active ? "active" : "starting or reloading"));
}

template <typename Judge>
Verdict judged_unit(const Facts& facts, const std::string& name, Judge judge) {
    if (facts.systemd.away) return skipped(facts.systemd.away->message());
    const auto found = facts.systemd.units.find(name);
    if (found == facts.systemd.units.end()) return skipped("not examined");
    return judged(found->second, judge);
}

Verdict judge_our_unit(const Facts& facts) {
    return judged_unit(facts, "dockerextd.service", [](const UnitFacts& unit) {
        return judge_unit("dockerextd.service", unit,
                          "install the package dockerextd, or the Azure extension");
    });
}

Verdict judge_docker_unit(const Facts& facts) {
    return judged_unit(facts, "docker.service", [](const UnitFacts& unit) {
        return judge_unit("docker.service", unit, "install the engine: docker.install");
    });
}

Verdict judge_docker_socket_unit(const Facts& facts) {
    return judged_unit(facts, "docker.socket", [](const UnitFacts& unit) {
        if (unit.load == UnitLoad::not_found) return ok("dockerd makes its socket itself");
        if (unit.load == UnitLoad::masked || unit.enabled == UnitEnabled::masked)
            return error("docker.socket is masked: a dockerd with -H fd:// does not start without it",
                         "systemctl unmask docker.socket");
        if (unit.active == UnitActive::failed)
            return error("docker.socket has failed: " + unit.result,
                         "is /run/docker.sock a folder? remove it; systemctl restart docker.socket docker");
        return ok("docker.socket is as it should be");
    });
}

Verdict judge_boot(const Facts& facts) {
    if (facts.systemd.away) return skipped(facts.systemd.away->message());
    std::vector<std::string> disabled;
    for (const char* name : {"dockerextd.service", "docker.service"}) {
        const auto unit = facts.systemd.units.find(name);
        const bool is_known = unit != facts.systemd.units.end() && unit->second;
        if (is_known && unit->second->enabled == UnitEnabled::disabled) disabled.emplace_back(name);
    }
    if (disabled.empty()) return ok("the daemon and the engine start at boot");
    return warning(listed(disabled) + " does not start at boot", "systemctl enable " + disabled.front());
}

Verdict judge_reload(const Facts& facts) {
    if (facts.systemd.away) return skipped(facts.systemd.away->message());
    std::vector<std::string> stale;
    for (const auto& [name, unit] : facts.systemd.units) {
        if (unit && unit->need_daemon_reload) stale.push_back(name);
    }
    if (stale.empty()) return ok("systemd has read all unit files");
    return warning("files of " + listed(stale) + " have changed since systemd read them",
                   "systemctl daemon-reload");
}

Verdict judge_restarts(const Facts& facts) {
    return judged_unit(facts, "dockerextd.service", [](const UnitFacts& unit) {
        if (unit.restarts == 0) return ok("the daemon has not been restarted after a failure");
        return warning(
            "systemd restarted the daemon " + std::to_string(unit.restarts) + " times after failures",
            "journalctl -u dockerextd -p warning");
    });
}

/// What a setting of a drop-in does to the daemon.
enum class SandboxChange { none, weakened, broken };

SandboxChange sandbox_change(const dockerd::UnitSetting& setting) {
    using enum SandboxChange;
    if (setting.section != "Service") return none;
    static constexpr std::array weakening{"NoNewPrivileges",
                                          "CapabilityBoundingSet",
                                          "AmbientCapabilities",
                                          "ProtectSystem",
                                          "ProtectHome",
                                          "PrivateTmp",
                                          "PrivateDevices",
                                          "DevicePolicy",
                                          "ProtectProc",
                                          "ProtectControlGroups",
                                          "ProtectKernelModules",
                                          "ProtectKernelTunables",
                                          "RestrictAddressFamilies",
                                          "SystemCallFilter",
                                          "RestrictNamespaces",
                                          "MemoryDenyWriteExecute",
                                          "ReadWritePaths",
                                          "SocketBindDeny",
                                          "UMask",
                                          "LimitCORE"};
    static constexpr std::array breaking{
        "User",      "Group",         "DynamicUser", "PrivateUsers",      "PrivateNetwork", "ReadOnlyPaths",
        "ExecStart", "RootDirectory", "RootImage",   "InaccessiblePaths", "IPAddressDeny",  "Type"};
    const auto is_key = [&](std::string_view key) { return key == setting.key; };
    // An empty value takes the paths away that the unit itself gives.
    if (setting.key == "ReadWritePaths" && setting.value.empty()) return broken;
    if (setting.key == "ReadWritePaths") return none;
    if (std::any_of(breaking.begin(), breaking.end(), is_key)) return broken;
    return std::any_of(weakening.begin(), weakening.end(), is_key) ? weakened : none;
}

/// The extension's unit lies in /etc, too: only its text shows whether it is ours.
std::string lost_in(const UnitFile& fragment) {
    const auto settings = dockerd::unit_settings(fragment.text);
    for (const auto& [key, value] :
         {std::pair("ProtectSystem", "strict"), std::pair("NoNewPrivileges", "yes"),
          std::pair("PrivateDevices", "yes"), std::pair("MemoryDenyWriteExecute", "yes")}) {
        const dockerd::UnitSetting wanted{"Service", key, value};
        if (std::find(settings.begin(), settings.end(), wanted) == settings.end())
            return std::string(key) + "=" + value;
    }
    return "";
}

Verdict judge_sandbox(const Facts& facts) {
    return judged_unit(facts, "dockerextd.service", [&](const UnitFacts& unit) {
        if (unit.load != model::UnitLoad::loaded) return skipped("dockerextd.service is not loaded");
        for (const UnitFile& file : facts.systemd.drop_ins) {
            if (file.text.empty()) return skipped(file.path + " cannot be read");
        }
        if (facts.systemd.fragment.text.empty()) return skipped("the unit's file cannot be read");
        std::vector<std::string> weakened, broken;
        for (const UnitFile& file : facts.systemd.drop_ins) {
            for (const dockerd::UnitSetting& setting : dockerd::unit_settings(file.text)) {
                const SandboxChange change = sandbox_change(setting);
                const std::string text = setting.key + "=" + setting.value + " (" + file.path + ")";
                if (change == SandboxChange::broken) broken.push_back(text);
                if (change == SandboxChange::weakened) weakened.push_back(text);
            }
        }
        const std::string remedy =
            "remove it from the drop-in; systemctl daemon-reload; systemctl restart dockerextd";
        if (!broken.empty())
            return error("a drop-in changes what the daemon needs to work: " + listed(broken), remedy);
        if (!weakened.empty())
            return warning("a drop-in changes the daemon's sandbox: " + listed(weakened), remedy);
        if (const std::string lost = lost_in(facts.systemd.fragment); !lost.empty())
            return warning(facts.systemd.fragment.path + " lacks " + lost,
                           "install the package or the extension again; change it by drop-ins only");
        return ok("the daemon's sandbox is as delivered");
    });
}

constexpr std::array table_of_systemd{
    Check{"unit", Category::systemd, "doctor.md#systemd", judge_our_unit},
    Check{"engine-unit", Category::systemd, "settings.md#docker", judge_docker_unit},
    Check{"engine-socket", Category::systemd, "doctor.md#systemd", judge_docker_socket_unit},
    Check{"boot", Category::systemd, "doctor.md#systemd", judge_boot},
    Check{"reload", Category::systemd, "doctor.md#systemd", judge_reload},
    Check{"restarts", Category::systemd, "doctor.md#systemd", judge_restarts},
    Check{"sandbox", Category::systemd, "doctor.md#systemd", judge_sandbox},
};

}  // namespace

std::span<const Check> systemd_checks() { return table_of_systemd; }

}  // namespace dockerext::doctor
