#include "packages/os_release.hpp"

#include "distributions.hpp"
#include "support/temporary_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dockerext::packages {
namespace {

namespace fs = std::filesystem;

TEST(OsRelease, IdentifiesTheDistribution) {
    const OsRelease noble = parse_os_release(ubuntu_24);
    EXPECT_EQ(noble.id, "ubuntu");
    EXPECT_THAT(noble.like, testing::ElementsAre("debian"));
    EXPECT_EQ(noble.name, "Ubuntu 24.04.1 LTS");
    EXPECT_EQ(noble.version, "24.04");
    EXPECT_EQ(noble.codename, "noble");
    EXPECT_EQ(noble.ubuntu_codename, "noble");
    EXPECT_TRUE(noble.is_like("debian"));
    EXPECT_FALSE(noble.is_like("rhel"));
}

TEST(OsRelease, ReadsValuesAsAShellDoes) {
    EXPECT_EQ(parse_os_release("PRETTY_NAME=\"A \\\"quoted\\\" \\$name\"").name, "A \"quoted\" $name");
    EXPECT_EQ(parse_os_release("PRETTY_NAME='single \\ quotes'").name, "single \\ quotes");
    EXPECT_EQ(parse_os_release("ID=plain  \r\n# ID=comment\nnonsense\n").id, "plain");
    EXPECT_EQ(parse_os_release("ID=\"").id, "\"");
    EXPECT_EQ(parse_os_release("").id, "linux") << "as os-release(5) says";
}

TEST(OsRelease, IdentifiesThePackageManager) {
    const std::pair<const char*, PackageFamily> cases[] = {
        {debian_12, PackageFamily::apt},   {debian_13, PackageFamily::apt},
        {ubuntu_22, PackageFamily::apt},   {ubuntu_24, PackageFamily::apt},
        {mint_21, PackageFamily::apt},     {rhel_9, PackageFamily::dnf},
        {rocky_9, PackageFamily::dnf},     {fedora_40, PackageFamily::dnf},
        {amazon_2023, PackageFamily::dnf}, {azure_linux_3, PackageFamily::tdnf},
        {mariner_2, PackageFamily::tdnf},  {sles_15, PackageFamily::zypper},
        {leap_15, PackageFamily::zypper},  {tumbleweed, PackageFamily::zypper},
    };
    for (const auto& [text, family] : cases) {
        const auto found = package_family(parse_os_release(text));
        ASSERT_TRUE(found) << text;
        EXPECT_EQ(*found, family) << text;
    }
}

TEST(OsRelease, RefusesDistributionsWithoutASupportedPackageManager) {
    for (const char* text : {alpine_3, amazon_2, ""}) {
        const auto found = package_family(parse_os_release(text));
        ASSERT_FALSE(found) << text;
        EXPECT_EQ(found.error().kind(), ErrorKind::invalid_input);
    }
    EXPECT_EQ(package_family(parse_os_release(alpine_3)).error().message(),
              "the engine cannot be installed on Alpine Linux v3.20: none of apt, dnf, tdnf and zypper is "
              "its package "
              "manager; install Docker by its own means and set \"docker\": {\"install\": \"none\"}");
}

TEST(OsRelease, IsReadFromEitherLocation) {
    const test::TemporaryFolder root;
    EXPECT_EQ(read_os_release(root.path()).error().kind(), ErrorKind::not_found);
    fs::create_directories(root / "etc");
    fs::create_directories(root / "usr/lib");
    test::write_file(root / "usr/lib/os-release", "ID=debian\n");
    fs::create_symlink("../usr/lib/os-release", root / "etc/os-release");
    EXPECT_EQ(read_os_release(root.path())->id, "debian");
    fs::remove(root / "etc/os-release");
    test::write_file(root / "etc/os-release", "ID=mine\n");
    EXPECT_EQ(read_os_release(root.path())->id, "mine");
}

}  // namespace
}  // namespace dockerext::packages
