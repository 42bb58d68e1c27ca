#include "state/paths.hpp"

#include "support/temporary_folder.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

namespace dockerext::state {
namespace {

namespace fs = std::filesystem;

TEST(MakeFolders, SetsTheModeOfEach) {
    const test::TemporaryFolder root;
    const Paths paths(root.path());
    fs::create_directories(paths.state);  // with the mode that the umask gives
    const mode_t before = ::umask(0077);
    ASSERT_TRUE(make_folders(paths));
    (void)::umask(before);
    EXPECT_EQ(fs::status(paths.state).permissions(), fs::perms(0700));
    EXPECT_EQ(fs::status(paths.spool).permissions(), fs::perms(0700));
    EXPECT_EQ(fs::status(paths.run).permissions(), fs::perms(0755));
    EXPECT_EQ(fs::status(paths.project).permissions(), fs::perms(0755));
    EXPECT_TRUE(make_folders(paths));
}

TEST(MakeFolders, RefusesALinkInPlaceOfAFolder) {
    const test::TemporaryFolder root;
    const Paths paths(root.path());
    fs::create_directories(paths.state.parent_path());
    fs::create_directory_symlink(root.path(), paths.state);
    EXPECT_FALSE(make_folders(paths));
}

}  // namespace
}  // namespace dockerext::state
