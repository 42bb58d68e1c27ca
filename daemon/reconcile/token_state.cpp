#include "reconcile/token_state.hpp"

#include "reconcile/backoff.hpp"

#include <algorithm>
#include <utility>

namespace dockerext::reconcile {

void token_received(TokenState& state, azure::RegistryToken token, model::SteadyTime now) {
    constexpr Duration min_renewal_interval = std::chrono::seconds(5);
    const auto lifetime = std::chrono::duration_cast<Duration>(token.lifetime);
    state = {.password = std::move(token.password),
             .former = std::move(state.password),
             .ends = now + lifetime,
             .due = now + std::max<Duration>(lifetime / 10 * 8, min_renewal_interval),
             .has_answer = true};
}

void failed(TokenState& state, const azure::TokenResult& answer, model::SteadyTime now, double jitter) {
    constexpr Duration longest_pause = std::chrono::hours(1);
    const Duration asked_for = answer.retry_after.value_or(std::chrono::seconds(0));
    state.has_answer = true;
    state.error = answer.error.message();
    const Duration wait = Backoff{}.after(++state.failures, jitter);
    state.due = now + std::max(wait, std::min(asked_for, longest_pause));
}

bool has_valid_token(const TokenState& state, model::SteadyTime now) {
    return state.password && now < state.ends;
}

model::PartStatus part_of(const TokenState& state, model::SteadyTime now) {
    if (has_valid_token(state, now)) {
        return {"", model::PartState::ok,
                state.failures == 0 ? "" : "cannot renew the token in use yet: " + state.error};
    }
    if (state.failures == 0)
        return {"", model::PartState::pending, "logging in with this machine's identity"};
    return {"", model::PartState::failed, state.error};
}

}  // namespace dockerext::reconcile
