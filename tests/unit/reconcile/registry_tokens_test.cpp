#include "reconcile/registry_tokens.hpp"

#include "base/task_group.hpp"
#include "model/registry.hpp"
#include "support/run.hpp"

#include <gtest/gtest.h>

namespace dockerext::reconcile {
namespace {

using namespace std::chrono_literals;
using model::PartState;
using model::RegistryLogin;
using model::SteadyTime;

constexpr double no_jitter = 0.5;  // the middle of the jitter's range
constexpr SteadyTime start = SteadyTime(1000s);

azure::TokenResult token(std::string text, std::chrono::seconds lifetime = 3h) {
    return {azure::RegistryToken{Secret(std::move(text)), lifetime}, {}, {}};
}
azure::TokenResult refusal(std::optional<std::chrono::seconds> retry_after = {}) {
    return {{}, Error(ErrorKind::unavailable, "refused"), retry_after};
}

TEST(TokenState, IsRenewedAt80PercentOfItsLifetime) {
    const std::pair<std::chrono::seconds, Duration> table[] = {
        {3h, 144min}, {100s, 80s}, {10s, 8s}, {1s, 5s}};
    for (const auto& [lifetime, due] : table) {
        TokenState state;
        token_received(state, {Secret("t"), lifetime}, start);
        EXPECT_EQ(state.due - start, due);
        EXPECT_TRUE(has_valid_token(state, start + lifetime - 1ms));
        EXPECT_FALSE(has_valid_token(state, start + lifetime));
    }
}

TEST(TokenState, IsRetriedWithBackoffAndRetryAfter) {
    const std::tuple<unsigned, std::optional<std::chrono::seconds>, Duration> table[] = {
        {0, {}, 1s}, {1, {}, 2s}, {4, {}, 16s}, {20, {}, 300s}, {0, 60s, 60s}, {20, 60s, 300s}, {0, 24h, 1h}};
    for (const auto& [failures, retry_after, due] : table) {
        TokenState state{.failures = failures};
        failed(state, refusal(retry_after), start, no_jitter);
        EXPECT_EQ(state.due - start, due);
    }
}

TEST(TokenState, IsUsedUntilItExpiresWhileRenewalFails) {
    TokenState state;
    EXPECT_EQ(part_of(state, start).state, PartState::pending);
    token_received(state, {Secret("t"), 100s}, start);
    EXPECT_EQ(part_of(state, start).message, "");
    failed(state, refusal(), start + 80s, no_jitter);
    EXPECT_EQ(part_of(state, start + 99s).state, PartState::ok);
    EXPECT_EQ(part_of(state, start + 99s).message, "cannot renew the token in use yet: refused");
    EXPECT_EQ(part_of(state, start + 100s).state, PartState::failed);
    EXPECT_EQ(part_of(state, start + 100s).message, "refused");
    token_received(state, {Secret("u"), 100s}, start + 110s);
    EXPECT_EQ(part_of(state, start + 110s).message, "");
}

struct RegistryTokensTest : testing::Test {
    asio::io_context io;
    std::vector<azure::TokenResult> answers;  ///< in this order; when they run out, a fetch hangs
    std::vector<azure::RegistryIdentity> has_answer;
    std::vector<std::string> token_acquired;
    RegistryTokens tokens{io.get_executor(),
                          {[] {}, [this](const std::string& key) { token_acquired.push_back(key); }},
                          [this](azure::RegistryIdentity who) { return fetch(std::move(who)); }};

    Task<azure::TokenResult> fetch(azure::RegistryIdentity who) {
        has_answer.push_back(std::move(who));
        if (answers.empty()) co_await sleep_for(1h);
        if (answers.empty()) co_return azure::TokenResult{{}, Error(ErrorKind::cancelled, "cancelled"), {}};
        azure::TokenResult answer = answers.front();
        answers.erase(answers.begin());
        co_return answer;
    }

    static std::vector<RegistryLogin> logins(std::string identity = "system") {
        return {{.server = "R.azurecr.io", .method = model::IdentityLogin{std::move(identity)}},
                {.server = "other.io", .method = model::PasswordLogin{"u", Secret("p")}}};
    }

