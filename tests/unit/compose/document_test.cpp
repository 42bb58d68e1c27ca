#include "loading.hpp"

#include <gtest/gtest.h>

namespace dockerext::compose {
namespace {

/// The names of a document's services, or its problems if it has any.
std::string services_of(const std::string& document) {
    const Loaded loaded = load(input_of(document));
    if (!loaded.project) return to_text(loaded.problems);
    std::string names;
    for (const auto& [name, service] : loaded.project->services)
        names += (names.empty() ? "" : " ") + name.value;
    return names;
}

TEST(Document, HasServicesInTheirSectionOrAtTopLevel) {
    EXPECT_EQ(services_of(R"({"services": {"a": {"image": "x"}, "b": {"image": "x"}}, "x-c": 1})"), "a b");
    EXPECT_EQ(services_of(R"({"a": {"image": "x"}, "b": {"image": "x"}, "x-c": {}, "version": "1"})"), "a b");
    EXPECT_EQ(services_of(R"({"name": {"image": "x"}})"), "name");
    EXPECT_EQ(services_of("{}"), "");
    EXPECT_EQ(services_of(R"({"services": {}})"), "");
}

TEST(Document, InTheOldFormatRefersToEngineVolumesByName) {
    const Loaded loaded = load(input_of(R"({"web": {"image": "x", "volumes": ["data:/d"]}})"));
    ASSERT_TRUE(loaded.project) << to_text(loaded.problems);
    EXPECT_TRUE(loaded.project->volumes.contains(model::VolumeName{"data"}));
    const auto& web = loaded.project->services.at(model::ServiceName{"web"});
    EXPECT_EQ(web.container.mounts.at(0).source, "data");
}

TEST(Document, InTheOldFormatIsConverted) {
    const Loaded loaded = load(input_of(R"({
        "db": {"image": "x", "volumes": ["data:/d", "/e", "./f:/f"], "volume_driver": "flocker"},
        "web": {"build": "web", "dockerfile": "Web.dockerfile", "net": "container:db",
                "log_driver": "syslog", "log_opt": {"tag": "web"}, "volumes_from": ["db", "other:ro"]},
        "tool": {"image": "x", "net": "container:other"}})"));
    ASSERT_TRUE(loaded.project) << to_text(loaded.problems);
    const auto& services = loaded.project->services;
    const auto& web = services.at(model::ServiceName{"web"});
    EXPECT_EQ(web.network_mode_service, model::ServiceName{"db"});
    EXPECT_EQ(web.container.logging->driver, "syslog");
    EXPECT_EQ(web.container.logging->options.at("tag"), "web");
    EXPECT_EQ(web.volumes_from, (std::vector<model::VolumesFrom>{model::ServiceName{"db"},
                                                                 model::NamedContainer{"other", "ro"}}));
    const model::Build::Folder folder{"/project/web", model::Build::DockerfilePath{"Web.dockerfile"}};
    EXPECT_EQ(std::get<model::Build::Folder>(web.build->context), folder);
    EXPECT_EQ(services.at(model::ServiceName{"tool"}).container.network_mode, "container:other");
    EXPECT_EQ(loaded.project->volumes.size(), 1U);
    EXPECT_EQ(loaded.project->volumes.at(model::VolumeName{"data"}).driver, "flocker");
}

TEST(Document, IsRefusedWhenInvalid) {
    const std::vector<std::pair<std::string, std::string>> table{
        {R"("web: {}")", "/compose/web: line 1, column 1: 'image' or 'build' is missing"},
        {R"({"web": {"image": "x", "net": "host", "network_mode": "host"}})",
         "/compose/web/net: 'net' and 'network_mode' exclude each other"},
        {R"({"web": {"image": "x", "dockerfile": "D"}})",
         "/compose/web/dockerfile: 'dockerfile' needs a 'build' beside it that is a folder"},
        {R"({"a": {"image": "x", "volumes": ["dd:/d"], "volume_driver": "one"},
             "b": {"image": "x", "volumes": ["dd:/d"], "volume_driver": "two"}})",
         "/compose/b/volume_driver: the volume 'dd' has another driver already"},
        {R"("- a")", "/compose: line 1, column 1: expected map, found list"},
        {R"(" # nothing")", "/compose: the document is empty"},
        {"[]", "/compose: expected map, found list"},
        {R"({"services": []})", "/compose/services: expected map, found list"},
        {R"({"services": null})", "/compose/services: expected map, found null"},
        {R"({"services": {}, "network": {}})",
         "/compose/network: unknown key 'network' of the document; did you mean 'networks'?"},
        {R"({"services": {}, "models": {}})",
         "/compose/models: 'models' is not supported by this version yet"},
        {R"({"services": {}, "secrets": {"s": {}}})",
         "/compose/secrets/s: a secret needs 'file' or 'environment'"},
        {R"({"services": {}, "configs": {"c": {"file": "a", "content": "b"}}})",
         "/compose/configs/c: only one of file, environment and content can be given"},
        {R"({"volumes": {}, "web": {"image": "x"}})",
         "/compose/volumes: 'volumes' at the top level needs the services under a key 'services' beside it"},
        {R"({"web": null})", "/compose/web: expected map, found null"},
        {R"({"a b": {"image": "x"}})",
         "/compose/a b: the name 'a b' may contain only letters, digits, '.', '_' and '-'"},
    };
    for (const auto& [document, problems] : table) {
        std::string reported = problems_of(document);
        if (reported.ends_with('\n')) reported.pop_back();
        EXPECT_EQ(reported, problems);
    }
}

TEST(Document, ReportsTheLocationOfInvalidJson) {
    EXPECT_NE(problems_of("{").find("/compose: line 1"), std::string::npos);
    EXPECT_NE(problems_of(R"({"a": 1, "a": 2})").find("duplicate key 'a'"), std::string::npos);
}

/// The project name for this COMPOSE_PROJECT_NAME and this member of the document, or the problems.
std::string name_of(const std::string& variable, const std::string& member) {
    Input input = input_of("{" + member + R"("services": {"a": {"image": "x"}}})");
    input.environment.erase("COMPOSE_PROJECT_NAME");
    if (!variable.empty()) input.environment["COMPOSE_PROJECT_NAME"] = variable;
    const Loaded loaded = load(input);
    return loaded.project ? loaded.project->name.value : to_text(loaded.problems);
}

TEST(ProjectName, ComesFromEnvironmentThenDocumentThenDefault) {
    EXPECT_EQ(name_of("one", R"("name": "two", )"), "one");
    EXPECT_EQ(name_of("", R"("name": "two", )"), "two");
    EXPECT_EQ(name_of("", R"("name": "My Proj", )"), "myproj");
    EXPECT_EQ(name_of("", R"("name": "_-x$FOO", )"), "xfoo");
    EXPECT_EQ(name_of("", R"("name": "", )"), "compose");
    EXPECT_EQ(name_of("", ""), "compose");
}

TEST(ProjectName, MustBeValid) {
    EXPECT_NE(name_of("My Proj", "").find("; use 'myproj'"), std::string::npos);
    EXPECT_NE(name_of("_x", "").find("; use 'x'"), std::string::npos);
    EXPECT_NE(name_of("", R"("name": "!!", )").find("/compose/name: '!!' contains no letter"),
              std::string::npos);
    EXPECT_NE(name_of("", R"("name": "${NOPE:-}", )").find("/compose/name: '' contains no letter"),
              std::string::npos);
    EXPECT_NE(name_of("", R"("name": 5, )").find("/compose/name: expected string, found number"),
              std::string::npos);
}

TEST(ProjectName, IsAVariableOfTheDocument) {
    Input input =
        input_of(web(R"("hostname": "$COMPOSE_PROJECT_NAME", "environment": ["COMPOSE_PROJECT_NAME"])"));
    input.environment.clear();
    const Loaded loaded = load(input);
    ASSERT_TRUE(loaded.project) << to_text(loaded.problems);
    const auto& container = loaded.project->services.at(model::ServiceName{"web"}).container;
    EXPECT_EQ(container.hostname, "compose");
    EXPECT_EQ(container.environment.at("COMPOSE_PROJECT_NAME"), "compose");
}

}  // namespace
}  // namespace dockerext::compose
