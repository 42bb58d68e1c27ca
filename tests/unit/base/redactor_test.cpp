#include "base/redactor.hpp"

#include <gtest/gtest.h>

namespace dockerext {
namespace {

TEST(Redactor, HidesEverySecretAlsoOneWithinAnother) {
    const Redactor redact({Secret("hunter2"), Secret("hunter2-longer")});
    EXPECT_EQ(redact("a hunter2 b hunter2-longer c"), "a (hidden) b (hidden) c");
    EXPECT_TRUE(redact.finds_in("xhunter2x"));
    EXPECT_FALSE(redact.finds_in("hunter"));
}

TEST(Redactor, HidesASecretThatSomebodyQuoted) {
    const Redactor redact({Secret("pass\"word\\\n")});
    EXPECT_EQ(redact("stat \"pass\\\"word\\\\\\n\": no such file"), "stat \"(hidden)\": no such file");
    EXPECT_EQ(redact("pass\"word\\\n"), "(hidden)");
}

TEST(Redactor, LearnsTheSecretsOfAnother) {
    Redactor redact({Secret("new-hunter2")});
    redact.also(Redactor({Secret("hunter2")}));
    EXPECT_EQ(redact("hunter2, new-hunter2"), "(hidden), (hidden)");
}

TEST(Redactor, LeavesValuesTooShortToBeSecrets) {
    EXPECT_EQ(Redactor({Secret("1"), Secret("")})("port 1"), "port 1");
}

}  // namespace
}  // namespace dockerext
