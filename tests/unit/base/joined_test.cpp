#include "base/joined.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <vector>

namespace dockerext {
namespace {

TEST(Joined, PutsTheSeparatorBetweenAllTexts) {
    EXPECT_EQ(joined(std::vector<std::string>{}, ", "), "");
    EXPECT_EQ(joined(std::set<std::string>{"b", "a"}, ", "), "a, b");
    EXPECT_EQ(joined(std::vector<std::string_view>{"", "a", ""}, "/"), "/a/");
    const std::map<std::string, std::string> options = {{"a", "1"}, {"b", "2"}};
    EXPECT_EQ(joined(options, " ", [](const auto& entry) { return entry.first + "=" + entry.second; }),
              "a=1 b=2");
}

}  // namespace
}  // namespace dockerext
