#include "reconcile/registry_tokens.hpp"

#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/task_group.hpp"
#include "model/registry.hpp"

#include <algorithm>
#include <utility>

namespace dockerext::reconcile {

using namespace model;
using namespace std::chrono_literals;

namespace {

constexpr double no_jitter = 0.5;

bool same(const azure::RegistryIdentity& one, const azure::RegistryIdentity& other) {
    return one.registry == other.registry && one.identity == other.identity &&
           one.environment == other.environment;
}

}  // namespace

RegistryTokens::RegistryTokens(const asio::any_io_executor& executor, Hooks hooks, Fetch fetch)
    : executor_(executor), hooks_(std::move(hooks)), fetch_(std::move(fetch)) {}

/// Fetches all due tokens at the same time; the next round starts when the slowest has ended.
Task<void> RegistryTokens::run() {
    for (bool going = true; going;) {
        TaskGroup round(executor_);
        for (const auto& [key, entry] : entries_) {
            if (entry.state.due <= steady_now()) round.spawn(fetch(entry.registry_identity));
        }
        co_await round.join();
        going = co_await trigger_.wait(until_next());
    }
}

Task<void> RegistryTokens::fetch(azure::RegistryIdentity registry_identity) {
    auto asking = fetch_(registry_identity);
    azure::TokenResult answer = co_await std::move(asking);
    handle_answer(registry_identity, std::move(answer));
}

void RegistryTokens::handle_answer(const azure::RegistryIdentity& registry_identity,
                                   azure::TokenResult answer) {
    const auto found = entries_.find(registry_key(registry_identity.registry));
    if (found == entries_.end() || !same(found->second.registry_identity, registry_identity))
        return;  // the settings changed meanwhile
    if (!answer.token && answer.error.kind() == ErrorKind::cancelled) return;
    TokenState& state = found->second.state;
    const bool had_token = has_valid_token(state, steady_now());
    const bool is_pending = !state.has_answer;
    if (answer.token) {
        const unsigned failures = state.failures;
        token_received(state, std::move(*answer.token), steady_now());
        if (failures > 0)
            log::info("received a token for registry " + registry_identity.registry + " again",
                      {{"OBJECT", registry_identity.registry}});
    } else {
        failed(state, answer, steady_now(), no_jitter);
        log::warning("cannot get a token for registry " + registry_identity.registry,
                     {{"OBJECT", registry_identity.registry}, {"ERROR", state.error}});
    }
    answered_.notify();
    hooks_.changed();
    if (!had_token && !is_pending && has_valid_token(state, steady_now()))
        hooks_.token_acquired(found->first);
}

void RegistryTokens::adopt(const std::vector<RegistryLogin>& logins, const std::string& environment) {
    std::map<std::string, Entry> past = std::exchange(entries_, {});
    for (const RegistryLogin& login : logins) {
        const auto* const identity_login = std::get_if<IdentityLogin>(&login.method);
        if (identity_login == nullptr) continue;
        const std::string key = registry_key(login.server);
        Entry entry{{key, identity_login->identity, environment}, {}};
        const auto before = past.find(key);
        if (before != past.end() && same(before->second.registry_identity, entry.registry_identity))
            entry.state = before->second.state;
        entries_.emplace(key, std::move(entry));
    }
    retry();
}

void RegistryTokens::retry() {
    for (auto& [key, entry] : entries_) {
        if (entry.state.failures > 0) entry.state.due = {};
    }
    answered_.notify();  // waiters for a registry that left the settings need not wait longer
    trigger_.raise();
}

Task<std::vector<RegistryLogin>> RegistryTokens::with_tokens(std::vector<RegistryLogin> logins) {
    bool cancelled = false;
    while (is_pending(logins) && !cancelled) {
        co_await answered_.wait();
        cancelled = co_await is_cancelled();
    }
    for (RegistryLogin& login : logins) {
        const Entry* entry = entry_of(login);
        if (entry == nullptr || !has_valid_token(entry->state, steady_now())) continue;
        login.method = PasswordLogin{std::string(azure::token_username), *entry->state.password};
    }
    co_return logins;
}

bool RegistryTokens::is_pending(const std::vector<RegistryLogin>& logins) const {
    return std::any_of(logins.begin(), logins.end(), [this](const RegistryLogin& login) {
        const Entry* entry = entry_of(login);
        return entry != nullptr && !entry->state.has_answer;
    });
}

const RegistryTokens::Entry* RegistryTokens::entry_of(const RegistryLogin& login) const {
    if (!std::holds_alternative<IdentityLogin>(login.method)) return nullptr;
    const auto found = entries_.find(registry_key(login.server));
    return found == entries_.end() ? nullptr : &found->second;
}

std::map<std::string, PartStatus> RegistryTokens::parts() const {
    std::map<std::string, PartStatus> parts;
    for (const auto& [key, entry] : entries_) parts.emplace(key, part_of(entry.state, steady_now()));
    return parts;
}

Task<std::optional<Secret>> RegistryTokens::pull_auth(ImageRef image, std::vector<RegistryLogin> logins) {
    const RegistryLogin* const login = login_for(image.value, logins);
    if (login == nullptr) co_return std::nullopt;
    auto completing = with_tokens({*login});
    const auto completed = co_await std::move(completing);
    co_return model::pull_auth(image.value, completed);
}

Redactor RegistryTokens::secrets() const {
    std::vector<Secret> secrets;
    for (const auto& [key, entry] : entries_) {
        for (const auto& token : {entry.state.password, entry.state.former}) {
            if (token) secrets.push_back(*token);
        }
    }
    return Redactor(secrets);
}

Duration RegistryTokens::until_next() const {
    SteadyTime next = steady_now() + 24h;
    for (const auto& [key, entry] : entries_) next = std::min(next, entry.state.due);
    return std::max<Duration>(next - steady_now(), 0s);
}

}  // namespace dockerext::reconcile
