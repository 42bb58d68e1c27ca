#include "plan/host_planner.hpp"

#include "base/sha256.hpp"
#include "model/registry.hpp"
#include "plan/daemon_json.hpp"
#include "plan/engine_conflicts.hpp"
#include "plan/engine_unit.hpp"
#include "plan/registry_credentials.hpp"
#include "plan/unit_syntax.hpp"

#include <algorithm>
#include <utility>

namespace dockerext::plan {

using namespace model;

namespace {

constexpr std::uint32_t for_all = 0644, for_root = 0600;

Subject part(std::string name) { return {Subject::Kind::part, std::move(name)}; }

std::string joined(const std::vector<std::string>& texts) {
    std::string all;
    for (const std::string& text : texts) all += (all.empty() ? "" : "; ") + text;
    return all;
}

std::string registry_part(const RegistryLogin& login) {
    return "registry." + (login.server.empty() ? "docker.io" : login.server);
}

/// What of the settings goes into the engine's configuration, and what comes of it on this machine.
struct Configuration {
    std::vector<FileChange> files;
    std::vector<Change> changes;
    ChangeEngine::Effect effect = ChangeEngine::Effect::none;
    bool units_changed = false;
    std::string problem;  ///< why it cannot be had; nothing is touched then
    std::string place;    ///< the part that the problem is about
};

class HostPlanner {
public:
    HostPlanner(const EngineDesired& desired, const ObservedHost& observed, const HostHistory& history,
                SteadyTime now)
        : desired_(desired), observed_(observed), history_(history), now_(now), owned_(history.owned) {
        made_.fingerprint = fingerprint();
    }

    HostPlan plan() && {
        if (!observed_.systemd) leave_alone();
        else if (!observed_.installed) install();
        else keep();
        return std::move(made_);
    }

private:
    bool asks_for_configuration() const {
        return !desired_.docker.options.empty() || desired_.docker.config != "{}" || desired_.docker.port ||
               desired_.certificates;
    }

    std::string fingerprint() const {
        const DockerSettings& docker = desired_.docker;
        std::string all = docker.config + "\n" + (docker.port ? std::to_string(*docker.port) : "");
        for (const std::string& option : docker.options) all += "\n" + option;
        Secret secret(std::move(all));
        if (desired_.certificates) {
            secret = Secret(std::string(secret.reveal()) + std::string(desired_.certificates->ca.reveal()) +
                            std::string(desired_.certificates->cert.reveal()) +
                            std::string(desired_.certificates->key.reveal()));
        }
        return sha256_hex(secret.reveal());
    }

    void tell(std::string name, std::string state, std::string message) {
        made_.parts.push_back({std::move(name), std::move(state), std::move(message)});
    }

    /// The parts of the configuration that the settings speak of; all in one state.
    void tell_configuration(const std::string& state, const std::string& message) {
        const DockerSettings& docker = desired_.docker;
        if (!docker.options.empty() || history_.owned.drop_in) tell("engine.options", state, message);
        if (docker.config != "{}" || !history_.owned.config_keys.empty())
            tell("engine.config", state, message);
        if (docker.port) tell("engine.port", state, message);
        if (desired_.certificates || history_.owned.certificates) tell("engine.tls", state, message);
    }

    StepId add(Step step) {
        made_.plan.steps.push_back(std::move(step));
        return made_.plan.steps.size() - 1;
    }

    void hold(const Subject& subject, Held::Why why, std::string reason,
              std::optional<SteadyTime> until = {}) {
        made_.plan.held.push_back({subject, {}, why, std::move(reason), until});
    }

    /// Holds what failed lately and whose time has not come; why it failed.
    std::string backing_off(const Subject& subject) {
        const auto trouble = history_.troubles.find(subject);
        if (trouble == history_.troubles.end()) return "";
        if (trouble->second.next_attempt > now_)
            hold(subject, Held::Why::backoff, trouble->second.last_error, trouble->second.next_attempt);
        return trouble->second.last_error;
    }

    bool is_held(const Subject& subject) const {
        return std::any_of(made_.plan.held.begin(), made_.plan.held.end(),
                           [&](const Held& held) { return held.subject == subject; });
    }

    void leave_alone() {
        const std::string why = "left alone: systemd does not run this machine's services";
        if (asks_for_configuration()) tell_configuration("unmanaged", why);
        for (const RegistryLogin& login : desired_.logins) {
            if (!login.identity.empty()) tell_identity(login);
            else tell(registry_part(login), "ok", "used for pulls; docker's own configuration is left alone");
        }
    }

