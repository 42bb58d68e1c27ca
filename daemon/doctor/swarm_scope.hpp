#pragma once

#include "doctor/check.hpp"
#include "model/swarm.hpp"

#include <optional>
#include <string>

/// When the checks of a swarm apply. For this room only.
namespace dockerext::doctor {

inline bool asks_for_swarm(const Facts& facts) { return facts.settings && facts.settings->swarm; }

/// Why they do not apply: neither do the settings ask for a swarm, nor is the engine in one. nullopt if they
/// do.
inline std::optional<std::string> why_no_swarm(const Facts& facts) {
    const auto& observed = facts.swarm.observed;
    if (asks_for_swarm(facts)) return std::nullopt;
    if (!observed) return observed.error().message();
    if (observed->state != model::LocalNodeState::inactive) return std::nullopt;
    return facts.settings ? "the engine is in no swarm, and the settings ask for none"
                          : facts.settings.error().message();
}

template <typename Judge>
Verdict judged_in_swarm(const Facts& facts, Judge judge) {
    if (const auto why = why_no_swarm(facts)) return skipped(*why);
    return judged(facts.swarm.observed, judge);
}

}  // namespace dockerext::doctor
