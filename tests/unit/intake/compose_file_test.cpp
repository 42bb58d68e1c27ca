#include "intake/compose_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dockerext::intake {
namespace {

using testing::HasSubstr;

TEST(ComposeFile, BecomesSettingsWithTheVariablesOfItsDotEnv) {
    const ComposeFile file{"services:\n  web:\n    image: nginx:$TAG\n",
                           {{"the .env beside it", "TAG=1\nHERE=$PWD\nX=$NOPE\n"}}};
    for (const auto make : {wrap_compose_file, import_settings}) {
        const auto made = make(file, "/r");
        ASSERT_TRUE(made) << made.error().message();
        EXPECT_THAT(made->settings, HasSubstr("nginx:$TAG"));
        EXPECT_THAT(made->settings, HasSubstr("/r/var/lib/dockerextd/project"));
        EXPECT_EQ(made->warnings.size(), 1U);
    }
}

TEST(ComposeFile, ReportsTheInvalidFile) {
    const auto variables = wrap_compose_file({"services: {}", {{"prod.env", "A B=1\n"}}}, "/");
    EXPECT_THAT(variables.error().message(), HasSubstr("prod.env: line 1"));
    const auto model = import_settings({"services: {"}, "/");
    EXPECT_THAT(model.error().message(), HasSubstr("line 2, column 1"));
}

}  // namespace
}  // namespace dockerext::intake
