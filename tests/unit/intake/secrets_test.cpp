#include "intake/secrets.hpp"

#include <gtest/gtest.h>

namespace dockerext::intake {
namespace {

TEST(Secrets, AreFoundInSettingsThatAreNotValid) {
    const model::Envelope old{.public_settings = R"({"compose": {"web": {"image": "nginx", "gone": 1}}})",
                              .protected_settings = Secret(R"({"environment": {"KEY": "sesame-open"}})")};
    EXPECT_EQ(secrets_of(old)("x sesame-open"), "x (hidden)");  // although the model is not valid
    EXPECT_EQ(secrets_of({.public_settings = "{"})("x sesame-open"), "x sesame-open");
}

}  // namespace
}  // namespace dockerext::intake
