#include "plan/engine_configuration.hpp"

#include "base/joined.hpp"
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

Error configuration_error(std::string why) { return {ErrorKind::invalid_input, std::move(why)}; }

/// The command line in a drop-in, for display.
std::string shown_command(const Secret& drop_in) {
    const std::string_view text = drop_in.reveal();
    if (dockerd::is_sensitive(text)) return "(hidden)";
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
class ConfigurationBuilder {
public:
    ConfigurationBuilder(const EngineDesired& desired, const ObservedHost& observed, const Ownership& owned,
                         RunningEngine running)
        : desired_(desired), observed_(observed), running_(running) {
        result_.owned = owned;
    }

    Result<EngineConfiguration> run() && {
        const auto keys = dockerd::desired_keys(desired_.docker.config);
        if (!keys) return keys.error().within("docker.config");
        for (const auto& added :
             {add_drop_in(), add_daemon_json(*keys), add_certificates(), check_conflicts(*keys)}) {
            if (!added) return added.error();
        }
        return std::move(result_);
    }

private:
    Result<> add_drop_in() {
        const DockerSettings& docker = desired_.docker;
        const bool is_configured = !docker.options.empty() || docker.port || desired_.certificates;
        auto unit = dockerd::read_engine_unit(observed_.unit_texts);
        const auto before = dockerd::exec_start_before_extension(observed_.unit_file, observed_.unit_texts);
        const bool is_taken_over = before && (has_engine_settings(desired_) || result_.owned.drop_in);
        if (!is_configured && !result_.owned.drop_in && !is_taken_over) return {};
        if (!unit) return unit.error().within("docker.service");
        const auto present_flags =
            dockerd::parse_flags(dockerd::arguments_of(unit->exec_start, variables_of(*unit)));
        if (is_taken_over) unit->exec_start = *before;
        const std::vector<std::string> arguments =
            dockerd::arguments_of(unit->exec_start, variables_of(*unit));
        const dockerd::Tls tls = desired_.certificates ? dockerd::Tls::yes : dockerd::Tls::no;
        const auto added_flags = dockerd::flags_to_add(docker, tls, dockerd::parse_flags(arguments));
        sources_.push_back({"docker.service", arguments});
        sources_.insert(sources_.end(), added_flags.begin(), added_flags.end());
        std::optional<Secret> text;
        if (is_taken_over || !added_flags.empty())
            text = Secret(dockerd::engine_drop_in(unit->exec_start, added_flags));
        result_.owned.drop_in = text.has_value();
        const std::uint32_t mode = text && dockerd::is_sensitive(text->reveal()) ? root_only : world_readable;
        const auto added =
            add_file({std::string(host_paths::drop_in), text, mode}, "engine.options", shown_command);
        if (!added) return added.error();
        result_.units_changed = *added != Added::nothing;
        // A takeover that changes nothing for dockerd interrupts no container.
        const bool is_first = !observed_.files.contains(std::string(host_paths::drop_in));
        const bool is_known_to_dockerd =
            is_taken_over && is_first && dockerd::are_same(present_flags, wanted_flags());
        if (*added == Added::content && !is_known_to_dockerd) require_restart();
        return {};
    }

    std::vector<dockerd::GivenFlag> wanted_flags() const {
        std::vector<dockerd::GivenFlag> all;
        for (const dockerd::FlagSource& source : sources_) {
            const auto flags = dockerd::parse_flags(source.arguments);
            all.insert(all.end(), flags.begin(), flags.end());
        }
        return all;
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
        if (!keys.empty() || !result_.owned.config_keys.empty()) {
            if (const auto why = observed_.unreadable.find(path); why != observed_.unreadable.end())
                return configuration_error(path + ": " + why->second);
        }
        const auto merged = dockerd::merge_daemon_json(
            there ? std::optional<std::string_view>(present->second.reveal()) : std::nullopt, keys,
            result_.owned.config_keys);
        if (!merged) return merged.error().within(path);
        daemon_json_ = merged->text.value_or("");
        result_.owned.config_keys = merged->owned;
        if (merged->keys.empty()) return {};
        const std::uint32_t new_file_mode = merged->can_contain_secrets ? root_only : world_readable;
        const std::uint32_t mode = there ? observed_.modes.at(path) : new_file_mode;
        result_.files.push_back(
            {path, merged->text ? std::optional(Secret(*merged->text)) : std::nullopt, mode});
        result_.changes.insert(result_.changes.end(), merged->changes.begin(), merged->changes.end());
        const bool reloads = !running_.version.empty() && dockerd::can_reload(merged->keys, running_.version);
        if (reloads) require_effect(Effect::reload);  // it may have reloaded what somebody changed
        else require_restart();
        return {};
    }

    Result<> add_certificates() {
        const Certificates* const certs = desired_.certificates ? &*desired_.certificates : nullptr;
        if (certs == nullptr && !result_.owned.certificates) return {};
        result_.owned.certificates = certs != nullptr;
        const auto put = [&](std::string_view path, Secret Certificates::*content, std::uint32_t mode,
                             Shown shown) {
            std::optional<Secret> text;
            if (certs != nullptr) text = certs->*content;
            auto added = add_file({std::string(path), text, mode}, "engine.tls", shown);
            if (added && *added == Added::content) require_restart();
            return added;
        };
        for (const auto& added :
             {put(host_paths::ca, &Certificates::ca, world_readable, shown_certificate),
              put(host_paths::certificate, &Certificates::cert, world_readable, shown_certificate),
              put(host_paths::key, &Certificates::key, root_only, shown_key)}) {
            if (!added) return added.error();
        }
        return {};
    }

    enum class Added { nothing, mode, content };
    using Shown = std::string (*)(const Secret& content);

    /// Adds a file that differs from its desired state, and returns what differs: only another content needs
    /// a restart, because dockerd is root and can read a file of any mode. `shown` turns a content into text
    /// for display.
    Result<Added> add_file(FileChange file, const std::string& field, Shown shown) {
        if (const auto why = observed_.unreadable.find(file.path); why != observed_.unreadable.end())
            return configuration_error(file.path + ": " + why->second);
        const auto there = observed_.files.find(file.path);
        const bool present = there != observed_.files.end();
        const bool same_content =
            present == file.content.has_value() && (!present || there->second == *file.content);
        if (same_content && (!present || observed_.modes.at(file.path) == file.mode)) return Added::nothing;
        Change change{field + "." + file.path.substr(file.path.rfind('/') + 1),
                      present ? shown(there->second) : "(unset)",
                      file.content ? shown(*file.content) : "(unset)"};
        if (same_content) {
            change.have = shown_mode(observed_.modes.at(file.path));
            change.want = shown_mode(file.mode);
        }
        result_.changes.push_back(std::move(change));
        result_.files.push_back(std::move(file));
        return same_content ? Added::mode : Added::content;
    }

    /// What dockerd reads only when it starts, it has not read since.
    void require_restart() {
        if (running_.desired == Loaded::no) require_effect(Effect::restart);
    }

    /// Effects are ordered by cost.
    void require_effect(Effect effect) { result_.effect = std::max(result_.effect, effect); }

    /// Fails if dockerd could not start with the new configuration.
    Result<> check_conflicts(const dockerd::JsonKeys& keys) const {
        if (result_.effect == Effect::none) return {};
        if (const auto readable = dockerd::require_readable(daemon_json_); !readable)
            return readable.error().within(std::string(host_paths::daemon_json));
        const auto conflicts = dockerd::engine_conflicts(sources_, daemon_json_, keys);
        if (conflicts.empty()) return {};
        return configuration_error(joined(conflicts, "; "));
    }

    const EngineDesired& desired_;
    const ObservedHost& observed_;
    const RunningEngine running_;
    std::vector<dockerd::FlagSource> sources_;  ///< where dockerd's flags come from
    std::string daemon_json_;                   ///< the desired content
    EngineConfiguration result_;
};

}  // namespace

Result<EngineConfiguration> engine_configuration(const EngineDesired& desired, const ObservedHost& observed,
                                                 const Ownership& owned, RunningEngine running) {
    return ConfigurationBuilder(desired, observed, owned, running).run();
}

bool has_engine_settings(const EngineDesired& desired) {
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
