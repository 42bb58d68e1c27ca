#include "bundle/hidden.hpp"

#include "state/settings_store.hpp"
#include "state/spool_settings.hpp"
#include "support/temporary_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dockerext::bundle {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

TEST(WithoutPasswords, HidesThemInAddresses) {
    const std::pair<const char*, const char*> table[] = {
        {"http://me:pass@proxy:3128/x", "http://me:(hidden)@proxy:3128/x"},
        {"a http://me:p@ss@proxy b https://u:v@w", "a http://me:(hidden)@proxy b https://u:(hidden)@w"},
        {"\"redis://:pass@cache\"", "\"redis://:(hidden)@cache\""},
        {"http://me@host:80 tcp://0.0.0.0:2375 unix:///x:y@z",
         "http://me@host:80 tcp://0.0.0.0:2375 unix:///x:y@z"},
        {"", ""},
        {"://", "://"},
    };
    for (const auto& [text, hidden] : table) EXPECT_EQ(without_passwords(text), hidden);
}

TEST(WithoutEnvironment, KeepsNamesAndEverythingElse) {
    const auto hidden = without_environment(
        R"({"Id":"1","Config":{"Image":"x","Env":["A=secret","B=","C"],"Cmd":["a"]},"HostConfig":{"Memory":1}})");
    ASSERT_TRUE(hidden) << hidden.error().message();
    EXPECT_THAT(*hidden, HasSubstr(R"x("Env": ["A=(hidden)", "B=(hidden)", "C=(hidden)"])x"));
    EXPECT_THAT(*hidden, HasSubstr(R"("Cmd": ["a"])"));
    EXPECT_THAT(*hidden, HasSubstr(R"("HostConfig": {"Memory":1})"));
    EXPECT_THAT(*hidden, Not(HasSubstr("secret")));
    EXPECT_TRUE(without_environment(R"({"Config":{"Env":null}})"));
    for (const char* other : {"", "[]", "{}", R"({"Config":[]})", "x"})
        EXPECT_FALSE(without_environment(other)) << other;
}

TEST(WithHexadecimal, HidesSecretsAndTheirBytes) {
    const Redactor redact = with_hexadecimal({Secret("hunter22"), Secret("abc")});
    EXPECT_EQ(redact("hunter22 68756e7465723232 68756E7465723232 aHVudGVyMjI= abc"),
              "(hidden) (hidden) (hidden) (hidden)= abc");
}

struct SecretsOfMachine : testing::Test {
    test::TemporaryFolder root;
    state::Paths paths{root.path()};
    SecretsOfMachine() { fs::create_directories(paths.state); }

    static model::Envelope envelope(const std::string& secret) {
        return {.public_settings = "{}",
                .protected_settings = Secret(R"({"environment":{"P":")" + secret + "\"}}")};
    }
};

TEST_F(SecretsOfMachine, AreThoseOfAllSettingsAndLogins) {
    state::SettingsStore store(paths.state);
    ASSERT_TRUE(store.save(envelope("formerly-1")));
    ASSERT_TRUE(store.save(envelope("presently-2")));
    ASSERT_TRUE(state::make_folders(paths));
    ASSERT_TRUE(state::spool_settings(paths.spool, envelope("submitted-3")));
    fs::create_directories(root / "root/.docker");
    test::write_file(root / "root/.docker/config.json",
                     R"({"auths":{"r":{"auth":"bWU6c2VzYW1lLTQ=","identitytoken":"token-five"}}})");
    fs::create_directories(root / "etc/docker");
    test::write_file(root / "etc/docker/key.pem",
                     "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBg\n-----END PRIVATE KEY-----\n");
    const auto redact = secrets_of_machine(root.path(), paths);
    ASSERT_TRUE(redact) << redact.error().message();
    for (const char* secret :
         {"formerly-1", "presently-2", "submitted-3", "sesame-4", "token-five", "MIIEvQIBADANBg"})
        EXPECT_EQ((*redact)(std::string("a ") + secret), "a (hidden)") << secret;
}

TEST_F(SecretsOfMachine, MustBeReadable) {
    EXPECT_TRUE(secrets_of_machine(root.path(), paths)) << "there are none";
    test::write_file(paths.state / "settings.json", "garbage");
    const auto damaged = secrets_of_machine(root.path(), paths);
    ASSERT_FALSE(damaged);
    EXPECT_THAT(damaged.error().message(), HasSubstr("cannot be read"));
}

}  // namespace
}  // namespace dockerext::bundle
