#include "doctor/check.hpp"

#include "base/joined.hpp"
#include "base/json_document.hpp"
#include "dockerd/command_line.hpp"
#include "dockerd/option_values.hpp"
#include "doctor/engine_options.hpp"
#include "settings/engine_access.hpp"

#include <algorithm>
#include <array>

/// Who can take over the machine through its engine.
namespace dockerext::doctor {
namespace {

using model::Category;
namespace paths = model::host_paths;

/// How dockerd listens.
struct Listening {
    std::vector<std::string> open;  ///< addresses that other machines reach
    bool tls = false, verifies = false;
};

bool is_set(const dockerd::GivenFlag& flag) { return dockerd::is_on(flag.value.value_or("true")); }

void add_flags(const std::vector<dockerd::GivenFlag>& flags, Listening& listening) {
    for (const dockerd::GivenFlag& flag : flags) {
        if (flag.name == "host" && flag.value && settings::is_remotely_reachable(*flag.value))
            listening.open.push_back(*flag.value);
        if (flag.name == "tls") listening.tls = is_set(flag);
        if (flag.name == "tlsverify") listening.verifies = is_set(flag);
    }
}

bool flag_of(const JsonCursor& config, std::string_view key) {
    const auto member = config.find(key);
    if (!member || !*member) return false;
    const auto flag = (*member)->boolean();
    return flag && *flag;
}

void add_config(const JsonCursor& config, Listening& listening) {
    listening.tls = listening.tls || flag_of(config, "tls");
    listening.verifies = listening.verifies || flag_of(config, "tlsverify");
    const auto hosts = config.find("hosts");
    if (!hosts || !*hosts) return;
    const auto items = (*hosts)->items();
    for (const JsonCursor& item : items ? *items : std::vector<JsonCursor>{}) {
        const auto address = item.string();
        if (address && settings::is_remotely_reachable(*address)) listening.open.push_back(*address);
    }
}

constexpr const char* api_remedy = "close it, or require certificates: certs in the protected settings";

/// No open address is among the options that are known.
Verdict judge_closed_api(const Facts& facts, const Found<std::vector<std::string>>& arguments) {
    for (const std::string& text :
         facts.engine.info ? facts.engine.info->warnings : std::vector<std::string>{}) {
        if (text.find("API is accessible") != std::string::npos)
            return error("the engine says: " + text, api_remedy);
    }
    if (!arguments) return skipped(arguments.error().message());
    if (!facts.systemd.host) return skipped(facts.systemd.host.error().message());
    if (const auto hidden = unreadable(*facts.systemd.host, paths::daemon_json)) return skipped(*hidden);
    return ok("the engine's API is not open to the network");
}

Verdict judge_api(const Facts& facts) {
    Listening listening;
    const auto arguments = arguments_of_engine(facts);
    if (arguments) add_flags(dockerd::parse_flags(*arguments), listening);
    if (facts.systemd.host) {
        const auto file = facts.systemd.host->files.find(std::string(paths::daemon_json));
        const bool is_there = file != facts.systemd.host->files.end();
        const auto config = JsonDocument::parse(is_there ? file->second.reveal() : "{}");
        if (config) add_config(config->root(), listening);
    }
    if (listening.open.empty()) return judge_closed_api(facts, arguments);
    const std::string found = "the engine's API is open to the network at " + listed(listening.open);
    if (listening.verifies) return ok(found + ", for clients with a certificate");
    if (listening.tls)
        return error(found + " with TLS, but without client certificates: anybody who reaches it is root",
                     api_remedy);
    return error(found + " without TLS: anybody who reaches it is root", api_remedy);
}

Verdict judge_socket(const Facts& facts) {
    return judged(facts.engine.socket, [](const FilePermissions& socket) {
        if ((socket.mode & 002) != 0)
            return error("everybody on this machine can write to the engine's socket, and is root thereby",
                         "chmod 0660 /run/docker.sock; SocketMode=0660 in docker.socket");
        return ok("root and group " + socket.group + " can use the engine's socket");
    });
}

Verdict judge_group(const Facts& facts) {
    return judged(facts.machine.docker_group, [](const std::vector<std::string>& members) {
        if (members.empty()) return ok("group docker has no members");
        return ok("members of group docker, which are root thereby: " + listed(members));
    });
}

Verdict judge_denials(const Facts& facts) {
    return judged(facts.machine.denials, [](const std::vector<std::string>& lines) {
        if (lines.empty())
            return ok("AppArmor and SELinux have denied nothing to containers since yesterday");
        return warning(std::to_string(lines.size()) + " denials since yesterday, the last: " + lines.front(),
                       "relabel binds (:z) for SELinux; security_opt: apparmor=PROFILE for AppArmor");
    });
}

constexpr std::array table_of_security{
    Check{"api", Category::security, "settings.md#docker", judge_api},
    Check{"socket", Category::security, "doctor.md#security", judge_socket},
    Check{"group", Category::security, "doctor.md#security", judge_group},
    Check{"denials", Category::security, "doctor.md#security", judge_denials},
};

}  // namespace

std::span<const Check> security_checks() { return table_of_security; }

}  // namespace dockerext::doctor
