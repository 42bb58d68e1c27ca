#include "reconcile/removal.hpp"

#include "intake/secrets.hpp"
#include "settings/settings_parser.hpp"
#include "state/settings_store.hpp"

#include <utility>

namespace dockerext::reconcile {

std::optional<model::Settings> settings_in_force(const state::Paths& paths) {
    const auto loaded = state::SettingsStore(paths.state).load();
    if (!loaded.envelope) return std::nullopt;
    return settings::parse_settings(loaded.envelope->public_settings,
                                    loaded.envelope->protected_settings.reveal())
        .settings;
}

Redactor secrets_in_force(const state::Paths& paths) {
    const auto loaded = state::SettingsStore(paths.state).load();
    return loaded.envelope ? intake::secrets_of(*loaded.envelope) : Redactor();
}

apply::Executor::Callbacks OutcomeCollector::callbacks() {
    return {.ended = [this](const apply::Outcome& outcome) {
        if (!outcome.error)
            done_.push_back(std::string(verb(outcome.step.operation)) + " " + outcome.step.object);
        else if (!first_error_) first_error_ = outcome.error;
    }};
}

Result<model::Removal> OutcomeCollector::result() && {
    if (first_error_) return *first_error_;
    return model::Removal{std::move(done_), {}};
}

}  // namespace dockerext::reconcile
