#include "base/folder.hpp"

#include "support/temporary_folder.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dockerext {
namespace {

struct FolderTest : testing::Test {
    test::TemporaryFolder folder;
    UniqueFd opened{::open(folder.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
};

TEST_F(FolderTest, ListsSortedNamesRepeatedly) {
    for (const char* name : {"b", "a", ".c"}) test::write_file(folder / name, "");
    for (int turn = 0; turn < 2; ++turn)
        EXPECT_THAT(names_in(opened, 3).value(), testing::ElementsAre(".c", "a", "b"));
    EXPECT_EQ(names_in(opened, 2).error().message(), "more than 2 names in a folder");
}

TEST_F(FolderTest, RejectsLinksAndFiles) {
    std::filesystem::create_directory(folder / "real");
    std::filesystem::create_symlink("real", folder / "link");
    test::write_file(folder / "file", "");
    EXPECT_TRUE(open_folder_in(opened.get(), "real"));
    EXPECT_EQ(open_folder_in(opened.get(), "link").error().message(), "not a folder");
    EXPECT_EQ(open_folder_in(opened.get(), "file").error().message(), "not a folder");
    EXPECT_EQ(open_folder_in(opened.get(), "absent").error().kind(), ErrorKind::not_found);
}

}  // namespace
}  // namespace dockerext
