#include "intake/validate.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dockerext::intake {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Validation validated(const std::string& settings) {
    return validate({.public_settings = settings}, "/nowhere");
}

TEST(Validate, ShowsEveryProblem) {
    const auto found = validated(R"({"docker": {"prt": 1}, "compose": {"web": {"gone": 1}}})");
    const std::string problems = to_text(found.problems);
    EXPECT_THAT(problems, HasSubstr("/docker/prt"));
    EXPECT_THAT(problems, HasSubstr("/compose/web"));
    EXPECT_THAT(found.warnings, IsEmpty());
}

TEST(Validate, WarnsAboutValidButDoubtfulSettings) {
    const auto found = validated(R"({"compose": {"web": {"image": "nginx", "command": "say $TAG"}}})");
    EXPECT_THAT(found.problems, IsEmpty());
    EXPECT_THAT(found.warnings, ElementsAre(HasSubstr("TAG")));
}

}  // namespace
}  // namespace dockerext::intake
