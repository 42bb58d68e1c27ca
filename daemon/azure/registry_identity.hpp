#pragma once

#include "base/http_client.hpp"
#include "base/secret.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

/// This machine's identity in Azure, as far as Azure Container Registry takes it for a login.
namespace dockerext::azure {

/// Whom the registry is to know us as.
struct RegistryIdentity {
    std::string registry;     ///< "example.azurecr.io"
    std::string identity;     ///< "system", or the client id of an identity of this machine
    std::string environment;  ///< "AzureChinaCloud", "AzureUSGovernment"; all else is the public cloud
};

/// The user name that goes with a token.
inline constexpr std::string_view token_username = "00000000-0000-0000-0000-000000000000";

struct RegistryToken {
    Secret password;
    std::chrono::seconds life{0};
};

/// A token, or why there is none and how long whoever refused it wants to be left alone.
struct TokenAnswer {
    std::optional<RegistryToken> token;
    Error error;
    std::optional<std::chrono::seconds> retry_after;
};

/// What is asked, and what the answers mean. No error tells a token.
HttpRequest metadata_request(const RegistryIdentity& who);
Result<RegistryToken> read_metadata_answer(unsigned status, std::string_view body,
                                           const RegistryIdentity& who);
HttpRequest exchange_request(const RegistryIdentity& who, const Secret& access_token);
/// `metadata_life`: of the access token. The registry's own token tells its life itself, as a rule.
Result<RegistryToken> read_exchange_answer(unsigned status, std::string_view body,
                                           const RegistryIdentity& who, std::chrono::seconds metadata_life);

/// Asks the instance metadata service who this machine is, and the registry for a token in exchange. Within a
/// minute; keeps nothing.
Task<TokenAnswer> ask_for_token(RegistryIdentity who);

}  // namespace dockerext::azure