    /// Its tokens are looked after elsewhere, and in no file.
    void tell_identity(const RegistryLogin& login) {
        const auto known = history_.identities.find(registry_key(login.server));
        if (known == history_.identities.end()) tell(registry_part(login), "pending", "not asked yet");
        else tell(registry_part(login), known->second.state, known->second.message);
    }

    void install() {
        const Subject subject = part("engine.install");
        if (desired_.docker.install == EngineSource::none) {
            tell(subject.name, "failed", "there is no Docker Engine, and docker.install is \"none\"");
            return hold(
                subject, Held::Why::policy,
                "there is no Docker Engine, and docker.install is \"none\": install one, or let it be");
        }
        const std::string failed = backing_off(subject);
        tell(subject.name, failed.empty() ? "pending" : "failed",
             failed.empty() ? "is being installed" : failed);
        tell_configuration("pending", "comes after the engine");
        if (is_held(subject)) return;
        const DockerSettings& docker = desired_.docker;
        add({.operation = InstallEngine{docker.install, docker.install_version, docker.install_mirror,
                                        desired_.azure_environment},
             .subject = subject,
             .object = "Docker Engine",
             .reason = "not found"});
    }

    void keep() {
        tell("engine.install", "ok", "");
        const auto configured = configure();
        run(configured);
        credentials(configured);
        confirm_logins();
    }

    /// The step that changes the engine's configuration, if one does.
    std::optional<StepId> configure() {
        const Subject subject = part("engine.configuration");
        const Configuration wanted = configuration();
        if (!wanted.problem.empty()) {
            tell_configuration("failed", wanted.problem);
            hold(subject, Held::Why::conflict, wanted.problem);
            return std::nullopt;
        }
        if (wanted.files.empty()) {
            tell_configuration("ok", "");
            return std::nullopt;
        }
        if (history_.refused == made_.fingerprint) {
            const std::string why =
                "dockerd did not come up with it; what was before is in force, until the "
                "settings change: " +
                history_.refusal;
            tell_configuration("failed", why);
            hold(subject, Held::Why::failed, why);
            return std::nullopt;
        }
        const std::string failed = backing_off(subject);
        tell_configuration(failed.empty() ? "pending" : "failed",
                           failed.empty() ? "is being changed" : failed);
        if (is_held(subject)) return std::nullopt;
        return add({.operation = ChangeEngine{wanted.files, wanted.effect, wanted.units_changed, owned_,
                                              made_.fingerprint},
                    .subject = subject,
                    .object = "Docker Engine",
                    .reason = reason_of(wanted.changes),
                    .changes = wanted.changes});
    }

    static std::string reason_of(const std::vector<Change>& changes) {
        std::string fields;
        for (const Change& change : changes) fields += (fields.empty() ? "" : ", ") + change.field;
        return fields + " changed";
    }

    Configuration configuration() {
        Configuration wanted;
        const Ownership before = owned_;
        std::vector<FlagSource> sources;
        std::string daemon_json;
        const bool fits = add_drop_in(wanted, sources) && add_daemon_json(wanted, daemon_json) &&
                          add_certificates(wanted) && agree(wanted, sources, daemon_json);
        if (!fits) owned_ = before;
        return wanted;
    }

    bool add_drop_in(Configuration& wanted, std::vector<FlagSource>& sources) {
        const bool asks = !desired_.docker.options.empty() || desired_.docker.port || desired_.certificates;
        if (!asks && !owned_.drop_in) return true;
        const auto unit = read_engine_unit(observed_.unit_texts);
        if (!unit) return refuse(wanted, "docker.service: " + unit.error().message());
        Variables variables = unit->variables;
        for (const EnvironmentFile& file : unit->environment_files) {
            const auto text = observed_.environment_files.find(file.path);
            if (text == observed_.environment_files.end()) continue;
            for (auto& [name, value] : environment_file(text->second)) variables[name] = value;
        }
        const std::vector<std::string> arguments = arguments_of(unit->exec_start, variables);
        const Tls tls = desired_.certificates ? Tls::yes : Tls::no;
        const auto ours = our_flags(desired_.docker, tls, flags_in(arguments));
        sources.push_back({"docker.service", arguments});
        sources.insert(sources.end(), ours.begin(), ours.end());
        std::optional<Secret> text;
        if (!ours.empty()) text = Secret(engine_drop_in(unit->exec_start, ours));
        owned_.drop_in = text.has_value();
        return add_file(wanted, {std::string(host_paths::drop_in), text, for_all}, "engine.options", [&] {
            wanted.units_changed = true;
            wanted.effect = ChangeEngine::Effect::restart;
        });
    }

