#include "compose/mount.hpp"

#include "loading.hpp"

#include <gtest/gtest.h>

namespace dockerext::compose {
namespace {

/// The mount as "TYPE SOURCE TARGET OPTION…".
std::string shown(const Mount& mount) {
    std::string text = mount.type + " " + mount.source + " " + mount.target;
    if (mount.read_only) text += " ro";
    if (mount.bind && mount.bind->create_host_path) text += " create";
    if (mount.bind && !mount.bind->selinux.empty()) text += " " + mount.bind->selinux;
    if (mount.bind && !mount.bind->propagation.empty()) text += " " + mount.bind->propagation;
    if (mount.volume && mount.volume->nocopy) text += " nocopy";
    return text;
}

TEST(Mount, ShortFormIsReadAsComposeDoes) {
    const std::vector<std::pair<std::string_view, std::string_view>> table{
        {"/a:/b", "bind /a /b create"},
        {"/a/:/b/", "bind /a/ /b create"},
        {"./a:/b:ro", "bind ./a /b ro create"},
        {"~/a:/b:rw", "bind ~/a /b create"},
        {"/a:/b:ro,rslave,z", "bind /a /b ro create z rslave"},
        {"/a:/b:ro,rw", "bind /a /b create"},
        {"/a:/b:delegated", "bind /a /b create"},
        {"data:/b", "volume data /b"},
        {"data:/b/../c/", "volume data /c"},
        {"data:/b:ro,nocopy", "volume data /b ro nocopy"},
        {"/anonymous", "volume  /anonymous"},
        {"/b", "volume  /b"},
    };
    for (const auto& [text, mount] : table) {
        SCOPED_TRACE(text);
        const auto parsed = parse_mount(text);
        ASSERT_TRUE(parsed) << parsed.error().message();
        EXPECT_EQ(shown(*parsed), mount);
    }
}

TEST(Mount, ShortFormIsRefusedWhenAPartIsMissingOrMisleading) {
    for (const std::string_view text :
         {"", ":/b", "data:", "/a:/b:", "/a:/b:ro:x", "d:/x", "C:\\a:/b", "\\\\s\\x:/b"}) {
        EXPECT_FALSE(parse_mount(text)) << text;
    }
}

TEST(Mount, TheLastOfOneTargetStays) {
    const auto mounts = loaded_web(R"("volumes": ["/a:/b", "/c:/b/", "/d"])").container.mounts;
    ASSERT_EQ(mounts.size(), 2U);
    EXPECT_EQ(mounts[0].source, "/c");
    EXPECT_EQ(mounts[1].source, "");
}

TEST(Mount, OnlyTheLongFormCanDisableCreationOfTheSource) {
    const auto creates = [](const std::string& entry) {
        return loaded_web(R"("volumes": [)" + entry + "]").container.mounts.at(0).create_host_path;
    };
    EXPECT_TRUE(creates(R"("/a:/b")"));
    EXPECT_TRUE(creates(R"({"type": "bind", "source": "/a", "target": "/b"})"));
    EXPECT_FALSE(creates(R"({"type": "bind", "source": "/a", "target": "/b", "bind": {}})"));
    EXPECT_TRUE(
        creates(R"({"type": "bind", "source": "/a", "target": "/b", "bind": {"create_host_path": true}})"));
}

TEST(Mount, LongFormsReachTheModel) {
    const auto mounts = loaded_web(R"("volumes": [
        {"type": "tmpfs", "target": "/t", "tmpfs": {"size": "10m", "mode": 1023}},
        {"type": "bind", "source": "./a", "target": "/c/", "read_only": true,
         "bind": {"propagation": "rslave", "selinux": "Z"}},
        {"type": "volume", "target": "/v", "volume": {"nocopy": true}}])")
                            .container.mounts;
    ASSERT_EQ(mounts.size(), 3U);
    EXPECT_EQ(mounts[0].type, model::Mount::Type::tmpfs);
    EXPECT_EQ(mounts[0].tmpfs_size, model::Bytes{10 << 20});
    EXPECT_EQ(mounts[0].tmpfs_mode, 01777U);
    EXPECT_EQ(mounts[1].source, "/project/a");
    EXPECT_EQ(mounts[1].target, "/c");
    EXPECT_TRUE(mounts[1].read_only);
    EXPECT_EQ(mounts[1].propagation, "rslave");
    EXPECT_EQ(mounts[1].selinux, "Z");
    EXPECT_EQ(mounts[2].type, model::Mount::Type::volume);
    EXPECT_TRUE(mounts[2].no_copy);
}

}  // namespace
}  // namespace dockerext::compose
