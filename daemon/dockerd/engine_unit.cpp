#include "dockerd/engine_unit.hpp"

#include "dockerd/daemon_json.hpp"
#include "dockerd/unit_syntax.hpp"

#include <algorithm>
#include <array>
#include <iterator>

namespace dockerext::dockerd {
namespace {

constexpr std::string_view prefixes = "@-:+!|";
constexpr std::string_view default_socket = "--host=unix:///var/run/docker.sock";

std::string_view prefix_of(std::string_view exec_start) {
    return exec_start.substr(0, exec_start.find_first_not_of(prefixes));
}

/// With the prefix ':', systemd does not expand variables.
bool has_variables(std::string_view exec_start) {
    return prefix_of(exec_start).find(':') == std::string_view::npos;
}

class UnitReader {
public:
    void read(const UnitSetting& setting) {
        if (setting.section != "Service") return;
        if (setting.key == "ExecStart") read_exec_start(setting.value);
        else if (setting.key == "Environment") read_variables(setting.value);
        else if (setting.key == "EnvironmentFile") read_file(setting.value);
    }

    Result<EngineUnit> finish() {
        if (commands_.empty()) {
            return Error(ErrorKind::invalid_input, "docker.service has no ExecStart= that starts anything");
        }
        if (commands_.size() > 1) {
            return Error(
                ErrorKind::invalid_input,
                "docker.service has " + std::to_string(commands_.size()) +
                    " lines ExecStart=, where systemd takes one: a drop-in that sets it has to clear "
                    "it first, with an empty ExecStart=");
        }
        unit_.exec_start = std::move(commands_.front());
        const auto words = unit_words(unit_.exec_start);
        if (!words) return words.error().within("ExecStart= of docker.service");
        return std::move(unit_);
    }

private:
    void read_exec_start(const std::string& value) {
        if (value.empty()) commands_.clear();
        else commands_.push_back(value);
    }

    void read_variables(const std::string& value) {
        if (value.empty()) unit_.variables.clear();
        const auto words = unit_words(value);
        if (!words) return;  // systemd ignores such a line, too
        for (const std::string& word : *words) {
            const std::size_t equals = word.find('=');
            if (equals == std::string::npos) continue;
            unit_.variables[word.substr(0, equals)] = word.substr(equals + 1);
        }
    }

    void read_file(std::string_view value) {
        if (value.empty()) unit_.environment_files.clear();
        const bool is_optional = value.starts_with('-');
        if (is_optional) value.remove_prefix(1);
        if (!value.empty()) unit_.environment_files.push_back({std::string(value), is_optional});
    }

    EngineUnit unit_;
    std::vector<std::string> commands_;
};

std::string value_of(const Variables& variables, std::string_view name) {
    const auto found = variables.find(std::string(name));
    return found == variables.end() ? "" : found->second;
}

/// Expands "${NAME}" and "$$" within a word; any other '$' stays.
std::string expanded(std::string_view word, const Variables& variables) {
    std::string out;
    while (!word.empty()) {
        const std::size_t close = word.starts_with("${") ? word.find('}') : std::string_view::npos;
        if (close != std::string_view::npos) {
            out += value_of(variables, word.substr(2, close - 2));
            word.remove_prefix(close + 1);
            continue;
        }
        out += word.front();
        word.remove_prefix(word.starts_with("$$") ? 2 : 1);
    }
    return out;
}

/// Whether the word is a lone variable, which expands to as many words as its value has.
bool is_variable(std::string_view word) {
    return word.size() > 1 && word[0] == '$' && word[1] != '{' && word[1] != '$';
}

void append_expanded(std::string_view word, const Variables& variables, std::vector<std::string>& arguments) {
    if (!is_variable(word)) {
        arguments.push_back(expanded(word, variables));
        return;
    }
    auto words = unit_words(value_of(variables, word.substr(1)), Escapes::simple);
    if (words) std::move(words->begin(), words->end(), std::back_inserter(arguments));
}

void replace_all(std::string& text, std::string_view what, std::string_view by) {
    for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size())) {
        text.replace(at, what.size(), by);
    }
}

bool is_about_tls(std::string_view name) { return name.starts_with("tls"); }

/// Whether no flag or setting other than docker.insecure-port is about TLS.
bool is_tls_unconfigured(const model::DockerSettings& settings, std::span<const GivenFlag> unit_flags) {
    const auto concerns_tls = [](const GivenFlag& flag) { return is_about_tls(flag.name); };
    const auto flags = parse_flags(settings.options);
    const auto keys = desired_keys(settings.config);
    return settings.insecure_port && std::none_of(flags.begin(), flags.end(), concerns_tls) &&
           std::none_of(unit_flags.begin(), unit_flags.end(), concerns_tls) && keys &&
           std::none_of(keys->begin(), keys->end(), [](const auto& key) { return is_about_tls(key.first); });
}

