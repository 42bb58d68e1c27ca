#include "apply/stack_steps.hpp"

#include "support/fake_engine.hpp"
#include "support/run.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dockerext::apply {
namespace {

using model::CreateStackService;
using model::StackFileKind;
using model::UpdateStackService;
using test::http_answer;
using test::run;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

const std::string ask_registry = "GET /v1.40/distribution/nginx:1/json";
const std::string create_service = "POST /v1.40/services/create";
const std::string update_service = "POST /v1.40/services/s1/update?version=20";
const std::string written_spec =
    R"({"Name":"demo_web","TaskTemplate":{"ContainerSpec":{"Image":"nginx:1"}}})";
const std::string pinned_spec =
    R"({"Name":"demo_web","TaskTemplate":{"ContainerSpec":{"Image":"nginx:1@sha256:d"},)"
    R"("Placement":{"Platforms":[{"Architecture":"amd64","OS":"linux"}]}}})";

struct StackStepsTest : testing::Test {
    asio::io_context io;
    test::FakeEngine fake{io};
    engine::Client client{io.get_executor(), fake.socket()};
    CreateStackService create{.image = {"nginx:1"}, .spec = written_spec};
    UpdateStackService update{
        .id = "s1", .version = 20, .image = {"nginx:1"}, .spec = written_spec, .resolve = true};

    StackStepsTest() {
        fake.answer(ask_registry,
                    http_answer(200, R"({"Descriptor":{"digest":"sha256:d"},)"
                                     R"("Platforms":[{"architecture":"amd64","os":"linux"}]})"));
        fake.answer(create_service, http_answer(201, R"({"ID":"s1"})"));
        fake.answer(update_service, http_answer(200, "{}"));
    }
};

TEST_F(StackStepsTest, AServiceIsCreatedWithWhatItsRegistrySays) {
    ASSERT_TRUE(run(io, create_stack_service(client, create, Secret("login"))));
    EXPECT_THAT(fake.requests(), ElementsAre(ask_registry, create_service));
    EXPECT_THAT(fake.heads(), Each(HasSubstr("\r\nX-Registry-Auth: login\r\n")));
    EXPECT_EQ(fake.bodies().back(), pinned_spec);
}

TEST_F(StackStepsTest, AServiceGetsItsImageAsWrittenIfTheRegistryDoesNotSay) {
    const std::pair<unsigned, std::string> answers[] = {
        {404, R"({"message":"manifest unknown: manifest unknown"})"},
        {500, R"({"message":"Get https://registry-1.docker.io/v2/: no route to host"})"},
        {403, R"({"message":"denied"})"},
        {200, "{}"}};
    for (const auto& [status, answer] : answers) {
        SCOPED_TRACE(answer);
        fake.answer(ask_registry, http_answer(status, answer));
        testing::internal::CaptureStderr();
        EXPECT_TRUE(run(io, create_stack_service(client, create, std::nullopt)));
        const std::string log = testing::internal::GetCapturedStderr();
        EXPECT_EQ(fake.bodies().back(), written_spec);
        EXPECT_THAT(fake.heads(), Each(Not(HasSubstr("X-Registry-Auth"))));
        EXPECT_THAT(log, HasSubstr("cannot resolve the image of service demo_web"));
    }
}

TEST_F(StackStepsTest, ACreateFailsAsTheEngineDoes) {
    fake.answer(create_service,
                http_answer(409, R"({"message":"rpc error: code = AlreadyExists desc = service demo_web )"
                                 R"(already exists"})"));
    const auto created = run(io, create_stack_service(client, create, std::nullopt));
    ASSERT_FALSE(created);
    EXPECT_EQ(created.error().kind(), ErrorKind::conflict);
    EXPECT_EQ(created.error().message(), "create service demo_web: service demo_web already exists (409)");
}

TEST_F(StackStepsTest, AnUpdateResolvesOnlyAnImageThatHasChanged) {
    ASSERT_TRUE(run(io, update_stack_service(client, update, Secret("login"))));
    EXPECT_THAT(fake.requests(), ElementsAre(ask_registry, update_service));
    EXPECT_THAT(fake.heads(), Each(HasSubstr("\r\nX-Registry-Auth: login\r\n")));
    EXPECT_EQ(fake.bodies().back(), pinned_spec);
    update.resolve = false;
    ASSERT_TRUE(run(io, update_stack_service(client, update, std::nullopt)));
    EXPECT_THAT(fake.requests(), ElementsAre(ask_registry, update_service, update_service));
    EXPECT_THAT(fake.heads().back(), Not(HasSubstr("X-Registry-Auth")));
    EXPECT_EQ(fake.bodies().back(), written_spec);
}

TEST_F(StackStepsTest, AnUpdateFailsIfSomebodyWasFaster) {
    fake.answer(update_service,
                http_answer(500, R"({"message":"rpc error: code = Unknown desc = update out of sequence"})"));
    const auto updated = run(io, update_stack_service(client, update, std::nullopt));
    ASSERT_FALSE(updated);
    EXPECT_EQ(updated.error().kind(), ErrorKind::conflict);
    EXPECT_EQ(updated.error().message(), "update service s1: it was changed meanwhile");
}

TEST_F(StackStepsTest, FilesAreCreatedAndRemovedByTheirKind) {
    const std::pair<StackFileKind, std::string> kinds[] = {{StackFileKind::config, "configs"},
                                                           {StackFileKind::secret, "secrets"}};
    for (const auto& [kind, word] : kinds) {
        fake.answer("POST /v1.40/" + word + "/create", http_answer(201, R"({"ID":"f1"})"));
        EXPECT_TRUE(run(
            io, create_stack_file(client, {.kind = kind, .name = "demo_app", .content = Secret("conf1\n")})));
        EXPECT_EQ(fake.requests().back(), "POST /v1.40/" + word + "/create");
        EXPECT_EQ(fake.bodies().back(), R"({"Name":"demo_app","Labels":{},"Data":"Y29uZjEK"})");
        fake.answer("DELETE /v1.40/" + word + "/f1", http_answer(404, "{}"));
        EXPECT_TRUE(run(io, remove_stack_file(client, {kind, "f1"})));
        EXPECT_EQ(fake.requests().back(), "DELETE /v1.40/" + word + "/f1");
    }
}

TEST_F(StackStepsTest, AFailedCreateOfASecretDoesNotTellItsContent) {
    fake.answer("POST /v1.40/secrets/create",
                http_answer(400, R"({"message":"cannot take b3BlbiBzZXNhbWUh"})"));
    const auto created = run(io, create_stack_file(client, {.kind = StackFileKind::secret,
                                                            .name = "demo_key",
                                                            .content = Secret("open sesame!")}));
    ASSERT_FALSE(created);
    EXPECT_EQ(created.error().message(), "create secret demo_key: cannot take (hidden) (400)");
}

}  // namespace
}  // namespace dockerext::apply
