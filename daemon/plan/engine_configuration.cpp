#include "plan/engine_configuration.hpp"

#include "base/sha256.hpp"
#include "dockerd/daemon_json.hpp"
#include "dockerd/engine_conflicts.hpp"
#include "dockerd/engine_unit.hpp"
#include "dockerd/unit_syntax.hpp"
#include "plan/host_work.hpp"

#include <algorithm>
#include <sstream>
#include <utility>

namespace dockerext::plan {

using namespace model;

namespace {

using Effect = ChangeEngine::Effect;

Error refusal(std::string why) { return {ErrorKind::invalid_input, std::move(why)}; }

/// --http-proxy, --https-proxy, HTTPS_PROXY: their addresses may contain a password in any form.
bool sets_proxy(std::string_view text) {
    return text.find("-proxy") != std::string_view::npos || text.find("_PROXY") != std::string_view::npos;
}

bool is_private(std::string_view text) { return dockerd::may_be_secret(text) || sets_proxy(text); }

/// The command line in a drop-in, for display.
std::string shown_command(const Secret& drop_in) {
    const std::string_view text = drop_in.reveal();
    if (is_private(text)) return "(hidden)";
    constexpr std::string_view key = "\nExecStart=";
    const std::size_t found = text.rfind(key);
    if (found == std::string_view::npos) return "(other content)";
    const std::size_t begin = found + key.size();
    return std::string(text.substr(begin, text.find('\n', begin) - begin));
}

std::string shown_certificate(const Secret& pem) {
    constexpr std::size_t short_digest = 12;
    return "sha256:" + sha256_hex(pem.reveal()).substr(0, short_digest);
}

std::string shown_key(const Secret&) { return "(hidden)"; }

std::string shown_mode(std::uint32_t mode) {
    std::ostringstream text;
    text << "mode 0" << std::oct << mode;
    return text.str();
}

/// An engine configuration under construction.
class Configuring {
public:
    Configuring(const EngineDesired& desired, const ObservedHost& observed, const Ownership& owned,
                std::string_view engine_version)
        : desired_(desired), observed_(observed), engine_version_(engine_version) {
        made_.owned = owned;
    }

    Result<EngineConfiguration> run() && {
        const auto keys = dockerd::wanted_keys(desired_.docker.config);
        if (!keys) return keys.error().within("docker.config");
        for (const auto& added : {add_drop_in(), add_daemon_json(*keys), add_certificates(), agree(*keys)}) {
            if (!added) return added.error();
        }
        return std::move(made_);
    }

private:
    Result<> add_drop_in() {
        const DockerSettings& docker = desired_.docker;
        const bool asks = !docker.options.empty() || docker.port || desired_.certificates;
        if (!asks && !made_.owned.drop_in) return {};
        const auto unit = dockerd::read_engine_unit(observed_.unit_texts);
        if (!unit) return unit.error().within("docker.service");
        const std::vector<std::string> arguments =
            dockerd::arguments_of(unit->exec_start, variables_of(*unit));
        const dockerd::Tls tls = desired_.certificates ? dockerd::Tls::yes : dockerd::Tls::no;
        const auto ours = dockerd::our_flags(docker, tls, dockerd::flags_in(arguments));
        sources_.push_back({"docker.service", arguments});
        sources_.insert(sources_.end(), ours.begin(), ours.end());
        std::optional<Secret> text;
        if (!ours.empty()) text = Secret(dockerd::engine_drop_in(unit->exec_start, ours));
        made_.owned.drop_in = text.has_value();
        const std::uint32_t mode = text && is_private(text->reveal()) ? for_root : for_all;
        const auto added =
            add_file({std::string(host_paths::drop_in), text, mode}, "engine.options", shown_command);
        if (!added) return added.error();
        made_.units_changed = *added == Added::yes;
        return {};
    }

    dockerd::Variables variables_of(const dockerd::EngineUnit& unit) const {
        dockerd::Variables variables = unit.variables;
        for (const dockerd::EnvironmentFile& file : unit.environment_files) {
            const auto text = observed_.environment_files.find(file.path);
            if (text == observed_.environment_files.end()) continue;
            for (auto& [name, value] : dockerd::environment_file(text->second)) variables[name] = value;
        }
        return variables;
    }

