#pragma once

#include "base/redactor.hpp"
#include "base/trigger.hpp"
#include "model/settings.hpp"
#include "model/status.hpp"
#include "reconcile/token_state.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace dockerext::reconcile {

/// Tokens of the registries that accept this machine's Azure identity: fetched, renewed before they expire,
/// retried after a failure, and kept only in memory. On the daemon's thread.
class RegistryTokens {
public:
    using Fetch = std::function<Task<azure::TokenResult>(azure::RegistryIdentity)>;

    /// `changed`: the status of some registry has changed. `token_acquired`: there is now a token for a
    /// registry where pulls may have failed for lack of one.
    struct Hooks {
        std::function<void()> changed;
        std::function<void(const std::string& key)> token_acquired;
    };

    RegistryTokens(const asio::any_io_executor& executor, Hooks hooks, Fetch fetch = azure::request_token);

    /// Runs until cancelled.
    Task<void> run();

    /// Manages tokens for those of `logins` that use an identity. Keeps existing tokens of the same identity.
    void adopt(const std::vector<model::RegistryLogin>& logins, const std::string& environment);
    /// Retries failed requests at once.
    void retry();

    /// Returns `logins`, with user name and token filled in for those that use an identity, if there is a
    /// token. Waits for the first answer about each of them: a minute at most.
    Task<std::vector<model::RegistryLogin>> with_tokens(std::vector<model::RegistryLogin> logins);

    /// The X-Registry-Auth header for an image, with the login that it needs alone, so that no pull waits for
    /// another registry; nullopt if there is none.
    Task<std::optional<Secret>> pull_auth(model::ImageRef image, std::vector<model::RegistryLogin> logins);

    /// The tokens in use, and the tokens that they replaced.
    Redactor secrets() const;

    /// The status of each registry, by its key (model/registry.hpp); `name` is empty.
    std::map<std::string, model::PartStatus> parts() const;

private:
    struct Entry {
        azure::RegistryIdentity registry_identity;
        TokenState state;
    };
    Task<void> fetch(azure::RegistryIdentity registry_identity);
    void handle_answer(const azure::RegistryIdentity& registry_identity, azure::TokenResult answer);
    bool is_pending(const std::vector<model::RegistryLogin>& logins) const;
    const Entry* entry_of(const model::RegistryLogin& login) const;
    Duration until_next() const;

    asio::any_io_executor executor_;
    Hooks hooks_;
    Fetch fetch_;
    Trigger trigger_;
    Condition answered_;  ///< some request
    std::map<std::string, Entry> entries_;
};

}  // namespace dockerext::reconcile
