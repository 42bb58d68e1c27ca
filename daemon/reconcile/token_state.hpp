#pragma once

#include "azure/registry_identity.hpp"
#include "model/history.hpp"
#include "model/status.hpp"

#include <optional>
#include <string>

namespace dockerext::reconcile {

/// The token of one registry over time. A value: times come in as arguments.
struct TokenState {
    std::optional<Secret> password;  ///< valid until `ends`
    std::optional<Secret> former;    ///< the token that it replaced, which may still be valid
    model::SteadyTime ends, due;     ///< `due`: time of the next request; at first, at once
    bool has_answer = false;         ///< at least one request has ended, with or without success
    unsigned failures = 0;           ///< in a row
    std::string error;               ///< of the last failure
};

/// A token has arrived. Renews it after 80 % of its lifetime: the rest is reserve for failures. Not more
/// often than every 5 s.
void token_received(TokenState& state, azure::RegistryToken token, model::SteadyTime now);
/// The current token stays in use until it expires. Respects the pause that the service asks for, up to an
/// hour.
void failed(TokenState& state, const azure::TokenResult& answer, model::SteadyTime now, double jitter);
bool has_valid_token(const TokenState& state, model::SteadyTime now);
/// For people. The planner sets the name of the part.
model::PartStatus part_of(const TokenState& state, model::SteadyTime now);

}  // namespace dockerext::reconcile
