#include "state/lock.hpp"

#include "support/temporary_folder.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

namespace dockerext::state {
namespace {

struct LockFolder : testing::Test {
    test::TemporaryFolder folder;
};

TEST_F(LockFolder, IsHeldByOneProcessAndReportsIt) {
    const auto first = lock_folder(folder.path());
    ASSERT_TRUE(first);
    const auto second = lock_folder(folder.path());
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().kind(), ErrorKind::conflict);
    EXPECT_EQ(second.error().message(), "another dockerextd (pid " + std::to_string(::getpid()) +
                                            ") runs on " + folder.path().string());
}

TEST_F(LockFolder, IsFreeAfterRelease) {
    (void)lock_folder(folder.path()).value();
    test::write_file(folder / "lock", "4194304, and what a crash left\n");
    EXPECT_TRUE(lock_folder(folder.path()));
    EXPECT_EQ(test::read_file(folder / "lock"), std::to_string(::getpid()) + "\n");
}

TEST_F(LockFolder, NeedsAFolder) {
    EXPECT_EQ(lock_folder(folder / "absent").error().kind(), ErrorKind::not_found);
}

}  // namespace
}  // namespace dockerext::state
