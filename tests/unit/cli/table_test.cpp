#include "cli/table.hpp"

#include <gtest/gtest.h>

#include <sstream>

namespace dockerext::cli {
namespace {

TEST(Table, LinesUpColumnsWithoutSpacesAtLineEnds) {
    Table table;
    table.row({{"NAME"}, {"STATE"}, {"REASON"}});
    table.row({{"web"}, {"running"}, {""}});
    table.row({{"größer"}, {"failed"}, {"why"}});
    EXPECT_EQ(table.text({}),
              "NAME    STATE    REASON\n"
              "web     running\n"
              "größer  failed   why\n");
}

TEST(Table, WrapsTheLastColumnWithinItself) {
    Table table(2);
    table.row({{"web"}, {"one two three four five six seven\neight"}});
    EXPECT_EQ(table.text({36, false}),
              "  web  one two three four five six\n"
              "       seven\n"
              "       eight\n");
}

TEST(Table, NeverGoesBeyondTheScreen) {
    Table table(2);
    table.row({{std::string(100, 'a')}, {std::string(20, 'b')}, {std::string(300, 'c')}});
    std::istringstream lines(table.text({80, false}));
    std::size_t letters = 0;
    for (std::string line; std::getline(lines, line);) {
        EXPECT_LE(line.size(), 80U) << line;
        for (const char c : line) letters += c != ' ';
    }
    EXPECT_EQ(letters, 420U);
}

TEST(Table, ColoursTextAndNotTheSpaceAround) {
    Table table;
    table.row({{"a", Colour::bad}, {"b"}});
    EXPECT_EQ(table.text({80, true}), "\033[31ma\033[0m  b\n");
}

TEST(Table, IsNothingWithoutRows) { EXPECT_EQ(Table().text({}), ""); }

}  // namespace
}  // namespace dockerext::cli
