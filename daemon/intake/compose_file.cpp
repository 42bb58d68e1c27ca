#include "intake/compose_file.hpp"

#include "compose/import.hpp"
#include "state/paths.hpp"

#include <utility>

namespace dockerext::intake {
namespace {

using Make = Result<std::string> (*)(std::string_view text, const compose::Environment& variables);

Result<ConvertedSettings> convert(Make make, const ComposeFile& file, const std::filesystem::path& root) {
    auto variables = compose::read_variables_file(file.variables, state::Paths(root).project);
    if (!variables) return variables.error().within("the .env beside it");
    for (const auto& [name, value] : file.environment) variables->values[name] = value;
    const std::string name = compose::name_of_folder(file.folder, file.text);
    if (!name.empty()) variables->values.try_emplace("COMPOSE_PROJECT_NAME", name);
    auto settings = make(file.text, variables->values);
    if (!settings) return settings.error();
    return ConvertedSettings{std::move(*settings), std::move(variables->warnings)};
}

}  // namespace

Result<ConvertedSettings> wrap_compose_file(const ComposeFile& file, const std::filesystem::path& root) {
    return convert(compose::wrap_compose_file, file, root);
}

Result<ConvertedSettings> import_settings(const ComposeFile& file, const std::filesystem::path& root) {
    return convert(compose::import_settings, file, root);
}

}  // namespace dockerext::intake
