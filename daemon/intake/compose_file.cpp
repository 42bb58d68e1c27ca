#include "intake/compose_file.hpp"

#include "compose/import.hpp"
#include "state/paths.hpp"

#include <utility>

namespace dockerext::intake {
namespace {

using Make = Result<std::string> (*)(std::string_view text, const compose::Environment& variables);

Result<ConvertedSettings> convert(Make make, const ComposeFile& file, const std::filesystem::path& root) {
    compose::Environment all;
    ConvertedSettings converted;
    for (const EnvFile& env_file : file.env_files) {
        auto variables = compose::read_variables_file(env_file.text, state::Paths(root).project);
        if (!variables) return variables.error().within(env_file.name);
        for (auto& [name, value] : variables->values) all[name] = std::move(value);
        for (std::string& warning : variables->warnings) converted.warnings.push_back(std::move(warning));
    }
    for (const auto& [name, value] : file.environment) all[name] = value;
    const std::string name = compose::name_of_folder(file.folder, file.text);
    if (!name.empty()) all.try_emplace("COMPOSE_PROJECT_NAME", name);
    auto settings = make(file.text, all);
    if (!settings) return settings.error();
    converted.settings = std::move(*settings);
    return converted;
}

}  // namespace

Result<ConvertedSettings> wrap_compose_file(const ComposeFile& file, const std::filesystem::path& root) {
    return convert(compose::wrap_compose_file, file, root);
}

Result<ConvertedSettings> import_settings(const ComposeFile& file, const std::filesystem::path& root) {
    return convert(compose::import_settings, file, root);
}

}  // namespace dockerext::intake