    bool add_daemon_json(Configuration& wanted, std::string& merged_text) {
        const auto keys = wanted_keys(desired_.docker.config);
        if (!keys) return refuse(wanted, "docker.config: " + keys.error().message());
        const std::string path(host_paths::daemon_json);
        const auto present = observed_.files.find(path);
        const bool there = present != observed_.files.end();
        if (!keys->empty() || !owned_.config_keys.empty()) {
            if (const auto why = observed_.unreadable.find(path); why != observed_.unreadable.end())
                return refuse(wanted, path + ": " + why->second);
        }
        const auto merged = merge_daemon_json(
            there ? std::optional<std::string_view>(present->second.reveal()) : std::nullopt, *keys,
            owned_.config_keys);
        if (!merged) return refuse(wanted, path + ": " + merged.error().message());
        merged_text = merged->text.value_or("");
        owned_.config_keys = merged->owned;
        if (merged->keys.empty()) return true;
        const std::uint32_t mode = there ? observed_.modes.at(path) : for_all;
        wanted.files.push_back(
            {path, merged->text ? std::optional(Secret(*merged->text)) : std::nullopt, mode});
        wanted.changes.insert(wanted.changes.end(), merged->changes.begin(), merged->changes.end());
        const bool reloads =
            !history_.engine_version.empty() && can_reload(merged->keys, history_.engine_version);
        // In the order of what they cost.
        wanted.effect =
            std::max(wanted.effect, reloads ? ChangeEngine::Effect::reload : ChangeEngine::Effect::restart);
        return true;
    }

    bool add_certificates(Configuration& wanted) {
        if (!desired_.certificates && !owned_.certificates) return true;
        const auto put = [&](std::string_view path, const Secret* content, std::uint32_t mode) {
            std::optional<Secret> text;
            if (content != nullptr) text = *content;
            return add_file(wanted, {std::string(path), text, mode}, "engine.tls",
                            [&] { wanted.effect = ChangeEngine::Effect::restart; });
        };
        const Certificates* certs = desired_.certificates ? &*desired_.certificates : nullptr;
        owned_.certificates = certs != nullptr;
        return put(host_paths::ca, certs ? &certs->ca : nullptr, for_all) &&
               put(host_paths::certificate, certs ? &certs->cert : nullptr, for_all) &&
               put(host_paths::key, certs ? &certs->key : nullptr, for_root);
    }

    /// A file that is not as it should be is to be written, and `act` told.
    template <typename Act>
    bool add_file(Configuration& wanted, FileChange file, const std::string& field, Act act) {
        if (const auto why = observed_.unreadable.find(file.path); why != observed_.unreadable.end())
            return refuse(wanted, file.path + ": " + why->second);
        const auto there = observed_.files.find(file.path);
        const bool present = there != observed_.files.end();
        const bool same =
            present == file.content.has_value() &&
            (!present || (there->second == *file.content && observed_.modes.at(file.path) == file.mode));
        if (same) return true;
        wanted.changes.push_back({field + "." + file.path.substr(file.path.rfind('/') + 1),
                                  present ? "as it is" : "(unset)",
                                  file.content ? "as the settings say" : "(unset)"});
        wanted.files.push_back(std::move(file));
        act();
        return true;
    }

    /// dockerd must be able to start with all of it.
    bool agree(Configuration& wanted, const std::vector<FlagSource>& sources,
               const std::string& daemon_json) {
        if (wanted.files.empty()) return true;
        const auto keys = wanted_keys(desired_.docker.config);
        const auto conflicts = engine_conflicts(sources, daemon_json, keys ? *keys : JsonKeys{});
        return conflicts.empty() || refuse(wanted, joined(conflicts));
    }

    static bool refuse(Configuration& wanted, std::string problem) {
        wanted.problem = std::move(problem);
        return false;
    }

