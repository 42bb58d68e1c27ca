#include "intake/compose_file.hpp"

#include "compose/import.hpp"
#include "state/paths.hpp"

#include <utility>

namespace dockerext::intake {
namespace {

using Make = Result<std::string> (*)(std::string_view text, const compose::Environment& variables);

Result<MadeSettings> made_by(Make make, const ComposeFile& file, const std::filesystem::path& root) {
    auto variables = compose::read_variables_file(file.variables, state::Paths(root).project);
    if (!variables) return variables.error().within("the .env beside it");
    auto settings = make(file.text, variables->values);
    if (!settings) return settings.error();
    return MadeSettings{std::move(*settings), std::move(variables->warnings)};
}

}  // namespace

Result<MadeSettings> settings_around(const ComposeFile& file, const std::filesystem::path& root) {
    return made_by(compose::settings_around, file, root);
}

Result<MadeSettings> import_settings(const ComposeFile& file, const std::filesystem::path& root) {
    return made_by(compose::import_settings, file, root);
}

}  // namespace dockerext::intake
