#include "loading.hpp"

#include <gtest/gtest.h>

namespace dockerext::compose {
namespace {

using model::NetworkName;
using model::ServiceName;

model::Project loaded(Input input) {
    Loaded result = load(input);
    if (!result.project) throw std::runtime_error(to_text(result.problems));
    return std::move(*result.project);
}

TEST(Resolve, AVariableWithoutValueComesFromTheEnvironmentOrStaysUnset) {
    const auto environment =
        loaded_web(R"("environment": ["FOO", "EMPTY", "NOPE", "SET="])").container.environment;
    EXPECT_EQ(environment.at("FOO"), "foo");
    EXPECT_EQ(environment.at("EMPTY"), "");
    EXPECT_EQ(environment.at("NOPE"), std::nullopt);
    EXPECT_EQ(environment.at("SET"), "");
}

TEST(Resolve, HomeAndPwdHaveDefaultsThatSettingsCanOverride) {
    const std::string model = web(R"("environment": {"P": "$PWD", "H": "${HOME}", "HOME": null})");
    const auto environment = [&](Input input) {
        return loaded(std::move(input)).services.at(ServiceName{"web"}).container.environment;
    };
    using Variables = std::map<std::string, std::optional<std::string>>;
    EXPECT_EQ(environment(input_of(model)),
              (Variables{{"P", "/project"}, {"H", "/root"}, {"HOME", "/root"}}));
    Input other = input_of(model);
    other.environment["PWD"] = "/p";
    other.environment["HOME"] = "/h";
    EXPECT_EQ(environment(std::move(other)), (Variables{{"P", "/p"}, {"H", "/h"}, {"HOME", "/h"}}));
}

TEST(Resolve, AHostPathWithAnUnsetPrefixIsRefused) {
    const std::string services = R"({"services": {"web": {"image": "x", )";
    const std::vector<std::pair<std::string, std::string>> table{
        {services + R"("volumes": ["$NOPE/etc:/x"]}}})", "/compose/services/web/volumes/0"},
        {services + R"("volumes": ["${NOPE}:/x:ro"]}}})", "/compose/services/web/volumes/0"},
        {services + R"("volumes": ["${A:-$NOPE}/etc:/x"]}}})", "/compose/services/web/volumes/0"},
        {services + R"("volumes": [{"type": "bind", "source": "$NOPE/etc", "target": "/x"}]}}})",
         "/compose/services/web/volumes/0/source"},
        {services + R"("volumes": [{"type": "bind", "source": "$NOPE", "target": "/x"}]}}})",
         "/compose/services/web/volumes/0/source"},
        {services + R"("build": "$NOPE/src"}}})", "/compose/services/web/build"},
        {services + R"("build": {"context": "$NOPE/src"}}}})", "/compose/services/web/build/context"},
        {services + R"("configs": ["c"]}}, "configs": {"c": {"file": "$NOPE/passwd"}}})",
         "/compose/configs/c/file"},
        {services + R"("volumes": ["vol:/v"]}}, "volumes": {"vol": {"driver": "local",
             "driver_opts": {"type": "none", "o": "bind", "device": "$NOPE/data"}}}})",
         "/compose/volumes/vol/driver_opts/device"},
        {services + R"("volumes": ["${NOPE:-}/etc:/x", "/srv/$NOPE:/y", "$EMPTY/z:/z"], "build": "$NOPE"}}})",
         ""},
        {services +
             R"("volumes": ["${NOPE}vol:/v"]}}, "volumes": {"vol": {"driver_opts": {"device": "$NOPE"}}}})",
         ""},
    };
    for (const auto& [document, path] : table) {
        const auto problems = load(input_of(document)).problems;
        EXPECT_EQ(problems.empty() ? "" : problems.front().path, path) << document << to_text(problems);
        EXPECT_EQ(problems.size(), path.empty() ? 0U : 1U) << document << to_text(problems);
        for (const Problem& problem : problems)
            EXPECT_NE(problem.message.find("NOPE"), std::string::npos) << problem.message;
    }
}

