#include "doctor/check.hpp"

#include <array>

/// The daemon and its files.
namespace dockerext::doctor {
namespace {

using model::Category;

Verdict judge_answer(const Facts& facts) {
    const auto& status = facts.daemon.status;
    if (status) return ok("dockerextd answers on its control socket");
    if (status.error().message() == "needs root") return skipped("needs root or group docker");
    return error("dockerextd does not answer: " + status.error().message(),
                 "start it: systemctl start dockerextd; if it fails: journalctl -u dockerextd -n 50");
}

Verdict judge_program(const Facts& facts) {
    return judged(facts.daemon.runs_this_program, [](bool same) {
        if (same) return ok("the daemon runs the installed program");
        return warning("the daemon runs another program than the installed one, from before an upgrade",
                       "systemctl restart dockerextd (containers keep running)");
    });
}

Verdict judge_convergence(const Facts& facts) {
    return judged(facts.daemon.status, [](const DaemonStatus& status) {
        if (status.state == "degraded")
            return error("degraded: " + listed(status.problems),
                         "dockerextd status; dockerextd explain SERVICE");
        if (status.state == "paused") return warning("reconciling is paused", "dockerextd resume");
        return ok(status.state);
    });
}

Verdict judge_settings_in_force(const Facts& facts) {
    return judged(facts.daemon.status, [](const DaemonStatus& status) {
        if (status.settings_state == "rejected")
            return error("the newest settings were rejected: " + listed(status.settings_errors),
                         "correct them; dockerextd validate FILE shows every error");
        if (status.settings_state == "pending")
            return error("the newest settings cannot be stored: " + listed(status.settings_errors),
                         "free space in /var/lib/dockerextd");
        if (status.settings_state == "none")
            return warning("no settings have come yet",
                           "dockerextd apply FILE, or deploy the Azure extension");
        return ok("the newest settings were accepted");
    });
}

Verdict judge_rollback(const Facts& facts) {
    return judged(facts.daemon.status, [](const DaemonStatus& status) {
        if (status.settings_state != "rolled back") return ok("no rollback is in force");
        return warning("former settings are in force again: " + listed(status.settings_errors),
                       "correct the newest settings and apply them; dockerextd history shows what failed");
    });
}

/// A daemon that holds the lock without answering hangs, or runs for another root.
Verdict judge_lock(const Facts& facts) {
    return judged(facts.daemon.lock_holder, [&](pid_t holder) {
        if (holder == 0 && facts.daemon.status)
            return warning("the daemon does not hold the lock of its state folder",
                           "systemctl restart dockerextd");
        if (holder == 0) return ok("nobody holds the lock of the state folder");
        const std::string who = "process " + std::to_string(holder);
        if (!facts.daemon.status)
            return error(
                who + " holds the lock of the state folder, but does not answer",
                "see what it is: ps " + std::to_string(holder) + "; then systemctl restart dockerextd");
        const auto unit = facts.systemd.units.find("dockerextd.service");
        const bool is_service = unit != facts.systemd.units.end() && unit->second &&
                                unit->second->main_pid == static_cast<std::uint32_t>(holder);
        if (is_service || facts.systemd.away) return ok("the daemon holds the lock of its state folder");
        return warning(who + " runs the daemon, but not as dockerextd.service",
                       "end it, then systemctl start dockerextd");
    });
}

Verdict judge_state_mode(const Facts& facts) {
    return judged(facts.state, [&](const StateFacts& state) {
        if ((state.mode & 077) == 0) return ok("only root can read " + facts.machine.state_folder);
        return error("others than root can reach the settings in " + facts.machine.state_folder,
                     "chmod 0700 " + facts.machine.state_folder + "; consider the secrets in it known");
    });
}

Verdict judge_stored_settings(const Facts& facts) {
    return judged(facts.settings, [](const StoredSettings& settings) {
        if (settings.damaged)
            return error("the stored settings cannot be read: " + settings.warning,
                         "apply the settings again; a file of a newer version needs that version");
        if (!settings.warning.empty()) return warning(settings.warning, "apply the settings again");
        return ok(settings.exist ? "the stored settings can be read" : "there are no stored settings");
    });
}

Verdict judge_spool(const Facts& facts) {
    return judged(facts.state, [](const StateFacts& state) {
        if (state.waiting == 0) return ok("no settings wait in the spool");
        return error(std::to_string(state.waiting) +
                         " submitted settings have been waiting for more than five minutes",
                     "nothing takes them: see the checks of category daemon, and journalctl -u dockerextd");
    });
}

Verdict judge_leftovers(const Facts& facts) {
    return judged(facts.state, [](const StateFacts& state) {
        if (state.leftovers.empty()) return ok("no temporary files are left over");
        return warning("temporary files of interrupted writes: " + listed(state.leftovers),
                       "look for a full disk or a power cut at their time, then delete them");
    });
}

constexpr std::array table_of_daemon{
    Check{"answers", Category::daemon, "doctor.md#daemon", judge_answer},
    Check{"program", Category::daemon, "doctor.md#daemon", judge_program},
    Check{"converged", Category::daemon, "settings.md#reconcile", judge_convergence},
    Check{"settings", Category::daemon, "settings.md#settings", judge_settings_in_force},
    Check{"rollback", Category::daemon, "settings.md#reconcile", judge_rollback},
    Check{"lock", Category::daemon, "doctor.md#daemon", judge_lock},
    Check{"permissions", Category::state, "doctor.md#state", judge_state_mode},
    Check{"stored-settings", Category::state, "settings.md#settings", judge_stored_settings},
    Check{"spool", Category::state, "doctor.md#state", judge_spool},
    Check{"leftovers", Category::state, "doctor.md#state", judge_leftovers},
};

}  // namespace

std::span<const Check> daemon_checks() { return table_of_daemon; }

}  // namespace dockerext::doctor
