#include "engine/images.hpp"

#include "support/fake_engine.hpp"
#include "support/run.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dockerext::engine {
namespace {

using test::run;
using testing::HasSubstr;
using testing::Not;

Task<Result<std::string>> given(Result<std::string> piece) { co_return piece; }

struct BuildTest : testing::Test {
    asio::io_context io;
    test::FakeEngine fake{io};
    Client client{io.get_executor(), fake.socket()};

    Result<> build(const std::vector<std::string>& lines,
                   std::vector<std::string> context = {"tar ", "bytes"}) {
        std::string body;
        for (const std::string& line : lines) body += test::chunk(line + "\r\n");
        fake.answers("POST /v1.40/build?version=1&t=web", {{test::chunked_head() + body + test::chunk("")}});
        return run(io, build_image(client, "web", "t=web", [context, next = std::size_t{0}]() mutable {
                       return given(next < context.size() ? context[next++] : std::string());
                   }));
    }
};

TEST_F(BuildTest, SendsTheContextInPieces) {
    EXPECT_TRUE(build({R"({"stream":"Step 1/1 : FROM scratch"})", R"({"aux":{"ID":"sha256:abc"}})"}));
    EXPECT_THAT(fake.heads().at(0), HasSubstr("\r\nTransfer-Encoding: chunked\r\n"));
    EXPECT_THAT(fake.heads().at(0), HasSubstr("\r\nContent-Type: application/x-tar\r\n"));
    EXPECT_EQ(fake.bodies().at(0), "4\r\ntar \r\n5\r\nbytes\r\n0\r\n\r\n");
}

TEST_F(BuildTest, FailsWithTheEnginesWordsAndTheLastOutput) {
    const auto built =
        build({R"({"stream":"Step 2/3 : RUN make\n"})", R"({"stream":"cc: no input files\n"})",
               R"({"errorDetail":{"code":2,"message":"The command returned a non-zero code: 2"}})"});
    EXPECT_EQ(built.error().message(),
              "build web: The command returned a non-zero code: 2; its last output: Step "
              "2/3 : RUN make cc: no input files");
}

TEST_F(BuildTest, KeepsNoMoreThanTheEndOfALongOutput) {
    const std::string line = R"({"stream":")" + std::string(99, 'x') + R"(\n"})";
    std::vector<std::string> lines(200, line);
    lines.push_back(R"({"error":"broken"})");
    EXPECT_LT(build(lines).error().message().size(), 1100U);
}

TEST_F(BuildTest, HidesASecretAlsoWhereTheOutputIsCut) {
    const std::string secret(40, 's');
    client.redact_with(Redactor({Secret(secret), Secret("first line\nsecond line\n")}));
    for (std::size_t rest = 1000 - 60; rest < 1000; ++rest) {  // so that the cut goes through the secret
        const std::string all = std::string(200, '.') + secret + std::string(rest, '.');
        const auto built = build({R"({"stream":")" + all.substr(0, 220) + R"("})",
                                  R"({"stream":")" + all.substr(220) + R"("})", R"({"error":"broken"})"});
        EXPECT_THAT(built.error().message(), Not(HasSubstr("s.."))) << rest;
    }
    const auto built = build({R"({"stream":"first line\n"})", R"({"stream":"second line\n"})",
                              R"({"error":"first line; second line"})"});
    EXPECT_EQ(built.error().message(), "build web: (hidden); (hidden); its last output: (hidden)");
}

TEST_F(BuildTest, FailsWithTheContext) {
    const auto built = run(
        io, build_image(client, "web", "t=web", [] { return given(Error(ErrorKind::conflict, "gone")); }));
    EXPECT_EQ(built.error().kind(), ErrorKind::conflict);
    EXPECT_THAT(built.error().message(), HasSubstr("build web: "));
    EXPECT_THAT(built.error().message(), HasSubstr("gone"));
}

TEST_F(BuildTest, SendsNothingWhenTheEngineFetchesTheContext) {
    fake.answer("POST /v1.40/build?version=1&t=web", test::http_answer(400, R"({"message":"bad remote"})"));
    EXPECT_THAT(run(io, build_image(client, "web", "t=web", {})).error().message(),
                HasSubstr("bad remote (400)"));
    EXPECT_EQ(fake.bodies().at(0), "");
}

}  // namespace
}  // namespace dockerext::engine
