#pragma once

#include "base/enum_names.hpp"

#include <string>

namespace dockerext::model {

/// The parts of a machine that `dockerextd doctor` examines.
enum class Category {
    daemon,
    state,
    engine,
    systemd,
    storage,
    network,
    dns,
    time,
    tls,
    registries,
    compose,
    swarm,
    azure,
    security
};
constexpr auto names_of(Category) {
    using enum Category;
    return enum_names<Category>({{daemon, "daemon"},
                                 {state, "state"},
                                 {engine, "engine"},
                                 {systemd, "systemd"},
                                 {storage, "storage"},
                                 {network, "network"},
                                 {dns, "dns"},
                                 {time, "time"},
                                 {tls, "tls"},
                                 {registries, "registries"},
                                 {compose, "compose"},
                                 {swarm, "swarm"},
                                 {azure, "azure"},
                                 {security, "security"}});
}

/// error: something fails, or will. warning: somebody should look at it. skipped: could not be checked, or
/// does not apply.
enum class FindingState { ok, warning, error, skipped };
constexpr auto names_of(FindingState) {
    using enum FindingState;
    return enum_names<FindingState>(
        {{ok, "ok"}, {warning, "warning"}, {error, "error"}, {skipped, "skipped"}});
}

/// The result of one check.
struct Finding {
    std::string id;  ///< unique within its category: "log-rotation"
    Category category = Category::daemon;
    FindingState state = FindingState::ok;
    std::string message;    ///< what was found; of a skipped check, why it was not made
    std::string remedy;     ///< what to do; only of warnings and errors
    std::string reference;  ///< where to read on, in the installed documents: "settings.md#docker"
};

}  // namespace dockerext::model
