#include "apply/bodies.hpp"
#include "base/json_document.hpp"
#include "full_spec.hpp"
#include "observe/container_facts.hpp"

#include <gtest/gtest.h>

namespace dockerext {
namespace {

using model::ContainerSpec;

/// The inspect answer of an engine that adds nothing to what was requested.
std::string inspect_of(const std::string& body) {
    const JsonDocument document = JsonDocument::parse(body).value();
    const JsonCursor root = document.root();
    const auto networking = root.find("NetworkingConfig").value();
    const std::string networks = networking ? networking->at("EndpointsConfig")->text() : "{}";
    return R"({"Id":"1","Name":"/c","Created":"2024-01-01T00:00:00Z","State":{"Status":"created"},"Config":)" +
           body + R"(,"HostConfig":)" + root.at("HostConfig")->text() + R"(,"NetworkSettings":{"Networks":)" +
           networks + "}}";
}

ContainerSpec read_back(const ContainerSpec& spec, engine::ApiVersion api) {
    const std::string inspect = inspect_of(apply::create_container_body(spec, api));
    const JsonDocument document = JsonDocument::parse(inspect).value();
    const auto container = observe::read_container(document.root(), {});
    EXPECT_TRUE(container) << container.error().message();
    return container ? container->spec : ContainerSpec{};
}

TEST(RoundTrip, ReadsBackWhatWasRequested) {
    const ContainerSpec spec = test::full_spec();
    for (const engine::ApiVersion api : {engine::ApiVersion{1, 40}, engine::ApiVersion{1, 44}}) {
        SCOPED_TRACE(to_string(api));
        EXPECT_TRUE(read_back(spec, api) == spec);
    }
}

TEST(RoundTrip, AnEmptySpecStaysEmpty) {
    ContainerSpec spec;
    spec.image = {"nginx"};
    EXPECT_TRUE(read_back(spec, {1, 41}) == spec);
}

TEST(RoundTrip, EachKindOfNetworkModeSurvives) {
    for (const std::string mode : {"host", "none", "container:0123456789abcdef"}) {
        SCOPED_TRACE(mode);
        ContainerSpec spec;
        spec.image = {"nginx"};
        spec.network_mode = mode;
        EXPECT_TRUE(read_back(spec, {1, 44}) == spec);
    }
}

TEST(RoundTrip, EmptyListsOverrideTheImage) {
    ContainerSpec spec;
    spec.image = {"nginx"};
    spec.command.emplace();
    spec.entrypoint.emplace();
    EXPECT_TRUE(read_back(spec, {1, 41}) == spec);
}

TEST(RoundTrip, SendsStartIntervalAndAllNetworksFromApiVersion144) {
    ContainerSpec spec = test::full_spec();
    spec.healthcheck->start_interval = std::chrono::seconds(1);
    spec.networks[{"demo_back"}] = {.aliases = {"web"}};
    EXPECT_TRUE(read_back(spec, {1, 44}) == spec);

    ContainerSpec less = spec;
    less.healthcheck->start_interval.reset();
    less.networks.erase({"demo_back"});
    EXPECT_TRUE(read_back(spec, {1, 43}) == less);
}

}  // namespace
}  // namespace dockerext
