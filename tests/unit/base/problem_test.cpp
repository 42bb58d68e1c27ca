#include "base/problem.hpp"

#include <gtest/gtest.h>

namespace dockerext {
namespace {

TEST(Problems, AreListedUpToAThousandAndAllCounted) {
    Problems problems;
    for (int i = 0; i < 1000; ++i) problems.add("/a", "x");
    EXPECT_EQ(problems.all().back(), (Problem{"/a", "x"}));
    for (int i = 0; i < 10; ++i) problems.add("/b", "y");
    ASSERT_EQ(problems.all().size(), 1001U);
    EXPECT_EQ(problems.all().back(),
              (Problem{"", "more problems were found than can be listed; fix these first"}));
    EXPECT_EQ(problems.count(), 1010U);
}

TEST(Problems, HaveASizeLimit) {
    Problems problems;
    for (int i = 0; i < 100; ++i) problems.add("/" + std::string(1 << 20, 'a'), "x");
    EXPECT_EQ(problems.all().size(), 4U);  // the fourth says that there are more problems
}

}  // namespace
}  // namespace dockerext
