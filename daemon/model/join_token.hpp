#pragma once

#include <optional>
#include <string_view>

namespace dockerext::model {

/// A join token of a swarm, SWMTKN-1-DIGEST-SECRET; with FIPS SWMTKN-2-1-DIGEST-SECRET (swarmkit,
/// ca/config.go: ParseJoinToken).
struct JoinToken {
    std::string_view digest;  ///< of the swarm's root certificate: SHA-256 in base 36, 50 characters
    std::string_view secret;  ///< decides the role: 25 characters
};

/// nullopt for any other text. Views into `text`.
std::optional<JoinToken> parse_join_token(std::string_view text);

}  // namespace dockerext::model
