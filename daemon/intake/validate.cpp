#include "intake/validate.hpp"

#include "base/clock.hpp"
#include "intake/parse_envelope.hpp"
#include "state/paths.hpp"
#include "state/settings_store.hpp"

#include <utility>

namespace dockerext::intake {

Validation validate(const model::Envelope& envelope, const std::filesystem::path& root) {
    const state::Paths paths(root);
    const state::SettingsStore store(paths.state);
    IntakeResult intake =
        parse_envelope(envelope, paths.project, store.file(), settings::checks_of_new_settings(wall_now()));
    Validation validation{std::move(intake.problems), {}};
    if (!intake.accepted) return validation;
    validation.warnings = std::move(intake.accepted->warnings);
    return validation;
}

}  // namespace dockerext::intake
