#include "loading.hpp"

#include <gtest/gtest.h>

namespace dockerext::compose {
namespace {

using Context = model::Build::Context;

model::Service built_web(const std::string& members) {
    const Loaded loaded = load(input_of(R"({"services": {"web": {)" + members + "}}}"));
    if (!loaded.project) throw std::runtime_error(to_text(loaded.problems));
    return loaded.project->services.at(model::ServiceName{"web"});
}

TEST(Build, FromAFolderDefinesTheImageName) {
    const model::Service web = built_web(R"("build": "./web")");
    EXPECT_EQ(web.container.image.value, "demo-web");
    EXPECT_EQ(web.build->context, Context(model::Build::Folder{"/project/web", {}}));
    EXPECT_FALSE(web.build->try_registry_first);
    const model::Service named = built_web(R"("build": {}, "image": "registry/web:1")");
    EXPECT_EQ(named.container.image.value, "registry/web:1");
    EXPECT_EQ(named.build->context, Context(model::Build::Folder{"/project", {}}));
    EXPECT_TRUE(named.build->try_registry_first);
}

TEST(Build, FromAUrlIsFetchedByTheEngine) {
    for (const char* address :
         {"https://example.com/a.git#main:sub", "git@example.com:a.git", "github.com/a/b"}) {
        const model::Service web = built_web(R"("build": ")" + std::string(address) + "\"");
        EXPECT_EQ(web.build->context, Context(model::Build::Remote{address, ""}));
    }
}

TEST(Build, SupportsEveryOptionOfTheClassicBuilder) {
    const model::Service web = built_web(R"("platform": "linux/arm64", "build": {
        "context": "a", "dockerfile": "../D", "args": ["A=1", "FOO", "UNSET"], "labels": ["l=m"], "tags": ["t:1"],
        "cache_from": ["c"], "extra_hosts": ["h=10.0.0.1"], "target": "prod", "network": "host", "isolation": "default",
        "ulimits": {"nofile": 5}, "shm_size": "64k", "no_cache": true, "pull": "true",
        "platforms": ["linux/arm64"], "secrets": [], "provenance": false})");
    const model::Build expected{
        .context = model::Build::Folder{"/project/a", model::Build::DockerfilePath{"../D"}},
        .arguments = {{"A", "1"}, {"FOO", "foo"}},
        .labels = {{"l", "m"}},
        .tags = {"t:1"},
        .cache_from = {"c"},
        .extra_hosts = {"h:10.0.0.1"},
        .target = "prod",
        .network = "host",
        .isolation = "default",
        .platform = "linux/arm64",
        .ulimits = {{"nofile", {5, 5}}},
        .shm_size = model::Bytes{65536},
        .no_cache = true,
        .pull = true};
    EXPECT_EQ(*web.build, expected);
}

TEST(Build, IsNoPartOfTheHash) {
    EXPECT_EQ(built_web(R"("build": "a")").config_hash,
              built_web(R"("build": {"context": "b", "target": "c"})").config_hash);
}

TEST(Build, IsRefusedWhenUnsupported) {
    const std::pair<const char*, const char*> table[] = {
        {R"("build": 5)", "/compose/services/web/build: expected map, found number\n"},
        {R"("build": {"contxt": "a"})",
         "/compose/services/web/build/contxt: unknown key 'contxt' of build; did you mean 'context'?\n"},
        {R"("build": {"dockerfile": "a", "dockerfile_inline": "b"})",
         "/compose/services/web/build: 'dockerfile' and 'dockerfile_inline' exclude each other\n"},
        {R"("build": {"context": "git@h:a.git", "dockerfile_inline": "b"})",
         "/compose/services/web/build: 'dockerfile_inline' needs a context that is a folder of this "
         "machine\n"},
        {R"("build": {"secrets": ["a"]})",
         "/compose/services/web/build/secrets: 'secrets' needs BuildKit, but services are built with the "
         "engine's classic builder: build the image elsewhere and name it in 'image'\n"},
        {R"("build": {"platforms": ["linux/amd64", "linux/arm64"]})",
         "/compose/services/web/build/platforms: 'platforms' lists several, but the engine's classic builder "
         "builds one at a time\n"},
        {R"("platform": "linux/arm64", "build": {"platforms": ["linux/amd64"]})",
         "/compose/services/web/build/platforms: 'linux/arm64', the platform of the service, is missing\n"},
    };
    for (const auto& [members, problems] : table)
        EXPECT_EQ(problems_of(R"({"services": {"web": {)" + std::string(members) + "}}}"), problems);
}

}  // namespace
}  // namespace dockerext::compose
