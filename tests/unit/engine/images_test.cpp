#include "engine/images.hpp"

#include "support/fake_engine.hpp"
#include "support/run.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dockerext::engine {
namespace {

using test::http_answer;
using test::run;
using testing::HasSubstr;
using testing::Not;

struct ImagesTest : testing::Test {
    asio::io_context io;
    test::FakeEngine fake{io};
    Client client{io.get_executor(), fake.socket()};
};

TEST_F(ImagesTest, ListsEveryNameOfEveryImage) {
    fake.answer("GET /v1.40/images/json?digests=1", http_answer(200, R"([
        {"Id":"sha256:1","RepoTags":["nginx:1","nginx:latest"],"RepoDigests":["nginx@sha256:d"]},
        {"Id":"sha256:2","RepoTags":["<none>:<none>"],"RepoDigests":["<none>@<none>"]},
        {"Id":"sha256:3","RepoTags":["app:<none>"],"RepoDigests":null},
        {"Id":"sha256:4","RepoTags":null}])"));
    const std::map<std::string, std::string> names = {
        {"nginx:1", "sha256:1"}, {"nginx:latest", "sha256:1"}, {"nginx@sha256:d", "sha256:1"}};
    EXPECT_EQ(run(io, list_images(client)).value(), names);
}

TEST_F(ImagesTest, RejectsAResponseThatIsNotAList) {
    fake.answer("GET /v1.40/images/json?digests=1", http_answer(200, "{}"));
    EXPECT_EQ(run(io, list_images(client)).error().kind(), ErrorKind::unavailable);
}

TEST_F(ImagesTest, InspectsReferencesWithSlashes) {
    fake.answer("GET /v1.40/images/google%2Fcadvisor%3Alatest/json",
                http_answer(200, R"({"Id":"sha256:1"})"));
    EXPECT_TRUE(run(io, inspect_image(client, "google/cadvisor:latest")));
}

const std::string request_line = "POST /v1.40/images/create?fromImage=nginx&tag=1";

struct PullTest : testing::Test {
    asio::io_context io;
    test::FakeEngine fake{io};
    Client client{io.get_executor(), fake.socket()};
    std::vector<std::string> seen;  ///< each "done/total bytes, done/total layers"

