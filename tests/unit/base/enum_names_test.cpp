#include "base/enum_names.hpp"

#include <gtest/gtest.h>

namespace dockerext {
namespace {

enum class Gear { neutral, first, reverse };

constexpr auto names_of(Gear) {
    using enum Gear;
    return enum_names<Gear>({{neutral, "neutral"}, {first, "first gear"}, {reverse, "reverse"}});
}

struct Outer {
    enum class Inner { one, two };
};

constexpr auto names_of(Outer::Inner) {
    return enum_names<Outer::Inner>({{Outer::Inner::one, "1"}, {Outer::Inner::two, "2"}});
}

TEST(EnumNames, MapEachEnumeratorToItsNameAndBack) {
    for (const auto& [value, name] : enum_table<Gear>) {
        EXPECT_EQ(to_string(value), name);
        EXPECT_EQ(from_string<Gear>(name), value);
    }
    EXPECT_EQ(to_string(Gear::first), "first gear");
    EXPECT_EQ(to_string(Outer::Inner::two), "2");
}

TEST(EnumNames, UnknownTextHasNoValue) {
    for (const std::string_view text : {"", "first", "Reverse", "neutral "})
        EXPECT_EQ(from_string<Gear>(text), std::nullopt) << text;
}

TEST(EnumNames, AValueWithoutAnEnumeratorIsUnknown) {
    EXPECT_EQ(to_string(static_cast<Gear>(3)), "unknown");
    EXPECT_EQ(to_string(static_cast<Gear>(-1)), "unknown");
}

/// This is why a table that misses an enumerator does not compile.
TEST(EnumNames, TheEndOfAnEnumerationIsKnown) {
    EXPECT_TRUE((is_enumerator<Gear::reverse>()));
    EXPECT_FALSE((is_enumerator<static_cast<Gear>(3)>()));
    EXPECT_TRUE((is_enumerator<Outer::Inner::two>()));
    EXPECT_FALSE((is_enumerator<static_cast<Outer::Inner>(2)>()));
}

TEST(EnumNames, SeveralNamesCanMeanOneValue) {
    constexpr auto words = std::to_array<Named<Gear>>({{Gear::reverse, "reverse"}, {Gear::reverse, "back"}});
    EXPECT_EQ(value_named("back", words), Gear::reverse);
    EXPECT_EQ(value_named("forth", words), std::nullopt);
}

}  // namespace
}  // namespace dockerext