    /// The result of `with_tokens` while the token loop runs.
    Task<std::vector<RegistryLogin>> completed(std::vector<RegistryLogin> wanted) {
        TaskGroup loop(io.get_executor());
        loop.spawn(tokens.run());
        auto waiting = tokens.with_tokens(std::move(wanted));
        auto done = co_await std::move(waiting);
        loop.cancel();
        co_await loop.join();
        co_return done;
    }
    std::vector<RegistryLogin> complete() { return test::run(io, completed(logins())); }
};

TEST_F(RegistryTokensTest, ReplacesTheIdentityWithTheToken) {
    answers = {token("sesame")};
    tokens.adopt(logins(), "AzureChinaCloud");
    const auto done = complete();
    EXPECT_EQ(std::get<model::PasswordLogin>(done[0].method).username,
              "00000000-0000-0000-0000-000000000000");
    EXPECT_EQ(std::get<model::PasswordLogin>(done[0].method).password, Secret("sesame"));
    EXPECT_TRUE(model::pull_auth("r.azurecr.io/app", done));
    EXPECT_EQ(std::get<model::PasswordLogin>(done[1].method).password, Secret("p"));
    ASSERT_EQ(has_answer.size(), 1U);
    EXPECT_EQ(has_answer[0].registry, "r.azurecr.io");
    EXPECT_EQ(has_answer[0].environment, "AzureChinaCloud");
    EXPECT_EQ(tokens.parts().at("r.azurecr.io").state, PartState::ok);
    EXPECT_TRUE(token_acquired.empty()) << "whoever needed it waited for it";
}

TEST_F(RegistryTokensTest, ReportsTheTokensAsSecrets) {
    answers = {token("sesame")};
    tokens.adopt(logins(), "");
    EXPECT_FALSE(tokens.secrets().has_secret_in("sesame"));
    complete();
    EXPECT_EQ(tokens.secrets()("denied: sesame"), "denied: (hidden)");
    tokens.adopt({}, "");
    EXPECT_FALSE(tokens.secrets().has_secret_in("sesame"));
}

TEST(TokenState, KeepsThePreviousTokenAfterARenewal) {
    TokenState state;
    for (const char* password : {"one", "two", "three"})
        token_received(state, {Secret(password), 100s}, start);
    EXPECT_EQ(state.password, Secret("three"));
    EXPECT_EQ(state.former, Secret("two"));
}

TEST_F(RegistryTokensTest, WaitsOnlyForTheFirstAnswerAndHasNoLoginWithoutAToken) {
    answers = {refusal(1h)};
    tokens.adopt(logins(), "");
    const auto done = complete();
    EXPECT_EQ(model::pull_auth("r.azurecr.io/app", done), std::nullopt);
    EXPECT_EQ(tokens.parts().at("r.azurecr.io").message, "refused");
}

TEST_F(RegistryTokensTest, NotifiesWhenATokenArrivesLater) {
    answers = {refusal(1h), token("sesame")};
    tokens.adopt(logins(), "");
    complete();
    tokens.retry();
    test::run_to_end(io, [](RegistryTokensTest& test) -> Task<void> {
        TaskGroup loop(test.io.get_executor());
        loop.spawn(test.tokens.run());
        while (test.token_acquired.empty()) co_await sleep_for(1ms);
        loop.cancel();
        co_await loop.join();
    }(*this));
    EXPECT_EQ(token_acquired, std::vector<std::string>{"r.azurecr.io"});
}

TEST_F(RegistryTokensTest, KeepsOnlyTheTokenOfTheSameIdentity) {
    answers = {token("sesame")};
    tokens.adopt(logins(), "");
    complete();
    tokens.adopt(logins(), "");
    EXPECT_EQ(tokens.parts().at("r.azurecr.io").state, PartState::ok);
    tokens.adopt(logins("0f8fad5b-d9cb-469f-a165-70867728950e"), "");
    EXPECT_EQ(tokens.parts().at("r.azurecr.io").state, PartState::pending);
    tokens.adopt(logins(), "AzureChinaCloud");
    EXPECT_EQ(tokens.parts().at("r.azurecr.io").state, PartState::pending);
    tokens.adopt({}, "");
    EXPECT_TRUE(tokens.parts().empty());
}

}  // namespace
}  // namespace dockerext::reconcile
