#include "doctor/engine_options.hpp"

#include "base/json_document.hpp"
#include "dockerd/command_line.hpp"
#include "dockerd/engine_unit.hpp"
#include "dockerd/unit_syntax.hpp"
#include "model/host.hpp"

#include <utility>

namespace dockerext::doctor {

namespace paths = model::host_paths;

namespace {

dockerd::Variables variables_of_unit(const dockerd::EngineUnit& unit, const model::ObservedHost& host) {
    dockerd::Variables variables = unit.variables;
    for (const dockerd::EnvironmentFile& file : unit.environment_files) {
        const auto text = host.environment_files.find(file.path);
        if (text == host.environment_files.end()) continue;
        for (auto& [name, value] : dockerd::environment_file(text->second)) variables[name] = value;
    }
    return variables;
}

}  // namespace

std::string file_text(const model::ObservedHost& host, std::string_view path) {
    const auto file = host.files.find(std::string(path));
    return file == host.files.end() ? std::string() : std::string(file->second.reveal());
}

Result<std::vector<std::string>> arguments_of_unit(const model::ObservedHost& host) {
    std::vector<std::string> texts = host.unit_texts;
    if (texts.empty()) return Error(ErrorKind::not_found, "there is no docker.service");
    if (auto ours = file_text(host, paths::drop_in); !ours.empty()) texts.push_back(std::move(ours));
    const auto unit = dockerd::read_engine_unit(texts);
    if (!unit) return unit.error();
    return dockerd::arguments_of(unit->exec_start, variables_of_unit(*unit, host));
}

Found<std::vector<std::string>> arguments_of_engine(const Facts& facts) {
    if (facts.engine.arguments || !facts.systemd.host) return facts.engine.arguments;
    const auto of_unit = arguments_of_unit(*facts.systemd.host);
    return of_unit ? of_unit : facts.engine.arguments;
}

std::optional<std::string> engine_option(const Facts& facts, std::string_view name) {
    if (const auto arguments = arguments_of_engine(facts)) {
        for (const dockerd::GivenFlag& flag : dockerd::parse_flags(*arguments)) {
            if (flag.name == name) return flag.value.value_or("true");
        }
    }
    if (!facts.systemd.host) return std::nullopt;
    const auto config = JsonDocument::parse(file_text(*facts.systemd.host, paths::daemon_json));
    const auto member = config ? config->root().find(name) : std::nullopt;
    if (!member || !*member) return std::nullopt;
    const auto text = (*member)->string();
    return text ? *text : (*member)->text();
}

}  // namespace dockerext::doctor
