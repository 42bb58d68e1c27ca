#pragma once

#include "azure/registry_identity.hpp"
#include "model/history.hpp"
#include "model/status.hpp"
#include "reconcile/backoff.hpp"

#include <algorithm>
#include <optional>
#include <string>

namespace dockerext::reconcile {

/// The token of one registry over time. A value: times come in as arguments.
struct TokenState {
    std::optional<Secret> password;  ///< valid until `ends`
    std::optional<Secret> former;    ///< the token that it replaced, which may still be valid
    model::SteadyTime ends, due;     ///< `due`: time of the next request; at first, at once
    bool asked = false;              ///< at least one request has ended, with or without success
    unsigned failures = 0;           ///< in a row
    std::string error;               ///< of the last failure
};

/// A token has arrived. Renews it after 80 % of its lifetime: the rest is reserve for failures. Not more
/// often than every 5 s.
inline void got(TokenState& state, azure::RegistryToken token, model::SteadyTime now) {
    constexpr Duration least = std::chrono::seconds(5);
    const auto life = std::chrono::duration_cast<Duration>(token.life);
    state = {.password = std::move(token.password),
             .former = std::move(state.password),
             .ends = now + life,
             .due = now + std::max<Duration>(life / 10 * 8, least),
             .asked = true};
}

/// The current token stays in use until it expires. Respects the pause that the service asks for, up to an
/// hour.
inline void failed(TokenState& state, const azure::TokenAnswer& answer, model::SteadyTime now,
                   double jitter) {
    constexpr Duration longest_pause = std::chrono::hours(1);
    const Duration asked_for = answer.retry_after.value_or(std::chrono::seconds(0));
    state.asked = true;
    state.error = answer.error.message();
    const Duration wait = Backoff{}.after(++state.failures, jitter);
    state.due = now + std::max(wait, std::min(asked_for, longest_pause));
}

inline bool holds(const TokenState& state, model::SteadyTime now) {
    return state.password && now < state.ends;
}

/// For people. The planner sets the name of the part.
inline model::PartStatus part_of(const TokenState& state, model::SteadyTime now) {
    if (holds(state, now)) {
        return {"", model::PartState::ok,
                state.failures == 0 ? "" : "cannot renew the token in use yet: " + state.error};
    }
    if (state.failures == 0)
        return {"", model::PartState::pending, "logging in with this machine's identity"};
    return {"", model::PartState::failed, state.error};
}

}  // namespace dockerext::reconcile
