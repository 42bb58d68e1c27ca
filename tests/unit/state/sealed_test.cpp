#include "state/sealed.hpp"

#include "support/temporary_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dockerext::state {
namespace {

using testing::HasSubstr;

TEST(NewerState, IsNotFoundWhenThisVersionWroteEverything) {
    const test::TemporaryFolder folder;
    EXPECT_EQ(newer_state(folder / "absent"), std::nullopt);
    test::write_file(folder / "settings.json", seal("{}"));
    test::write_file(folder / "journal", seal("{}") + "\n" + seal("{}") + "\n");
    test::write_file(folder / "updating", "1.2.0 1700000000\n");
    std::filesystem::create_directories(folder / "spool/new");
    EXPECT_EQ(newer_state(folder.path()), std::nullopt);
}

TEST(NewerState, IsFoundInAnyFileAndLine) {
    const std::string newer = R"({"version":2,"sha512":"...","content":{}})";
    for (const char* name : {"settings.json", "host.json", "something-new.json"}) {
        const test::TemporaryFolder folder;
        test::write_file(folder / name, newer);
        EXPECT_EQ(newer_state(folder.path()),
                  "'" + (folder / name).string() +
                      "' was written by a newer dockerextd (format 2, this one reads 1)");
    }
    const test::TemporaryFolder folder;
    test::write_file(folder / "journal", seal("{}") + "\n" + newer + "\n");
    EXPECT_THAT(newer_state(folder.path()).value_or(""),
                HasSubstr("/journal' was written by a newer dockerextd"));
}

}  // namespace
}  // namespace dockerext::state