/// A socket passed by systemd, or one in the file system.
bool is_local(const GivenFlag& flag) {
    return flag.name == "host" && flag.value &&
           (flag.value->starts_with("fd:") || flag.value->starts_with("unix:"));
}

}  // namespace

Result<EngineUnit> read_engine_unit(std::span<const std::string> texts) {
    UnitReader reader;
    for (const std::string& text : texts) {
        for (const UnitSetting& setting : unit_settings(text)) reader.read(setting);
    }
    return reader.finish();
}

std::optional<std::string> exec_start_before_extension(std::string_view path,
                                                       std::span<const std::string> texts) {
    const bool is_of_package =
        path == "/lib/systemd/system/docker.service" || path == "/usr/lib/systemd/system/docker.service";
    const auto in_force = read_engine_unit(texts);
    const auto own = texts.empty() ? in_force : read_engine_unit(texts.first(1));
    if (!is_of_package || !in_force || !own || in_force->exec_start != own->exec_start) return std::nullopt;
    // As version 1.2.2 writes it on Ubuntu, and on RHEL and CentOS; people write an address with tcp://.
    constexpr auto starts =
        std::to_array<std::string_view>({"/usr/bin/dockerd -H=fd://", "/usr/bin/dockerd -H=unix://"});
    constexpr auto proofs = std::to_array<std::string_view>(
        {" -H=0.0.0.0:",
         " --tlsverify --tlscacert=/etc/docker/ca.pem --tlscert=/etc/docker/cert.pem "
         "--tlskey=/etc/docker/key.pem"});
    for (const std::string_view start : starts) {
        if (!own->exec_start.starts_with(start)) continue;
        const std::string_view rest = std::string_view(own->exec_start).substr(start.size());
        if (std::any_of(proofs.begin(), proofs.end(),
                        [&](std::string_view proof) { return rest.starts_with(proof); }))
            return std::string(start);
    }
    return std::nullopt;
}

std::vector<std::string> arguments_of(std::string_view exec_start, const Variables& variables) {
    const std::string_view prefix = prefix_of(exec_start);
    const auto words = unit_words(exec_start.substr(prefix.size()));
    const std::size_t program = prefix.find('@') == std::string_view::npos ? 1 : 2;
    std::vector<std::string> arguments;
    if (!words) return arguments;
    for (std::size_t i = program; i < words->size(); ++i) {
        std::string word = (*words)[i];
        replace_all(word, "%%", "%");
        if (has_variables(exec_start)) append_expanded(word, variables, arguments);
        else arguments.push_back(std::move(word));
    }
    return arguments;
}

std::vector<FlagSource> flags_to_add(const model::DockerSettings& settings, Tls tls,
                                     std::span<const GivenFlag> unit_flags) {
    std::vector<FlagSource> sources;
    if (!settings.options.empty()) sources.push_back({"docker.options", settings.options});
    if (settings.port) {
        sources.push_back({"docker.port", {"--host=tcp://0.0.0.0:" + std::to_string(*settings.port)}});
        // Without this flag, dockerd 20.10 and later silently start 15 s late, or not at all.
        if (tls == Tls::no && is_tls_unconfigured(settings, unit_flags))
            sources.push_back({"docker.insecure-port", {"--tls=false"}});
    }
    if (tls == Tls::yes) {
        sources.push_back({"certs",
                           {"--tlsverify", "--tlscacert=/etc/docker/ca.pem", "--tlscert=/etc/docker/cert.pem",
                            "--tlskey=/etc/docker/key.pem"}});
    }
    std::vector<GivenFlag> hosts;
    for (const FlagSource& source : sources) {
        for (auto& flag : parse_flags(source.arguments)) {
            if (flag.name == "host") hosts.push_back(std::move(flag));
        }
    }
    const bool reachable = std::any_of(hosts.begin(), hosts.end(), is_local) ||
                           std::any_of(unit_flags.begin(), unit_flags.end(), is_local);
    if (!hosts.empty() && !reachable) sources.back().arguments.emplace_back(default_socket);
    return sources;
}

std::string engine_drop_in(std::string_view exec_start, std::span<const FlagSource> sources) {
    std::string text =
        "# Written by dockerextd from its settings; what is changed here by hand is put back.\n"
        "[Service]\nExecStart=\nExecStart=";
    text += exec_start;
    for (const FlagSource& source : sources) {
        for (std::string argument : source.arguments) {
            replace_all(argument, "%", "%%");
            if (has_variables(exec_start)) replace_all(argument, "$", "$$");
            text += ' ' + unit_word(argument);
        }
    }
    return text + "\n";
}

}  // namespace dockerext::dockerd
