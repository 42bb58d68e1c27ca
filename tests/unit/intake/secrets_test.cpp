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
