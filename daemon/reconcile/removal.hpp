#pragma once

#include "apply/executor.hpp"
#include "base/redactor.hpp"
#include "model/removal.hpp"
#include "model/settings.hpp"
#include "state/paths.hpp"

#include <optional>
#include <string>
#include <vector>

/// What removals that run without a daemon share.
namespace dockerext::reconcile {

/// The settings in force; nullopt if there are none, or none that can be read.
std::optional<model::Settings> settings_in_force(const state::Paths& paths);
Redactor secrets_in_force(const state::Paths& paths);

/// Collects what has been done, or the first error.
class OutcomeCollector {
public:
    /// For the executor; the collector must outlive its run.
    apply::Executor::Callbacks callbacks();
    Result<model::Removal> result() &&;

private:
    std::vector<std::string> done_;
    std::optional<Error> first_error_;
};

}  // namespace dockerext::reconcile
