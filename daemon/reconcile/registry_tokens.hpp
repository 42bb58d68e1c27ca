#pragma once

#include "base/redactor.hpp"
#include "base/timer.hpp"
#include "model/settings.hpp"
#include "model/status.hpp"
#include "reconcile/token_state.hpp"
#include "reconcile/trigger.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace dockerext::reconcile {

/// Tokens of the registries that know us as this machine's Azure identity: fetched, renewed before they end,
/// fetched again when that fails, and kept in memory only. On the daemon's thread.
class RegistryTokens {
public:
    using Fetch = std::function<Task<azure::TokenAnswer>(azure::RegistryIdentity)>;

    /// `changed`: some registry's part reads differently now. `gained`: there is a token where pulls may
    /// have failed for want of one.
    struct Hooks {
        std::function<void()> changed;
        std::function<void(const std::string& key)> gained;
    };

    RegistryTokens(const asio::any_io_executor& executor, Hooks hooks, Fetch fetch = azure::ask_for_token);

    /// Until cancelled.
    Task<void> run();

    /// Those of `logins` that go by identity; tokens that are there for the same identity stay.
    void adopt(const std::vector<model::RegistryLogin>& logins, const std::string& environment);
    /// What failed is tried again at once.
    void retry();

    /// `logins` with user name and token where they go by identity, as far as there is a token. Waits for the
    /// first answer about each of them, if that is still to come: a minute at most.
    Task<std::vector<model::RegistryLogin>> with_tokens(std::vector<model::RegistryLogin> logins);

    /// The tokens in use, and those that they took the place of.
    Redactor secrets() const;

    /// How each registry stands, by its key (model/registry.hpp); without names.
    std::map<std::string, model::PartStatus> parts() const;

private:
    struct Entry {
        azure::RegistryIdentity who;
        TokenState state;
    };
    Task<void> fetch(azure::RegistryIdentity who);
    void take(const azure::RegistryIdentity& who, azure::TokenAnswer answer);
    bool awaited(const std::vector<model::RegistryLogin>& logins) const;
    const Entry* entry_of(const model::RegistryLogin& login) const;
    Duration until_next() const;

    asio::any_io_executor executor_;
    Hooks hooks_;
    Fetch fetch_;
    Trigger trigger_;
    Timer answered_;  ///< wakes whenever an answer has come
    std::map<std::string, Entry> entries_;
};

}  // namespace dockerext::reconcile
