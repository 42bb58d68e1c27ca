#include "observe/image_facts.hpp"

#include "base/json_document.hpp"

#include <gtest/gtest.h>

namespace dockerext::observe {
namespace {

TEST(ImageFacts, ReadsTheImageConfig) {
    const JsonDocument document = JsonDocument::parse(R"({"Id":"sha256:1","Config":{
        "Cmd":["nginx"],"Entrypoint":null,"Env":["PATH=/bin"],"Labels":{"a":"b"},"ExposedPorts":{"80/tcp":{}},
        "Volumes":{"/data":{}},"User":"www","WorkingDir":"/srv","StopSignal":"SIGQUIT",
        "Healthcheck":{"Test":["CMD","true"],"Interval":1000000000}}})")
                                      .value();
    const auto image = read_image(document.root());
    ASSERT_TRUE(image) << image.error().message();
    const model::ObservedImage expected{
        .id = {"sha256:1"},
        .command = {{"nginx"}},
        .entrypoint = std::nullopt,
        .environment = {{"PATH", "/bin"}},
        .labels = {{"a", "b"}},
        .exposed_ports = {"80/tcp"},
        .volumes = {"/data"},
        .user = "www",
        .working_dir = "/srv",
        .stop_signal = "SIGQUIT",
        .healthcheck = model::Healthcheck{.test = {"CMD", "true"}, .interval = std::chrono::seconds(1)}};
    EXPECT_TRUE(*image == expected);
}

TEST(ImageFacts, AnImageFromScratchHasAnEmptyConfig) {
    const JsonDocument document = JsonDocument::parse(R"({"Id":"sha256:1","Config":null})").value();
    const auto image = read_image(document.root());
    ASSERT_TRUE(image);
    EXPECT_TRUE(*image == model::ObservedImage{.id = {"sha256:1"}});
}

TEST(ListedReference, MatchesTheEngineName) {
    const std::string digest = "sha256:" + std::string(64, '0');
    const std::vector<std::pair<std::string, std::string>> cases{
        {"nginx", "nginx:latest"},
        {"nginx:1", "nginx:1"},
        {"docker.io/library/nginx", "nginx:latest"},
        {"index.docker.io/me/app:2", "me/app:2"},
        {"library/nginx", "nginx:latest"},
        {"example.com:5000/app", "example.com:5000/app:latest"},
        {"nginx:1@" + digest, "nginx@" + digest},
        {"nginx@" + digest, "nginx@" + digest},
    };
    for (const auto& [reference, listed] : cases) EXPECT_EQ(listed_reference(reference), listed);
}

}  // namespace
}  // namespace dockerext::observe
