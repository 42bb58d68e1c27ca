#include "apply/stack_bodies.hpp"

#include <gtest/gtest.h>

namespace dockerext::apply {
namespace {

using model::StackFile;
using model::StackFileKind;

const std::string digest = "sha256:" + std::string(64, 'd');

TEST(StackBodies, OfAFileHaveItsContentInBase64) {
    const StackFile least{.name = "demo_app", .content = Secret("conf1\n")};
    EXPECT_EQ(create_stack_file_body(least).reveal(), R"({"Name":"demo_app","Labels":{},"Data":"Y29uZjEK"})");
    const StackFile most{.kind = StackFileKind::secret,
                         .name = "demo_key",
                         .content = Secret("\xff"),
                         .labels = {{"com.docker.stack.namespace", "demo"}},
                         .template_driver = "golang"};
    EXPECT_EQ(create_stack_file_body(most).reveal(),
              R"({"Name":"demo_key","Labels":{"com.docker.stack.namespace":"demo"},"Data":"/w==",)"
              R"("Templating":{"Name":"golang"}})");
}

constexpr const char* nginx_spec =
    R"({"Name":"demo_web","TaskTemplate":{"ContainerSpec":{"Image":"nginx","Env":["A=1"]},)"
    R"("Placement":{"Constraints":["node.role == worker"]}}})";

TEST(StackBodies, OfAServiceHaveTheDigestAndThePlatformsOfItsImage) {
    const engine::RegistryImage found{digest, {{"amd64", "linux"}, {"Arm", "linux"}, {"", ""}}};
    EXPECT_EQ(spec_with_image(nginx_spec, {"nginx"}, found).value(),
              R"({"Name":"demo_web","TaskTemplate":{"ContainerSpec":{"Image":"nginx:latest@)" + digest +
                  R"(","Env":["A=1"]},"Placement":{"Constraints":["node.role == worker"],)"
                  R"("Platforms":[{"Architecture":"amd64","OS":"linux"},{"OS":"linux"},{}]}}})");
}

TEST(StackBodies, OfAServiceKeepADigestThatIsWritten) {
    const std::string written = "nginx:1@sha256:" + std::string(64, 'a');
    const engine::RegistryImage found{digest, {{"amd64", "linux"}}};
    EXPECT_EQ(spec_with_image(R"({"TaskTemplate":{}})", {written}, found).value(),
              R"({"TaskTemplate":{"ContainerSpec":{"Image":")" + written +
                  R"("},"Placement":{"Platforms":[{"Architecture":"amd64","OS":"linux"}]}}})");
}

TEST(StackBodies, OfAServiceHaveTheImageAsWrittenIfItIsNotFound) {
    EXPECT_EQ(spec_with_image(nginx_spec, {"nginx"}, std::nullopt).value(),
              R"({"Name":"demo_web","TaskTemplate":{"ContainerSpec":{"Image":"nginx:latest","Env":["A=1"]},)"
              R"("Placement":{"Constraints":["node.role == worker"]}}})");
}

TEST(StackBodies, OfAServiceHaveNoPlacementForAnImageOfUnknownPlatforms) {
    EXPECT_EQ(spec_with_image("{}", {"nginx"}, engine::RegistryImage{digest, {}}).value(),
              R"({"TaskTemplate":{"ContainerSpec":{"Image":"nginx:latest@)" + digest + R"("}}})");
}

TEST(StackBodies, NeedASpecThatIsJson) { EXPECT_FALSE(spec_with_image("{", {"nginx"}, std::nullopt)); }

}  // namespace
}  // namespace dockerext::apply
