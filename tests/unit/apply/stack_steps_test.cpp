#include "apply/stack_steps.hpp"

#include "support/fake_engine.hpp"
#include "support/run.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

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
using testing::SizeIs;

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
    RegistryAnswers answers;

    StackStepsTest() {
        fake.answer(ask_registry,
                    http_answer(200, R"({"Descriptor":{"digest":"sha256:d"},)"
                                     R"("Platforms":[{"architecture":"amd64","os":"linux"}]})"));
        fake.answer(create_service, http_answer(201, R"({"ID":"s1"})"));
        fake.answer(update_service, http_answer(200, "{}"));
    }
};

TEST_F(StackStepsTest, AServiceIsCreatedWithWhatItsRegistrySays) {
    ASSERT_TRUE(run(io, create_stack_service(client, create, Secret("login"), answers)));
    EXPECT_THAT(fake.requests(), ElementsAre(ask_registry, create_service));
    EXPECT_THAT(fake.heads(), Each(HasSubstr("\r\nX-Registry-Auth: login\r\n")));
    EXPECT_EQ(fake.bodies().back(), pinned_spec);
}

TEST_F(StackStepsTest, AServiceGetsItsImageAsWrittenIfTheRegistryDoesNotSay) {
    const std::pair<unsigned, std::string> refusals[] = {
        {404, R"({"message":"manifest unknown: manifest unknown"})"},
        {500, R"({"message":"Get https://registry-1.docker.io/v2/: no route to host"})"},
        {403, R"({"message":"denied"})"},
        {200, "{}"}};
    for (const auto& [status, answer] : refusals) {
        SCOPED_TRACE(answer);
        answers = {};
        fake.answer(ask_registry, http_answer(status, answer));
        testing::internal::CaptureStderr();
        EXPECT_TRUE(run(io, create_stack_service(client, create, std::nullopt, answers)));
        const std::string log = testing::internal::GetCapturedStderr();
        EXPECT_EQ(fake.bodies().back(), written_spec);
        EXPECT_THAT(fake.heads(), Each(Not(HasSubstr("X-Registry-Auth"))));
        EXPECT_THAT(log, HasSubstr("cannot resolve image nginx:1; services get it as written"));
    }
}

TEST_F(StackStepsTest, APlanAsksARegistryOnceForEachImage) {
    for (int service = 0; service < 3; ++service) {
        ASSERT_TRUE(run(io, create_stack_service(client, create, Secret("login"), answers)));
        EXPECT_EQ(fake.bodies().back(), pinned_spec);
    }
    EXPECT_THAT(fake.requests(), ElementsAre(ask_registry, create_service, create_service, create_service));
    answers = {};  // the next plan's
    ASSERT_TRUE(run(io, create_stack_service(client, create, Secret("login"), answers)));
    EXPECT_EQ(fake.requests()[4], ask_registry);
}

TEST_F(StackStepsTest, APlanAsksARegistryThatCannotBeReachedThreeTimes) {
    const auto unreachable =
        http_answer(500, R"({"message":"Get https://registry-1.docker.io/v2/: dial tcp: )"
                         R"(lookup registry-1.docker.io: i/o timeout"})");
    const std::string ask_for_other = "GET /v1.40/distribution/redis:7/json";
    fake.answer(ask_registry, http_answer(404, R"({"message":"manifest unknown"})"));  // an answer
    fake.answer(ask_for_other, unreachable);
    for (const char* image : {"nginx:1", "nginx:1", "redis:7", "redis:7", "redis:7", "redis:7", "mysql:8"}) {
        create.image = {image};
        ASSERT_TRUE(run(io, create_stack_service(client, create, std::nullopt, answers)));
    }
    const auto asked = [&](const std::string& request) {
        const auto requests = fake.requests();
        return std::count(requests.begin(), requests.end(), request);
    };
    EXPECT_EQ(asked(ask_registry), 1);
    EXPECT_EQ(asked(ask_for_other), 3);
    EXPECT_EQ(asked(create_service), 7);
    EXPECT_THAT(fake.requests(), SizeIs(11)) << "no request for mysql";
    EXPECT_THAT(fake.bodies().back(), HasSubstr(R"("Image":"mysql:8")"));
    const std::string ask_elsewhere = "GET /v1.40/distribution/registry.example/nginx:1/json";
    fake.answer(ask_elsewhere, http_answer(404, "{}"));
    create.image = {"registry.example/nginx:1"};
    ASSERT_TRUE(run(io, create_stack_service(client, create, std::nullopt, answers)));
    EXPECT_EQ(asked(ask_elsewhere), 1);
}

TEST_F(StackStepsTest, ACreateFailsAsTheEngineDoes) {
    fake.answer(create_service,
                http_answer(409, R"({"message":"rpc error: code = AlreadyExists desc = service demo_web )"
                                 R"(already exists"})"));
    const auto created = run(io, create_stack_service(client, create, std::nullopt, answers));
    ASSERT_FALSE(created);
    EXPECT_EQ(created.error().kind(), ErrorKind::conflict);
    EXPECT_EQ(created.error().message(), "create service demo_web: service demo_web already exists (409)");
}

TEST_F(StackStepsTest, AnUpdateResolvesOnlyAnImageThatHasChanged) {
    ASSERT_TRUE(run(io, update_stack_service(client, update, Secret("login"), answers)));
    EXPECT_THAT(fake.requests(), ElementsAre(ask_registry, update_service));
    EXPECT_THAT(fake.heads(), Each(HasSubstr("\r\nX-Registry-Auth: login\r\n")));
    EXPECT_EQ(fake.bodies().back(), pinned_spec);
    update.resolve = false;
    ASSERT_TRUE(run(io, update_stack_service(client, update, std::nullopt, answers)));
    EXPECT_THAT(fake.requests(), ElementsAre(ask_registry, update_service, update_service));
    EXPECT_THAT(fake.heads().back(), Not(HasSubstr("X-Registry-Auth")));
    EXPECT_EQ(fake.bodies().back(), written_spec);
}

TEST_F(StackStepsTest, AnUpdateFailsIfSomebodyWasFaster) {
    fake.answer(update_service,
                http_answer(500, R"({"message":"rpc error: code = Unknown desc = update out of sequence"})"));
    const auto updated = run(io, update_stack_service(client, update, std::nullopt, answers));
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
