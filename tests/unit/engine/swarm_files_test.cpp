#include "engine/swarm_files.hpp"

#include "support/fake_engine.hpp"
#include "support/run.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dockerext::engine {
namespace {

using test::http_answer;
using test::run;

constexpr std::pair<SwarmFile, const char*> kinds[] = {{SwarmFile::config, "config"},
                                                       {SwarmFile::secret, "secret"}};

struct SwarmFilesTest : testing::Test {
    asio::io_context io;
    test::FakeEngine fake{io};
    Client client{io.get_executor(), fake.socket()};

    void refuse(const std::string& line, unsigned status, const std::string& message) {
        fake.answer(line, http_answer(status, R"({"message":")" + message + R"("})"));
    }
    Result<> create(SwarmFile kind) {
        return run(io, create_swarm_file(client, kind, "demo_app", Secret(R"({"Name":"demo_app"})"),
                                         Secret("open sesame!")));
    }
};

TEST_F(SwarmFilesTest, AreListed) {
    for (const auto& [kind, word] : kinds) {
        const std::string line = std::string("GET /v1.40/") + word + "s";
        fake.answer(line, http_answer(200, R"([{"ID":"f1"}])"));
        EXPECT_EQ(run(io, list_swarm_files(client, kind)).value().root().items()->size(), 1U);
        refuse(line, 503, "This node is not a swarm manager.");
        EXPECT_EQ(run(io, list_swarm_files(client, kind)).error().message(),
                  std::string("list ") + word + "s: this machine is not a manager of a swarm");
    }
}

TEST_F(SwarmFilesTest, AreCreatedWithTheBodyGiven) {
    for (const auto& [kind, word] : kinds) {
        fake.answer(std::string("POST /v1.40/") + word + "s/create", http_answer(201, R"({"ID":"f1"})"));
        EXPECT_TRUE(create(kind)) << word;
        EXPECT_EQ(fake.bodies().back(), R"({"Name":"demo_app"})");
    }
}

TEST_F(SwarmFilesTest, ARefusedCreateSaysWhyWithoutTheContent) {
    const std::tuple<unsigned, std::string, ErrorKind, std::string> cases[] = {
        {409, "rpc error: code = AlreadyExists desc = secret demo_app already exists", ErrorKind::conflict,
         "secret demo_app already exists (409)"},
        {400,
         "rpc error: code = InvalidArgument desc = secret data must be larger than 0 and less than 512000 "
         "bytes",
         ErrorKind::invalid_input, "secret data must be larger than 0 and less than 512000 bytes (400)"},
        {400, "cannot read open sesame!", ErrorKind::invalid_input, "cannot read (hidden) (400)"},
        {400, "cannot read b3BlbiBzZXNhbWUh", ErrorKind::invalid_input, "cannot read (hidden) (400)"}};
    for (const auto& [status, message, kind, text] : cases) {
        SCOPED_TRACE(message);
        refuse("POST /v1.40/secrets/create", status, message);
        const auto created = create(SwarmFile::secret);
        ASSERT_FALSE(created);
        EXPECT_EQ(created.error().kind(), kind);
        EXPECT_EQ(created.error().message(), "create secret demo_app: " + text);
    }
}

TEST_F(SwarmFilesTest, AreRemovedUnlessAServiceUsesThem) {
    for (const auto& [kind, word] : kinds) {
        const std::string line = std::string("DELETE /v1.40/") + word + "s/f1";
        fake.answer(line, http_answer(204, ""));
        EXPECT_TRUE(run(io, remove_swarm_file(client, kind, "f1")));
        refuse(line, 404, std::string(word) + " f1 not found");
        EXPECT_TRUE(run(io, remove_swarm_file(client, kind, "f1")));
        const std::string used = std::string(word) + " 'demo_app' is in use by the following services: a, b";
        refuse(line, 400, "rpc error: code = InvalidArgument desc = " + used);
        const auto removed = run(io, remove_swarm_file(client, kind, "f1"));
        ASSERT_FALSE(removed);
        EXPECT_EQ(removed.error().kind(), ErrorKind::conflict);
        EXPECT_EQ(removed.error().message(), std::string("remove ") + word + " f1: " + used + " (400)");
    }
}

}  // namespace
}  // namespace dockerext::engine
