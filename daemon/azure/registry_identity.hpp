#pragma once

#include "base/http_client.hpp"
#include "base/secret.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

/// Logs in to Azure Container Registry with this machine's managed identity.
namespace dockerext::azure {

/// The identity to use for a registry.
struct RegistryIdentity {
    std::string registry;     ///< "example.azurecr.io"
    std::string identity;     ///< "system", or the client id of a user-assigned identity
    std::string environment;  ///< "AzureChinaCloud", "AzureUSGovernment"; any other is the public cloud
};

/// The user name for a login with a token.
inline constexpr std::string_view token_username = "00000000-0000-0000-0000-000000000000";

struct RegistryToken {
    Secret password;
    std::chrono::seconds lifetime{0};
};

/// A token; or the error, and the pause that the refusing service asked for.
struct TokenResult {
    std::optional<RegistryToken> token;
    Error error;
    std::optional<std::chrono::seconds> retry_after;
};

// The requests and how to read their answers. No error contains a token.
HttpRequest metadata_request(const RegistryIdentity& who);
Result<RegistryToken> read_metadata_response(unsigned status, std::string_view body,
                                             const RegistryIdentity& who);
HttpRequest exchange_request(const RegistryIdentity& who, const Secret& access_token);
/// `metadata_lifetime` is the life of the access token. The registry's token usually contains its own life.
Result<RegistryToken> read_exchange_response(unsigned status, std::string_view body,
                                             const RegistryIdentity& who,
                                             std::chrono::seconds metadata_lifetime);

/// Gets an access token from the instance metadata service and exchanges it at the registry for a token of
/// the registry. Takes at most a minute; caches nothing.
Task<TokenResult> request_token(RegistryIdentity who);

}  // namespace dockerext::azure
