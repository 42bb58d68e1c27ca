#include "doctor/check.hpp"

#include "dockerd/unit_syntax.hpp"

#include <algorithm>
#include <array>
#include <sstream>

/// The machine as a virtual machine of Azure, and the agent.
namespace dockerext::doctor {
namespace {

using model::Category;
using model::UnitActive;
using model::UnitLoad;

template <typename Judge>
Verdict judged_in_azure(const Facts& facts, Judge judge) {
    if (!facts.azure.is_azure) return skipped(facts.azure.is_azure.error().message());
    return *facts.azure.is_azure ? judge() : skipped("not a machine in Azure");
}

Verdict judge_metadata(const Facts& facts) {
    return judged_in_azure(facts, [&] {
        constexpr unsigned ok_status = 200;
        const auto& answer = facts.azure.metadata;
        if (answer && *answer == ok_status) return ok("the instance metadata service answers");
        const std::string why = answer ? "status " + std::to_string(*answer) : answer.error().message();
        return error("no answer from the instance metadata service (169.254.169.254): " + why +
                         "; logins with a managed identity fail",
                     "let the machine reach it without a proxy: route, firewall, NO_PROXY");
    });
}

Verdict judge_wire_server(const Facts& facts) {
    return judged_in_azure(facts, [&] {
        const auto& answer = facts.azure.wire_server;
        if (answer) return ok("the agent's server (168.63.129.16) answers");
        if (answer.error().message() == "needs root") return skipped("needs root");
        return error("no answer from the agent's server (168.63.129.16): " + answer.error().message() +
                         "; no settings come, and no status reaches Azure",
                     "let the machine reach its ports 80 and 32526: route, firewall");
    });
}

Verdict judge_agent(const Facts& facts) {
    return judged_in_azure(facts, [&] {
        if (facts.systemd.away) return skipped(facts.systemd.away->message());
        for (const char* name : {"walinuxagent.service", "waagent.service"}) {
            const auto unit = facts.systemd.units.find(name);
            const bool is_there = unit != facts.systemd.units.end() && unit->second &&
                                  unit->second->load != UnitLoad::not_found;
            if (!is_there) continue;
            if (unit->second->active == UnitActive::active) return ok(std::string(name) + " is active");
            return error(std::string(name) + " does not run: no settings come from Azure",
                         "systemctl enable --now " + std::string(name) + "; less /var/log/waagent.log");
        }
        return warning("there is no Azure agent",
                       "install walinuxagent (or WALinuxAgent), if Azure shall send settings");
    });
}

/// The unit permits /var/lib/waagent only; another place needs a drop-in.
bool is_permitted(const std::string& folder, const std::vector<UnitFile>& drop_ins) {
    if (folder.starts_with("/var/lib/waagent/")) return true;
    for (const UnitFile& file : drop_ins) {
        for (const dockerd::UnitSetting& setting : dockerd::unit_settings(file.text)) {
            if (setting.key != "ReadWritePaths") continue;
            std::istringstream paths(setting.value);
            for (std::string path; paths >> path;) {
                path.erase(0, std::min(path.find('/'), path.size()));
                if (!path.empty() && folder.starts_with(path)) return true;
            }
        }
    }
    return false;
}

Verdict judge_status_folder(const Facts& facts) {
    return judged(facts.azure.status_folder, [&](const std::optional<std::string>& folder) {
        if (!folder) return skipped("Azure has sent no settings");
        return judged(facts.azure.can_write_status, [&](bool writable) {
            if (!writable)
                return error("the status cannot be written to " + *folder +
                                 ": Azure waits for it until its time is over",
                             "does the folder exist, on a writable disk with space? restart the Azure agent");
            if (!facts.systemd.away && !is_permitted(*folder, facts.systemd.drop_ins))
                return error("the daemon's sandbox does not let it write its status to " + *folder,
                             "a drop-in of dockerextd.service: [Service] ReadWritePaths=" + *folder);
            return ok("the daemon can write its status to " + *folder);
        });
    });
}

Verdict judge_processor_limit(const Facts& facts) {
    return judged(facts.azure.group, [&](const std::string& group) {
        const bool is_of_agent = group.find("/azure.slice") != std::string::npos ||
                                 group.find("walinuxagent") != std::string::npos ||
                                 group.find("waagent") != std::string::npos;
        if (is_of_agent)
            return warning(
                "the daemon runs in the agent's control group " + group + ", and within its limits",
                "systemctl restart dockerextd");
        return judged(facts.azure.processor_limit, [](const std::optional<ProcessorLimit>& limit) {
            if (!limit) return ok("nothing limits the daemon's processor time");
            const int percent = static_cast<int>(limit->processors * 100);
            const std::string found =
                limit->group + " limits the daemon to " + std::to_string(percent) + " % of a processor";
            constexpr int enough = 20;
            if (percent >= enough) return ok(found);
            return warning(found, "systemctl show -p CPUQuotaPerSecUSec for that slice; raise it");
        });
    });
}

constexpr std::array table_of_azure{
    Check{"metadata", Category::azure, "settings.md#azure-environment", judge_metadata},
    Check{"wire-server", Category::azure, "doctor.md#azure", judge_wire_server},
    Check{"agent", Category::azure, "doctor.md#azure", judge_agent},
    Check{"status-folder", Category::azure, "doctor.md#azure", judge_status_folder},
    Check{"processor-limit", Category::azure, "doctor.md#azure", judge_processor_limit},
};

}  // namespace

std::span<const Check> azure_checks() { return table_of_azure; }

}  // namespace dockerext::doctor
