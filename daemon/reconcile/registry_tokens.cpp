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
            if (entry.state.due <= steady_now()) round.spawn(fetch(entry.who));
        }
        co_await round.join();
        going = co_await trigger_.wait(until_next());
    }
}

Task<void> RegistryTokens::fetch(azure::RegistryIdentity who) {
    auto asking = fetch_(who);
    azure::TokenAnswer answer = co_await std::move(asking);
    take(who, std::move(answer));
}

void RegistryTokens::take(const azure::RegistryIdentity& who, azure::TokenAnswer answer) {
    const auto found = entries_.find(registry_key(who.registry));
    if (found == entries_.end() || !same(found->second.who, who)) return;  // the settings changed meanwhile
    if (!answer.token && answer.error.kind() == ErrorKind::cancelled) return;
    TokenState& state = found->second.state;
    const bool had_one = holds(state, steady_now());
    const bool awaited = !state.asked;
    if (answer.token) {
        const unsigned failures = state.failures;
        got(state, std::move(*answer.token), steady_now());
        if (failures > 0) log::info("received a registry token again", {{"OBJECT", who.registry}});
    } else {
        failed(state, answer, steady_now(), no_jitter);
        log::warning("cannot get a registry token", {{"OBJECT", who.registry}, {"ERROR", state.error}});
    }
    answered_.notify();
    hooks_.changed();
    if (!had_one && !awaited && holds(state, steady_now())) hooks_.gained(found->first);
}

void RegistryTokens::adopt(const std::vector<RegistryLogin>& logins, const std::string& environment) {
    std::map<std::string, Entry> past = std::exchange(entries_, {});
    for (const RegistryLogin& login : logins) {
        const auto* const with = std::get_if<IdentityLogin>(&login.as);
        if (with == nullptr) continue;
        const std::string key = registry_key(login.server);
        Entry entry{{key, with->identity, environment}, {}};
        const auto before = past.find(key);
        if (before != past.end() && same(before->second.who, entry.who)) entry.state = before->second.state;
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
    bool told_to_end = false;
    while (awaited(logins) && !told_to_end) {
        co_await answered_.wait();
        told_to_end = co_await is_cancelled();
    }
    for (RegistryLogin& login : logins) {
        const Entry* entry = entry_of(login);
        if (entry == nullptr || !holds(entry->state, steady_now())) continue;
        login.as = PasswordLogin{std::string(azure::token_username), *entry->state.password};
    }
    co_return logins;
}

bool RegistryTokens::awaited(const std::vector<RegistryLogin>& logins) const {
    return std::any_of(logins.begin(), logins.end(), [this](const RegistryLogin& login) {
        const Entry* entry = entry_of(login);
        return entry != nullptr && !entry->state.asked;
    });
}

const RegistryTokens::Entry* RegistryTokens::entry_of(const RegistryLogin& login) const {
    if (!std::holds_alternative<IdentityLogin>(login.as)) return nullptr;
    const auto found = entries_.find(registry_key(login.server));
    return found == entries_.end() ? nullptr : &found->second;
}

std::map<std::string, PartStatus> RegistryTokens::parts() const {
    std::map<std::string, PartStatus> parts;
    for (const auto& [key, entry] : entries_) parts.emplace(key, part_of(entry.state, steady_now()));
    return parts;
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