    Result<> pull(const std::vector<std::string>& lines, std::optional<Secret> auth = {}) {
        std::string body;
        for (const std::string& line : lines) body += test::chunk(line + "\r\n");
        fake.answers(request_line, {{test::chunked_head() + body + test::chunk("")}});
        return run(io, pull_image(client, "nginx:1", std::move(auth), [this](const PullProgress& progress) {
                       seen.push_back(std::to_string(progress.done_bytes) + "/" +
                                      std::to_string(progress.total_bytes) + ", " +
                                      std::to_string(progress.done_layers) + "/" +
                                      std::to_string(progress.total_layers));
                   }));
    }
};

TEST_F(PullTest, AddsUpItsLayers) {
    EXPECT_TRUE(pull({
        R"({"status":"Pulling from library/nginx","id":"1"})",
        R"({"status":"Pulling fs layer","progressDetail":{},"id":"a"})",
        R"({"status":"Already exists","progressDetail":{},"id":"b"})",
        R"({"status":"Downloading","progressDetail":{"current":10,"total":100},"progress":"[>","id":"a"})",
        R"({"status":"Downloading","progressDetail":{"current":90,"total":100},"progress":"[>","id":"a"})",
        R"({"status":"Verifying Checksum","progressDetail":{},"id":"a"})",
        R"({"status":"Download complete","progressDetail":{},"id":"a"})",
        R"({"status":"Extracting","progressDetail":{"current":5,"total":100},"id":"a"})",
        R"({"status":"Pull complete","progressDetail":{},"id":"a"})",
        R"({"status":"Digest: sha256:abc"})",
        R"({"status":"Status: Downloaded newer image for nginx:1"})",
    }));
    EXPECT_THAT(seen, testing::ElementsAre("0/0, 0/0", "0/0, 0/1", "0/0, 1/2", "10/100, 1/2", "90/100, 1/2",
                                           "100/100, 1/2", "100/100, 1/2", "100/100, 1/2", "100/100, 2/2",
                                           "100/100, 2/2", "100/100, 2/2"));
}

TEST_F(PullTest, RedactsSecretsOfTheSettingsAndTokens) {
    const std::string failure = R"({"error":"denied: sesame-open, token-of-today"})";
    client.set_token_redactor(Redactor({Secret("token-of-today")}));
    client.set_redactor(Redactor({Secret("sesame-open")}));
    EXPECT_THAT(pull({failure}).error().message(), HasSubstr("denied: (hidden), (hidden)"));
    client.set_token_redactor({});
    EXPECT_THAT(pull({failure}).error().message(), HasSubstr("denied: (hidden), token-of-today"));
}

TEST_F(PullTest, FailsWithTheErrorInTheStream) {
    const std::string failures[] = {
        R"({"errorDetail":{"message":"unexpected EOF"},"error":"unexpected EOF"})",
        R"({"errorDetail":{"code":1,"message":"unexpected EOF"}})",
        R"({"error":"unexpected EOF"})",
    };
    for (const std::string& failure : failures) {
        SCOPED_TRACE(failure);
        const auto pulled = pull({R"({"status":"Pulling from library/nginx","id":"1"})", failure});
        EXPECT_EQ(pulled.error().kind(), ErrorKind::unavailable);
        EXPECT_EQ(pulled.error().message(), "pull nginx:1: unexpected EOF");
    }
}

TEST_F(PullTest, FailsWithTheErrorOfTheEngine) {
    fake.answer(request_line, test::http_answer(404, R"({"message":"pull access denied for nginx"})"));
    const auto pulled = run(io, pull_image(client, "nginx:1", {}, {}));
    EXPECT_EQ(pulled.error().kind(), ErrorKind::not_found);
    EXPECT_EQ(pulled.error().message(), "pull nginx:1: pull access denied for nginx (404)");
}

TEST_F(PullTest, FailsWhenTheStreamIsTruncatedOrInvalid) {
    fake.answers(request_line, {{test::chunked_head() + test::chunk("{}\n"), test::Answer::Then::close}});
    EXPECT_EQ(run(io, pull_image(client, "nginx:1", {}, {})).error().kind(), ErrorKind::unavailable);
    EXPECT_THAT(pull({"<html>"}).error().message(), HasSubstr("not JSON"));
}

TEST_F(PullTest, HidesSecretsInRegistryErrors) {
    client.set_redactor(Redactor({Secret("hunter22")}));
    const auto pulled = pull({R"({"error":"Get https://r.io/v2/: sent 'Basic dTpodW50ZXIyMg=='"})"});
    EXPECT_EQ(pulled.error().message(), "pull nginx:1: Get https://r.io/v2/: sent 'Basic dT(hidden)=='");
}

TEST_F(PullTest, SendsCredentialsOnlyToTheEngine) {
    EXPECT_TRUE(pull({}, Secret("c2VjcmV0")));
    EXPECT_THAT(fake.heads().back(), HasSubstr("\r\nX-Registry-Auth: c2VjcmV0\r\n"));
    const auto failed = pull({R"({"error":"unauthorized"})"}, Secret("c2VjcmV0"));
    EXPECT_THAT(failed.error().message(), Not(HasSubstr("c2VjcmV0")));
    EXPECT_TRUE(pull({}));
    EXPECT_THAT(fake.heads().back(), Not(HasSubstr("X-Registry-Auth")));
}

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

TEST_F(BuildTest, FailsWithTheEngineErrorAndTheLastOutput) {
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
    client.set_redactor(Redactor({Secret(secret), Secret("first line\nsecond line\n")}));
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
