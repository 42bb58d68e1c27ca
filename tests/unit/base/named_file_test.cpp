#include "base/named_file.hpp"

#include "base/regular_file.hpp"
#include "support/temporary_folder.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

namespace dockerext {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

/// A folder that only root can write, and so are its relevant parents.
struct NamedFile : testing::Test {
    NamedFile() {
        fs::create_directories(folder / "real/deep");
        test::write_file(folder / "real/deep/file", "right");
    }
    std::string read(const std::string& name) const {
        const auto text = read_named_file(folder / name, 100);
        return text ? *text : text.error().message();
    }
    void link(const std::string& target, const std::string& name) const {
        fs::create_symlink(target, folder / name);
    }

    test::TemporaryFolder folder;
};

TEST_F(NamedFile, IsReadWhenThePathHasNoLinks) {
    EXPECT_EQ(read("real/deep/file"), "right");
    EXPECT_EQ(read("real//./deep/../deep/file"), "right");
    EXPECT_EQ(read_named_file(folder / "real/deep/file", 4).error().message(), "larger than 4 bytes");
    EXPECT_EQ(read_named_file(folder / "absent/file", 4).error().kind(), ErrorKind::not_found);
    EXPECT_EQ(read("real"), "a directory");
    EXPECT_EQ(read_named_file("/", 4).error().message(), "a directory");
}

TEST_F(NamedFile, FollowsLinksInFoldersThatOnlyRootCanWrite) {
    link("real", "relative");
    link((folder / "real").string(), "absolute");
    link("../relative/deep/file", "real/upwards");
    EXPECT_EQ(read("relative/deep/file"), "right");
    EXPECT_EQ(read("absolute/deep/file"), "right");
    EXPECT_EQ(read("real/upwards"), "right");
    link("loop", "loop");
    EXPECT_EQ(read("loop/file"), "too many symbolic links");
}

TEST_F(NamedFile, RejectsLinksThatOthersCanMake) {
    link("real", "folder");
    link("real/deep/file", "file");
    const auto refused = [&](const char* name) {
        return "'" + (folder / name).string() +
               "' is a symbolic link in a folder that users other than root can write";
    };
    fs::permissions(folder.path(), fs::perms(0775));
    EXPECT_THAT(read("file"), HasSubstr(refused("file")));
    EXPECT_THAT(read("folder/deep/file"), HasSubstr(refused("folder")));
    EXPECT_EQ(read("real/deep/file"), "right");  // only root can change the real path
    fs::permissions(folder.path(), fs::perms(01757));
    EXPECT_THAT(read("file"), HasSubstr(refused("file")));
    fs::permissions(folder.path(), fs::perms(0755));
    EXPECT_EQ(read("file"), "right");
    if (::geteuid() != 0) return;
    ASSERT_EQ(::chown(folder.path().c_str(), 65534, 65534), 0);
    EXPECT_THAT(read("folder/deep/file"), HasSubstr(refused("folder")));
}

TEST_F(NamedFile, FoldersFollowTheSameRule) {
    link("real", "link");
    EXPECT_TRUE(open_named_folder(folder / "link/deep"));
    EXPECT_TRUE(open_named_folder(folder / "link"));
    EXPECT_TRUE(open_named_folder("/"));
    EXPECT_FALSE(open_named_folder(folder / "real/deep/file"));
    fs::permissions(folder.path(), fs::perms(0777));
    EXPECT_THAT(open_named_folder(folder / "link/deep").error().message(), HasSubstr("is a symbolic link"));
}

TEST_F(NamedFile, OpenBeneathFollowsNoLink) {
    link("real", "link");
    link("file", "real/deep/link");
    const UniqueFd root(::open(folder.path().c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    EXPECT_EQ(read_all(open_beneath(root.get(), "real/deep/file").value(), 100).value(), "right");
    for (const char* path :
         {"link/deep/file", "real/deep/link", "real/../real/deep/file", "..", "", "/etc/passwd"})
        EXPECT_FALSE(open_beneath(root.get(), path)) << path;
    EXPECT_EQ(open_beneath(root.get(), "real/absent").error().kind(), ErrorKind::not_found);
}

}  // namespace
}  // namespace dockerext