TEST(Resolve, TheDefaultNetworkIsThereOnlyWhenUsed) {
    const auto networks = [](const std::string& document) {
        std::string names;
        for (const auto& [name, network] : loaded(input_of(document)).networks) names += name.value + " ";
        return names;
    };
    EXPECT_EQ(networks(R"({"services": {"a": {"image": "x"}}})"), "demo_default ");
    EXPECT_EQ(networks(R"({"services": {"a": {"image": "x", "networks": []}}})"), "demo_default ");
    EXPECT_EQ(networks(R"({"services": {"a": {"image": "x", "network_mode": "host"}}})"), "");
    EXPECT_EQ(
        networks(
            R"({"services": {"a": {"image": "x", "networks": ["n"]}}, "networks": {"n": null, "m": null}})"),
        "demo_n ");
    EXPECT_EQ(networks(R"({"services": {"a": {"image": "x"}}, "networks": {"default": {"name": "mine"}}})"),
              "mine ");
}

TEST(Resolve, LinksAndSharedNetworksAreDependencies) {
    const auto project = loaded(input_of(R"({"services": {
        "a": {"image": "x", "links": ["b", "c:see"], "depends_on": {"c": {"condition": "service_healthy"}}},
        "b": {"image": "x", "network_mode": "service:c"}, "c": {"image": "x"}}})"));
    const model::Service& a = project.services.at(ServiceName{"a"});
    using Condition = model::DependencyCondition;
    EXPECT_EQ(a.depends_on, (std::map<ServiceName, model::Dependency>{
                                {ServiceName{"b"}, {Condition::started, true, true}},
                                {ServiceName{"c"}, {Condition::healthy, true, false}}}));
    EXPECT_EQ(a.links,
              (std::map<std::string, ServiceName>{{"b", ServiceName{"b"}}, {"see", ServiceName{"c"}}}));
    EXPECT_EQ(a.container.labels.at("com.docker.compose.depends_on"),
              "b:service_started:true,c:service_healthy:false");
    EXPECT_EQ(project.services.at(ServiceName{"b"}).depends_on.count(ServiceName{"c"}), 1U);
}

TEST(Resolve, ProfilesEnableServices) {
    Input input = input_of(R"({"services": {"a": {"image": "x"}, "b": {"image": "x", "profiles": ["p", "q"]},
        "c": {"image": "x", "profiles": ["r"]}}})");
    const auto active = [&](const std::string& profiles) {
        input.environment["COMPOSE_PROFILES"] = profiles;
        std::string names;
        const auto project = loaded(input);
        for (const auto& [name, service] : project.services) names += name.value;
        for (const auto& name : project.inactive) names += "-" + name.value;
        return names;
    };
    EXPECT_EQ(active(""), "a-b-c");
    EXPECT_EQ(active("q"), "ab-c");
    EXPECT_EQ(active("r,p"), "abc");
    EXPECT_EQ(active("r, p "), "abc");
    EXPECT_EQ(active("*"), "abc");
}

TEST(Resolve, AnOptionalDependencyOnAnInactiveServiceIsDropped) {
    const auto project = loaded(input_of(R"({"services": {
        "a": {"image": "x", "depends_on": {"b": {"condition": "service_started", "required": false}}},
        "b": {"image": "x", "profiles": ["p"]}}})"));
    EXPECT_TRUE(project.services.at(ServiceName{"a"}).depends_on.empty());
    EXPECT_EQ(project.inactive, (std::set<ServiceName>{ServiceName{"b"}}));
}

TEST(Resolve, ALocalBindVolumeHasAnAbsolutePath) {
    const auto project = loaded(input_of(R"({"services": {"a": {"image": "x", "volumes": ["vol:/v"]}},
        "volumes": {"vol": {"driver": "local", "driver_opts": {"o": "bind", "type": "none", "device": "./d"}}}})"));
    const auto& volume = project.volumes.at(model::VolumeName{"demo_vol"});
    EXPECT_EQ(volume.driver_options.at("device"), "/project/d");
}

}  // namespace
}  // namespace dockerext::compose
