#include "base/regular_file.hpp"

#include "support/full_disk.hpp"
#include "support/temporary_folder.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

namespace dockerext {
namespace {

namespace fs = std::filesystem;

struct RegularFile : testing::Test {
    Result<std::string> read(const std::string& name, std::size_t limit = 100) const {
        const auto fd = open_regular(AT_FDCWD, folder / name);
        if (!fd) return fd.error();
        return read_all(*fd, limit);
    }
    std::string complaint(const std::string& name) const { return read(name).error().message(); }

    test::TemporaryFolder folder;
};

TEST_F(RegularFile, IsReadWhole) {
    for (const std::size_t size : {0u, 1u, 99u, 100u}) {
        test::write_file(folder / "file", std::string(size, 'x'));
        EXPECT_EQ(read("file").value(), std::string(size, 'x'));
    }
}

TEST_F(RegularFile, IsRefusedAboveTheLimit) {
    test::write_file(folder / "file", std::string(101, 'x'));
    EXPECT_EQ(read("file").error().kind(), ErrorKind::invalid_input);
}

TEST_F(RegularFile, IsReadToItsEndEvenIfItsSizeIsZero) {
    EXPECT_EQ(read_all(open_regular(AT_FDCWD, "/proc/self/status").value(), 1u << 20).value().substr(0, 5),
              "Name:");
}

TEST_F(RegularFile, OtherFileTypesAreRejected) {
    fs::create_symlink("/etc/passwd", folder / "link");
    fs::create_directory(folder / "folder");
    ASSERT_EQ(::mkfifo((folder / "fifo").c_str(), 0600), 0);
    EXPECT_EQ(complaint("link"), "a symbolic link");
    EXPECT_EQ(complaint("folder"), "a directory");
    EXPECT_EQ(complaint("fifo"), "a FIFO");
    EXPECT_EQ(open_regular(AT_FDCWD, "/dev/null").error().message(), "not a regular file");
    EXPECT_EQ(read("absent").error().kind(), ErrorKind::not_found);
}

TEST_F(RegularFile, IsUnavailableWhenOutOfDescriptors) {
    test::write_file(folder / "file", "x");
    rlimit before = {};
    ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
    const rlimit none{0, before.rlim_max};
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
    const auto fd = open_regular(AT_FDCWD, folder / "file");
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
    ASSERT_FALSE(fd);
    EXPECT_EQ(fd.error().kind(), ErrorKind::unavailable);
}

TEST(WriteAll, FailsWhenNotAllCouldBeWritten) {
    const test::TemporaryFolder folder;
    const UniqueFd fd(::open((folder / "file").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    const test::FullDisk full(3);
    EXPECT_FALSE(write_all(fd, "four"));
    EXPECT_EQ(test::read_file(folder / "file"), "fou");
}

}  // namespace
}  // namespace dockerext
