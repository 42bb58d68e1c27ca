#include "settings/unsupported_parts.hpp"

#include <utility>

namespace dockerext::settings {

std::vector<model::PartStatus> unsupported_parts(const model::Settings& settings) {
    std::vector<model::PartStatus> parts;
    const auto add = [&](std::string name, const std::string& setting) {
        parts.push_back({std::move(name), model::PartState::unsupported,
                         "accepted, but this version does not apply " + setting + " yet"});
    };
    if (settings.reconcile.rollback.value_or(false)) add("reconcile.rollback", "reconcile.rollback");
    return parts;
}

}  // namespace dockerext::settings
