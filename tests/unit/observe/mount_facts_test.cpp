#include "observe/mount_facts.hpp"

#include "base/json_document.hpp"

#include <gtest/gtest.h>

namespace dockerext::observe {
namespace {

using model::Mount;

std::vector<Mount> read(const std::string& host_config, const std::string& points) {
    const JsonDocument document =
        JsonDocument::parse(R"({"HostConfig":{)" + host_config + R"(},"Mounts":[)" + points + "]}").value();
    Problems problems;
    ObjectReader container(document.root(), problems);
    ObjectReader host(document.root().at("HostConfig").value(), problems);
    auto mounts = mounts_in(container, host, problems);
    EXPECT_EQ(to_text(problems.all()), "");
    return mounts;
}

Mount bind(const std::string& source, const std::string& target) {
    return {.type = Mount::Type::bind, .source = source, .target = target};
}
Mount volume(const std::string& source, const std::string& target) {
    return {.type = Mount::Type::volume, .source = source, .target = target};
}

const std::string anonymous(64, 'e');

TEST(MountFacts, ReadsBinds) {
    Mount read_only = bind("/a", "/b");
    read_only.read_only = true;
    Mount with_all_options = bind("/a", "/b");
    with_all_options.selinux = "Z";
    with_all_options.propagation = "rshared";
    Mount no_copy = volume("data", "/b");
    no_copy.no_copy = true;
    const std::vector<std::pair<std::string, Mount>> cases{
        {"/a:/b", bind("/a", "/b")},
        {"/a:/b:rw", bind("/a", "/b")},
        {"/a:/b:ro", read_only},
        {"/a/:/b/", bind("/a/", "/b")},
        {"/a:/b:rw,Z,rshared", with_all_options},
        {"data:/b:rw", volume("data", "/b")},
        {"data:/b:nocopy", no_copy},
        {"/a:/b:delegated", bind("/a", "/b")},
        {"/b", volume("", "/b")},
    };
    for (const auto& [text, mount] : cases) {
        SCOPED_TRACE(text);
        const auto mounts = read(R"("Binds":[")" + text + R"("])", "");
        ASSERT_EQ(mounts.size(), 1U);
        EXPECT_TRUE(mounts[0] == mount);
    }
}

TEST(MountFacts, ReadsMounts) {
    Mount strict = bind("/a", "/b");
    strict.create_host_path = false;
    strict.propagation = "rslave";
    Mount made = bind("/a", "/b");
    Mount no_copy = volume("data", "/b");
    no_copy.no_copy = no_copy.read_only = true;
    const Mount tmpfs{
        .type = Mount::Type::tmpfs, .target = "/b", .tmpfs_size = model::Bytes{64}, .tmpfs_mode = 01777};
    const std::vector<std::pair<std::string, Mount>> cases{
        {R"({"Type":"bind","Source":"/a","Target":"/b","BindOptions":{"Propagation":"rslave"}})", strict},
        {R"({"Type":"bind","Source":"/a","Target":"/b","BindOptions":{"CreateMountpoint":true}})", made},
        {R"({"Type":"volume","Source":"data","Target":"/b","ReadOnly":true,"VolumeOptions":{"NoCopy":true}})",
         no_copy},
        {R"({"Type":"tmpfs","Target":"/b","TmpfsOptions":{"SizeBytes":64,"Mode":1023}})", tmpfs},
    };
    for (const auto& [text, mount] : cases) {
        SCOPED_TRACE(text);
        const auto mounts = read(R"("Mounts":[)" + text + "]", "");
        ASSERT_EQ(mounts.size(), 1U);
        EXPECT_TRUE(mounts[0] == mount);
    }
}

TEST(MountFacts, AnAnonymousVolumeHasTheNameThatASuccessorInherits) {
    const auto mounts = read(R"("Mounts":[{"Type":"volume","Target":"/data"}])",
                             R"({"Type":"volume","Name":")" + anonymous +
                                 R"(","Source":"/var/lib/v","Destination":"/data","RW":true})");
    ASSERT_EQ(mounts.size(), 1U);
    EXPECT_TRUE(mounts[0] == volume(anonymous, "/data"));
}

TEST(MountFacts, UnrequestedMountsAreIncluded) {
    Mount inherited = bind("/a", "/b");
    inherited.read_only = true;
    const auto mounts = read("", R"({"Type":"bind","Source":"/a","Destination":"/b","RW":false},
                                    {"Type":"volume","Name":"image","Source":"/v","Destination":"/a","RW":true})");
    ASSERT_EQ(mounts.size(), 2U);
    EXPECT_TRUE(mounts[0] == volume("image", "/a"));
    EXPECT_TRUE(mounts[1] == inherited);
}

TEST(MountFacts, RequestedMountsAreNotOverwrittenByActualMounts) {
    const auto mounts =
        read(R"("Binds":["/link:/b:rw"])",
             R"({"Type":"bind","Source":"/real","Destination":"/b","RW":true,"Propagation":"rprivate"})");
    ASSERT_EQ(mounts.size(), 1U);
    EXPECT_TRUE(mounts[0] == bind("/link", "/b"));
}

}  // namespace
}  // namespace dockerext::observe
