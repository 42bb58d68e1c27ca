#include "intake/secrets.hpp"

#include <gtest/gtest.h>

#include <string>

namespace dockerext::intake {
namespace {

TEST(Secrets, AreFoundInInvalidSettings) {
    const model::Envelope old{.public_settings = R"({"compose": {"web": {"image": "nginx", "gone": 1}}})",
                              .protected_settings = Secret(R"({"environment": {"KEY": "sesame-open"}})")};
    EXPECT_EQ(secrets_of(old)("x sesame-open"), "x (hidden)");  // although the model is not valid
    EXPECT_EQ(secrets_of({.public_settings = "{"})("x sesame-open"), "x sesame-open");
}

TEST(Secrets, IncludeTokensAndKeyOfASwarm) {
    const std::string digest(50, 'd'), worker(25, 'w'), manager(25, 'm'), key(43, 'k');
    const model::Envelope envelope{
        .public_settings = R"({"swarm": {"managers": ["10.0.0.4"]}})",
        .protected_settings =
            Secret(R"({"swarm": {"worker-token": "SWMTKN-1-)" + digest + "-" + worker +
                   R"(", "manager-token": "SWMTKN-1-)" + digest + "-" + manager +
                   R"(", "unlock-key": "SWMKEY-1-)" + key + R"(", "manager-engine": "20.10.24"}})")};
    const Redactor redact = secrets_of(envelope);
    EXPECT_EQ(redact("SWMTKN-1-" + digest + "-" + worker + " and SWMKEY-1-" + key), "(hidden) and (hidden)");
    EXPECT_EQ(redact("ends with " + worker + ", or " + manager), "ends with (hidden), or (hidden)");
    EXPECT_EQ(redact("the key is " + key), "the key is (hidden)");
    EXPECT_EQ(redact("CA " + digest + " of 20.10.24"), "CA " + digest + " of 20.10.24");
}

TEST(Secrets, IncludeMistypedTokensOfASwarm) {
    const model::Envelope envelope{
        .public_settings = "{}",
        .protected_settings = Secret(R"({"swarm": {"worker-token": "SWMTKN-1-cut-off-here"}})")};
    EXPECT_EQ(secrets_of(envelope)("SWMTKN-1-cut-off-here, here"), "(hidden), (hidden)");
}

std::string secret_of(int change) { return "secret-of-change-" + std::to_string(change); }

TEST(SecretsInUse, KeepTwoGenerationsHoweverOftenTheSettingsChange) {
    SecretsInUse secrets;
    for (int change = 1000; change <= 1060; ++change)
        secrets.replace_with(Redactor({Secret(secret_of(change))}));
    const Redactor all = secrets.all();
    EXPECT_TRUE(all.has_secret_in(secret_of(1060)));
    EXPECT_TRUE(all.has_secret_in(secret_of(1059)));
    for (int change = 1000; change < 1059; ++change)
        EXPECT_FALSE(all.has_secret_in(secret_of(change))) << change;
}

TEST(SecretsInUse, IncludeThoseLoadedAtARestart) {
    SecretsInUse secrets(Redactor({Secret(secret_of(1002))}), Redactor({Secret(secret_of(1001))}));
    EXPECT_TRUE(secrets.all().has_secret_in(secret_of(1001)));
    secrets.replace_with(Redactor({Secret(secret_of(1003))}));
    EXPECT_FALSE(secrets.all().has_secret_in(secret_of(1001)));
    EXPECT_TRUE(secrets.all().has_secret_in(secret_of(1002)));
}

TEST(SecretsInUse, IncludeThoseOfSettingsInForceAgainUntilTheirContainersAreReplaced) {
    SecretsInUse secrets;
    for (int change = 1001; change <= 1004; ++change)
        secrets.replace_with(Redactor({Secret(secret_of(change))}));
    secrets.add_rolled_back(Redactor({Secret(secret_of(1001))}));
    secrets.add_rolled_back(Redactor({Secret(secret_of(1002))}));
    for (int change = 1001; change <= 1004; ++change)
        EXPECT_TRUE(secrets.all().has_secret_in(secret_of(change))) << change;
    secrets.replace_with(Redactor({Secret(secret_of(1005))}));
    EXPECT_TRUE(secrets.all().has_secret_in(secret_of(1001)));  // its containers are being replaced
    secrets.replace_with(Redactor({Secret(secret_of(1006))}));
    EXPECT_FALSE(secrets.all().has_secret_in(secret_of(1001)));
}

}  // namespace
}  // namespace dockerext::intake