    Result<> add_daemon_json(const dockerd::JsonKeys& keys) {
        const std::string path(host_paths::daemon_json);
        const auto present = observed_.files.find(path);
        const bool there = present != observed_.files.end();
        if (!keys.empty() || !made_.owned.config_keys.empty()) {
            if (const auto why = observed_.unreadable.find(path); why != observed_.unreadable.end())
                return refusal(path + ": " + why->second);
        }
        const auto merged = dockerd::merge_daemon_json(
            there ? std::optional<std::string_view>(present->second.reveal()) : std::nullopt, keys,
            made_.owned.config_keys);
        if (!merged) return merged.error().within(path);
        daemon_json_ = merged->text.value_or("");
        made_.owned.config_keys = merged->owned;
        if (merged->keys.empty()) return {};
        const std::uint32_t when_made = merged->may_hold_secrets ? for_root : for_all;
        const std::uint32_t mode = there ? observed_.modes.at(path) : when_made;
        made_.files.push_back(
            {path, merged->text ? std::optional(Secret(*merged->text)) : std::nullopt, mode});
        made_.changes.insert(made_.changes.end(), merged->changes.begin(), merged->changes.end());
        const bool reloads = !engine_version_.empty() && dockerd::can_reload(merged->keys, engine_version_);
        needs(reloads ? Effect::reload : Effect::restart);
        return {};
    }

    Result<> add_certificates() {
        const Certificates* const certs = desired_.certificates ? &*desired_.certificates : nullptr;
        if (certs == nullptr && !made_.owned.certificates) return {};
        made_.owned.certificates = certs != nullptr;
        const auto put = [&](std::string_view path, Secret Certificates::*content, std::uint32_t mode,
                             Shown shown) {
            std::optional<Secret> text;
            if (certs != nullptr) text = certs->*content;
            return add_file({std::string(path), text, mode}, "engine.tls", shown);
        };
        for (const auto& added :
             {put(host_paths::ca, &Certificates::ca, for_all, shown_certificate),
              put(host_paths::certificate, &Certificates::cert, for_all, shown_certificate),
              put(host_paths::key, &Certificates::key, for_root, shown_key)}) {
            if (!added) return added.error();
        }
        return {};
    }

    enum class Added { no, yes };
    using Shown = std::string (*)(const Secret& content);

    /// Adds a file that differs from its desired state; this needs a restart. `shown` turns a content into
    /// text for display.
    Result<Added> add_file(FileChange file, const std::string& field, Shown shown) {
        if (const auto why = observed_.unreadable.find(file.path); why != observed_.unreadable.end())
            return refusal(file.path + ": " + why->second);
        const auto there = observed_.files.find(file.path);
        const bool present = there != observed_.files.end();
        const bool same_content =
            present == file.content.has_value() && (!present || there->second == *file.content);
        if (same_content && (!present || observed_.modes.at(file.path) == file.mode)) return Added::no;
        Change change{field + "." + file.path.substr(file.path.rfind('/') + 1),
                      present ? shown(there->second) : "(unset)",
                      file.content ? shown(*file.content) : "(unset)"};
        if (same_content) {
            change.have = shown_mode(observed_.modes.at(file.path));
            change.want = shown_mode(file.mode);
        }
        made_.changes.push_back(std::move(change));
        made_.files.push_back(std::move(file));
        if (!same_content) needs(Effect::restart);  // dockerd is root and can read a file of any mode
        return Added::yes;
    }

    /// Effects are ordered by cost.
    void needs(Effect effect) { made_.effect = std::max(made_.effect, effect); }

    /// Fails if dockerd could not start with the new configuration.
    Result<> agree(const dockerd::JsonKeys& keys) const {
        if (made_.effect == Effect::none) return {};
        if (const auto readable = dockerd::require_readable(daemon_json_); !readable)
            return readable.error().within(std::string(host_paths::daemon_json));
        const auto conflicts = dockerd::engine_conflicts(sources_, daemon_json_, keys);
        if (conflicts.empty()) return {};
        return refusal(joined(conflicts));
    }

    const EngineDesired& desired_;
    const ObservedHost& observed_;
    const std::string_view engine_version_;
    std::vector<dockerd::FlagSource> sources_;  ///< where dockerd's flags come from
    std::string daemon_json_;                   ///< the desired content
    EngineConfiguration made_;
};

}  // namespace

Result<EngineConfiguration> engine_configuration(const EngineDesired& desired, const ObservedHost& observed,
                                                 const Ownership& owned, std::string_view engine_version) {
    return Configuring(desired, observed, owned, engine_version).run();
}

bool asks_for_configuration(const EngineDesired& desired) {
    return !desired.docker.options.empty() || desired.docker.config != "{}" || desired.docker.port ||
           desired.certificates;
}

std::string configuration_fingerprint(const EngineDesired& desired) {
    const DockerSettings& docker = desired.docker;
    std::string all = docker.config + "\n" + (docker.port ? std::to_string(*docker.port) : "");
    for (const std::string& option : docker.options) all += "\n" + option;
    if (const auto& certs = desired.certificates) {
        for (const Secret* secret : {&certs->ca, &certs->cert, &certs->key})
            all += "\n" + sha256_hex(secret->reveal());
    }
    return sha256_hex(all);
}

}  // namespace dockerext::plan
