#include "settings/handler_settings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace dockerext::settings {
namespace {

using testing::HasSubstr;

std::string file_with(const std::string& handler_settings) {
    return R"({"runtimeSettings":[{"handlerSettings":)" + handler_settings + "}]}";
}

TEST(HandlerSettings, SplitsBothDocuments) {
    const auto settings = read_handler_settings(file_with(
        R"({"publicSettings":{"docker":{"port":"2376"}},"protectedSettings":"AAAA","protectedSettingsCertThumbprint":"ab12"})"));
    ASSERT_TRUE(settings) << settings.error().message();
    EXPECT_EQ(settings->public_settings, R"({"docker":{"port":"2376"}})");
    EXPECT_EQ(settings->protected_settings, "AAAA");
    EXPECT_EQ(settings->thumbprint, "AB12");
}

TEST(HandlerSettings, CanBeEmpty) {
    for (const std::string text :
         {"", " \n",
          R"({"runtimeSettings":[{"handlerSettings":{"publicSettings":null,"protectedSettings":null,
              "protectedSettingsCertThumbprint":null,"more":1}}],"seqNo":3})"}) {
        SCOPED_TRACE(text);
        const auto settings = read_handler_settings(text);
        ASSERT_TRUE(settings) << settings.error().message();
        EXPECT_EQ(settings->public_settings, "");
        EXPECT_EQ(settings->protected_settings, "");
    }
}

TEST(HandlerSettings, ReportsProblemsWithTheirPaths) {
    struct Case {
        std::string text, complaint;
    };
    const std::vector<Case> cases{
        {"{", "the agent's settings file: line 1"},
        {"[]", "expected object"},
        {"{}", "/runtimeSettings/0/handlerSettings is missing"},
        {R"({"runtimeSettings":[]})", "/runtimeSettings/0/handlerSettings is missing"},
        {R"({"runtimeSettings":[{}]})", "/runtimeSettings/0/handlerSettings is missing"},
        {R"({"runtimeSettings":1})", "/runtimeSettings: expected array, found number"},
        {file_with("[]"), "/runtimeSettings/0/handlerSettings: expected object, found array"},
        {file_with(R"({"publicSettings":"x"})"), "/publicSettings: expected object, found string"},
        {file_with(R"({"protectedSettings":"AAAA"})"), "protectedSettingsCertThumbprint is missing"},
        {file_with(R"({"protectedSettings":"AAAA","protectedSettingsCertThumbprint":"../../etc/x"})"),
         "protectedSettingsCertThumbprint is missing or not a hexadecimal number"},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.text);
        const auto settings = read_handler_settings(c.text);
        ASSERT_FALSE(settings);
        EXPECT_THAT(settings.error().message(), HasSubstr(c.complaint));
    }
}

}  // namespace
}  // namespace dockerext::settings