    /// The engine runs, and will at the next boot.
    void run(const std::optional<StepId>& configured) {
        const Subject subject = part("engine.service");
        const ObservedUnit& unit = observed_.unit;
        if (unit.load == ObservedUnit::Load::masked) {
            const std::string why =
                "docker.service is masked, which is left to whoever did it: `systemctl unmask "
                "docker.service` ends it";
            tell(subject.name, "failed", why);
            return hold(subject, Held::Why::policy, why);
        }
        if (unit.load != ObservedUnit::Load::loaded) {
            return tell(subject.name, "unmanaged", "dockerd is there, but not as docker.service: left alone");
        }
        const bool stopped =
            unit.active == ObservedUnit::Active::inactive || unit.active == ObservedUnit::Active::failed;
        if (!stopped && unit.enabled) return tell(subject.name, "ok", "");
        const std::string failed = backing_off(subject);
        const std::string why = stopped ? "docker.service is not running" : "docker.service is not enabled";
        tell(subject.name, failed.empty() ? "pending" : "failed", failed.empty() ? why : failed);
        if (is_held(subject) || configured) return;
        add({.operation = StartEngine{stopped, !unit.enabled},
             .subject = subject,
             .object = "docker.service",
             .reason = why,
             .changes = {
                 {"engine.service", stopped ? "stopped" : "disabled", stopped ? "running" : "enabled"}}});
    }

    void credentials(const std::optional<StepId>& configured) {
        WantedLogins wanted;
        for (const RegistryLogin& login : desired_.logins) {
            if (login.identity.empty())
                wanted.emplace(registry_key(login.server), stored_auth(login.username, login.password));
        }
        if (wanted.empty() && owned_.logins.empty()) return;
        const Subject subject = part("registry.credentials");
        const std::string path(host_paths::credentials);
        const auto present = observed_.files.find(path);
        const bool there = present != observed_.files.end();
        const auto unreadable = observed_.unreadable.find(path);
        const auto merged =
            unreadable != observed_.unreadable.end()
                ? Result<RegistryCredentials>(
                      Error(ErrorKind::invalid_input, path + ": " + unreadable->second))
                : merge_credentials(
                      there ? std::optional<std::string_view>(present->second.reveal()) : std::nullopt,
                      wanted, owned_.logins);
        if (!merged) {
            tell(subject.name, "failed", merged.error().message());
            return hold(subject, Held::Why::failed, merged.error().message());
        }
        owned_.logins = merged->owned;
        const std::string failed = merged->text ? backing_off(subject) : "";
        const std::string state = !failed.empty() ? "failed" : merged->text ? "pending" : "ok";
        tell(subject.name, state, failed.empty() ? joined(merged->notes) : failed);
        if (!merged->text || is_held(subject)) return;
        Step step{
            .operation =
                ChangeEngine{{{path, merged->text, for_root}}, ChangeEngine::Effect::none, false, owned_, ""},
            .subject = subject,
            .object = path,
            .reason = reason_of(merged->changes),
            .changes = merged->changes};
        if (configured) step.after.push_back(*configured);
        add(std::move(step));
    }

    void confirm_logins() {
        for (const RegistryLogin& login : desired_.logins) {
            const Subject subject = part(registry_part(login));
            if (!login.identity.empty()) {
                tell_identity(login);
                continue;
            }
            if (history_.confirmed.contains(login_mark(login))) {
                tell(subject.name, "ok", "");
                continue;
            }
            const std::string failed = backing_off(subject);
            tell(subject.name, failed.empty() ? "pending" : "failed",
                 failed.empty() ? "is being asked whether it knows us" : failed);
            if (is_held(subject) || history_.engine_version.empty()) continue;
            add({.operation = VerifyLogin{login},
                 .subject = subject,
                 .object = login.server.empty() ? "docker.io" : login.server,
                 .reason = "not confirmed yet"});
        }
    }

    const EngineDesired& desired_;
    const ObservedHost& observed_;
    const HostHistory& history_;
    const SteadyTime now_;
    Ownership owned_;  ///< as it is when all steps so far have been done
    HostPlan made_;
};

}  // namespace

std::string login_mark(const RegistryLogin& login) {
    const Secret all(login.server + "\n" + login.username + "\n" + std::string(login.password.reveal()));
    return registry_key(login.server) + " " + sha256_hex(all.reveal());
}

HostPlan plan_host(const EngineDesired& desired, const ObservedHost& observed, const HostHistory& history,
                   SteadyTime now) {
    return HostPlanner(desired, observed, history, now).plan();
}

}  // namespace dockerext::plan
