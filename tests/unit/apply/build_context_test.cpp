#include "apply/build_context.hpp"

#include "apply/bodies.hpp"
#include "base/named_file.hpp"
#include "support/temporary_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdio>

namespace dockerext::apply {
namespace {

using testing::HasSubstr;

void write(const std::filesystem::path& path, const std::string& text) {
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << text;
}

std::string output_of(const std::string& command) {
    std::FILE* pipe = ::popen(command.c_str(), "r");
    std::array<char, 4096> buffer{};
    std::string output;
    while (const std::size_t count = std::fread(buffer.data(), 1, buffer.size(), pipe))
        output.append(buffer.data(), count);
    ::pclose(pipe);
    return output;
}

struct BuildContextTest : testing::Test {
    test::TemporaryFolder folder;
    model::Build::Folder build{(folder / "context").string(), {}};
    std::string dockerfile;  ///< its path in the context, as `send` found it
    std::size_t pieces = 0;

    void put(const std::string& name, const std::string& text) { write(folder / "context" / name, text); }

    /// Writes the tar to a file in the test's folder; returns the error message, or "" on success.
    std::string send() {
        auto context = BuildContext::open(build);
        if (!context) return context.error().message();
        dockerfile = (*context)->dockerfile();
        std::ofstream tar(folder / "tar", std::ios::binary);
        for (;;) {
            const auto piece = (*context)->next();
            if (!piece) return piece.error().message();
            if (piece->empty()) return "";
            tar << *piece;
            ++pieces;
        }
    }
    std::string names() {
        const std::string problem = send();
        return problem.empty() ? output_of("tar tf " + (folder / "tar").string()) : problem;
    }
    std::string content(const std::string& name) {
        return output_of("tar xOf " + (folder / "tar").string() + " '" + name + "'");
    }
};

TEST_F(BuildContextTest, SendsTheFolderWithoutWhatIsIgnored) {
    put("Dockerfile", "FROM scratch\n");
    put(".dockerignore", "*.log\nsecrets\n!secrets/public\nDockerfile\n.dockerignore\n");
    put("a.log", "x");
    put("src/main.c", "int main;");
    put("secrets/key", "x");
    put("secrets/public", "x");
    EXPECT_EQ(names(), ".dockerignore\nDockerfile\nsecrets/public\nsrc/\nsrc/main.c\n");
    EXPECT_EQ(dockerfile, "Dockerfile");
    EXPECT_EQ(content("src/main.c"), "int main;");
}

TEST_F(BuildContextTest, KeepsModesAndLinksAndGivesAllToRoot) {
    put("Dockerfile", "FROM scratch\n");
    put("run", "#!/bin/sh\n");
    std::filesystem::permissions(folder / "context" / "run", std::filesystem::perms(0755));
    const std::string target(150, 't');
    std::filesystem::create_symlink(target, folder / "context" / "link");
    ASSERT_EQ(send(), "");
    const std::string listed = output_of("tar tvf " + (folder / "tar").string() + " --numeric-owner");
    EXPECT_THAT(listed, HasSubstr("-rwxr-xr-x 0/0"));
    EXPECT_THAT(listed, HasSubstr("link -> " + target));
}

TEST_F(BuildContextTest, SendsLargeFilesInPiecesAndLongNamesWhole) {
    const std::string name = std::string(120, 'd') + "/" + std::string(150, 'n') + "ä";
    const std::string large(3'000'000, 'x');
    put("Dockerfile", "FROM scratch\n");
    put(name, large);
    ASSERT_EQ(send(), "");
    EXPECT_GT(pieces, 5U);
    EXPECT_EQ(content(name), large);
}

TEST_F(BuildContextTest, IncludesADockerfileOutsideTheFolder) {
    put(".dockerignore", "x");
    put("y", "");
    const std::string elsewhere = (folder / "other.Dockerfile").string();
    build.dockerfile = model::Build::DockerfilePath{elsewhere};
    write(elsewhere, "FROM other\n");
    const std::string listed = names();
    EXPECT_EQ(listed, "y\n" + dockerfile + "\n.dockerignore\n");
    EXPECT_THAT(dockerfile, testing::StartsWith(".dockerfile."));
    EXPECT_EQ(content(dockerfile), "FROM other\n");
    EXPECT_EQ(content(".dockerignore"), "x\n.dockerignore\n" + dockerfile + "\n");
    build.dockerfile = model::Build::DockerfileText{"FROM inline\n"};
    ASSERT_EQ(send(), "");
    EXPECT_EQ(content(dockerfile), "FROM inline\n");
}

TEST_F(BuildContextTest, PrefersTheIgnoreFileOfItsDockerfile) {
    build.dockerfile = model::Build::DockerfilePath{"docker/web"};
    put("docker/web", "FROM scratch\n");
    put("docker/web.dockerignore", "a");
    put(".dockerignore", "b");
    put("a", "");
    put("b", "");
    EXPECT_EQ(names(), ".dockerignore\nb\ndocker/\ndocker/web\ndocker/web.dockerignore\n");
    EXPECT_EQ(dockerfile, "docker/web");
}

TEST_F(BuildContextTest, ReportsWhatIsMissing) {
    EXPECT_THAT(send(), HasSubstr("build context '" + build.path + "': open: No such file"));
    std::filesystem::create_directory(build.path);
    EXPECT_THAT(send(), HasSubstr("build context '" + build.path + "': Dockerfile: open: No such file"));
    build.dockerfile = model::Build::DockerfileText{"FROM scratch"};
    EXPECT_EQ(send(), "");
}

/// An unprivileged user may have write access to the folder, and can change it while it is being sent.
TEST_F(BuildContextTest, StaysInTheFolderWhenPartsAreReplacedByLinks) {
    write(folder / "outside" / "key", "root's own");
    put("Dockerfile", "FROM scratch\n");
    put("a", std::string(3'000'000, 'x'));
    put("sub/key", "theirs");
    put("z", "theirs");
    auto context = BuildContext::open(build);
    ASSERT_TRUE(context) << context.error().message();
    std::string tar = (*context)->next().value();
    const auto swap = [&](const std::filesystem::path& name, const std::filesystem::path& target) {
        std::filesystem::rename(build.path / name, folder / ("moved-" + name.string()));
        std::filesystem::create_symlink(target, build.path / name);
    };
    swap("sub", folder / "outside");
    swap("z", folder / "outside" / "key");
    for (;;) {
        const auto piece = (*context)->next();
        if (!piece || piece->empty()) break;
        tar += *piece;
    }
    EXPECT_THAT(tar, HasSubstr("xxx"));
    EXPECT_THAT(tar, testing::Not(HasSubstr("root's own")));
}

TEST_F(BuildContextTest, FollowsNoLink) {
    write(folder / "outside" / "Dockerfile", "FROM scratch\n");
    write(folder / "outside" / ".dockerignore", "b\n");
    put("b", "");
    std::filesystem::create_symlink(folder / "outside" / ".dockerignore", build.path + "/.dockerignore");
    build.dockerfile = model::Build::DockerfileText{"FROM scratch"};
    EXPECT_THAT(send(), HasSubstr(".dockerignore: a symbolic link"));
    std::filesystem::remove(build.path + "/.dockerignore");
    std::filesystem::create_symlink(folder / "outside", build.path + "/docker");
    build.dockerfile = model::Build::DockerfilePath{"docker/Dockerfile"};
    EXPECT_THAT(send(), HasSubstr("docker/Dockerfile"));
}

/// Following such a loop fails with an error, which would recur after each restart of the daemon.
TEST_F(BuildContextTest, SkipsIgnoredLinkLoops) {
    put("Dockerfile", "FROM scratch\n");
    put(".dockerignore", "loop\n");
    std::filesystem::create_symlink("loop", build.path + "/loop");
    EXPECT_EQ(names(), ".dockerignore\nDockerfile\n");
}

TEST_F(BuildContextTest, EntersIgnoredFoldersOnlyForExceptions) {
    put("Dockerfile", "FROM scratch\n");
    put(".dockerignore", "deep\nother\n!deep/a/b\n!**/kept\n");
    put("deep/a/b", "");
    put("deep/c", "");
    put("other/kept", "");
    EXPECT_EQ(names(), ".dockerignore\nDockerfile\ndeep/a/b\n");
}

TEST_F(BuildContextTest, IsRefusedWhereItsPatternsAreMalformed) {
    put("Dockerfile", "FROM scratch\n");
    put(".dockerignore", "key\nsecret[\n");
    EXPECT_EQ(send(),
              "build context '" + build.path + "': .dockerignore: line 2: 'secret[' has a '[' without a ']'");
}

TEST_F(BuildContextTest, IsRefusedWhereItIsTooDeep) {
    put("Dockerfile", "FROM scratch\n");
    std::string deep;
    for (int level = 0; level < 201; ++level) deep += "d/";
    put(deep + "file", "");
    EXPECT_THAT(send(), HasSubstr("more than 200 folders deep"));
}

TEST_F(BuildContextTest, EndsSoonWhenItIsAskedToStop) {
    put("Dockerfile", "FROM scratch\n");
    auto context = BuildContext::open(build);
    std::stop_source stop;
    stop.request_stop();
    EXPECT_EQ((*context)->next(stop.get_token()).error().kind(), ErrorKind::cancelled);
}

TEST(TreeWalk, EntersOnlyWhatIsStillAFolder) {
    const test::TemporaryFolder folder;
    write(folder / "tree" / "sub" / "key", "theirs");
    write(folder / "outside" / "key", "root's own");
    TreeWalk walk(open_named_folder(folder / "tree").value());
    const auto entry = walk.next().value();
    ASSERT_TRUE(entry && S_ISDIR(entry->facts.st_mode));
    std::filesystem::rename(folder / "tree" / "sub", folder / "moved");
    std::filesystem::create_symlink(folder / "outside", folder / "tree" / "sub");
    EXPECT_THAT(walk.enter(*entry).error().message(), HasSubstr("sub: not a folder"));
}

/// Memory stays bounded, whatever the folders contain.
TEST(TreeWalk, HoldsOnlySoManyNames) {
    const test::TemporaryFolder folder;
    for (const char* name : {"sub/a", "sub/b", "z"}) write(folder / name, "");
    const auto walk_with = [&](std::size_t most) {
        TreeWalk walk(open_named_folder(folder.path()).value(), most);
        const auto entry = walk.next();
        if (!entry) return entry.error().message();
        const auto entered = walk.enter(**entry);
        return entered ? std::string() : entered.error().message();
    };
    EXPECT_EQ(walk_with(4), "");
    EXPECT_EQ(walk_with(3), "sub: more than 3 names in it and the folders that it is in");
    EXPECT_EQ(walk_with(1), "more than 1 names in a folder");
}

TEST(BuildQuery, HasEveryBuildOption) {
    model::BuildImage build{.image = {"demo-web"}};
    EXPECT_EQ(
        build_query(build, ""),
        "t=demo-web&rm=1&forcerm=1&labels=%7B%22com.docker.compose.image.builder%22%3A%22classic%22%7D");
    build.build = {.context = model::Build::Remote{"https://example.com/a.git#main:sub", ""},
                   .arguments = {{"A", "b c"}},
                   .tags = {"web:1"},
                   .extra_hosts = {"db:10.0.0.1"},
                   .target = "prod",
                   .network = "host",
                   .platform = "linux/amd64",
                   .ulimits = {{"nofile", {1, 2}}},
                   .shm_size = model::Bytes{64},
                   .no_cache = true,
                   .pull = true};
    const std::string query = build_query(build, "sub/Dockerfile");
    for (const char* part : {"t=demo-web&t=web%3A1&", "dockerfile=sub%2FDockerfile&",
                             "remote=https%3A%2F%2Fexample.com%2Fa.git%23main%3Asub&", "&nocache=1&pull=1&",
                             "buildargs=%7B%22A%22%3A%22b%20c%22%7D&", "&extrahosts=db%3A10.0.0.1&",
                             "&target=prod&networkmode=host&platform=linux%2Famd64&shmsize=64&",
                             "&ulimits=%5B%7B%22Name%22%3A%22nofile%22"})
        EXPECT_THAT(query, HasSubstr(part));
}

}  // namespace
}  // namespace dockerext::apply
