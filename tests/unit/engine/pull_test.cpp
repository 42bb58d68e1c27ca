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

TEST_F(PullTest, TellsNeitherTheSettingsSecretsNorPassingOnes) {
    const std::string failure = R"({"error":"denied: sesame-open, token-of-today"})";
    client.redact_also(Redactor({Secret("token-of-today")}));
    client.redact_with(Redactor({Secret("sesame-open")}));
    EXPECT_THAT(pull({failure}).error().message(), HasSubstr("denied: (hidden), (hidden)"));
    client.redact_also({});
    EXPECT_THAT(pull({failure}).error().message(), HasSubstr("denied: (hidden), token-of-today"));
}

TEST_F(PullTest, FailsWithWhatTheStreamTells) {
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

TEST_F(PullTest, FailsWithWhatTheEngineAnswers) {
    fake.answer(request_line, test::http_answer(404, R"({"message":"pull access denied for nginx"})"));
    const auto pulled = run(io, pull_image(client, "nginx:1", {}, {}));
    EXPECT_EQ(pulled.error().kind(), ErrorKind::not_found);
    EXPECT_EQ(pulled.error().message(), "pull nginx:1: pull access denied for nginx (404)");
}

TEST_F(PullTest, FailsWhenTheStreamIsCutOrNotJson) {
    fake.answers(request_line, {{test::chunked_head() + test::chunk("{}\n"), test::Answer::Then::close}});
    EXPECT_EQ(run(io, pull_image(client, "nginx:1", {}, {})).error().kind(), ErrorKind::unavailable);
    EXPECT_THAT(pull({"<html>"}).error().message(), HasSubstr("not JSON"));
}

TEST_F(PullTest, HidesSecretsInWhatTheRegistrySays) {
    client.redact_with(Redactor({Secret("hunter22")}));
    const auto pulled = pull({R"({"error":"Get https://r.io/v2/: sent 'Basic dTpodW50ZXIyMg=='"})"});
    EXPECT_EQ(pulled.error().message(), "pull nginx:1: Get https://r.io/v2/: sent 'Basic dT(hidden)=='");
}

TEST_F(PullTest, ShowsTheCredentialsToTheEngineOnly) {
    EXPECT_TRUE(pull({}, Secret("c2VjcmV0")));
    EXPECT_THAT(fake.heads().back(), HasSubstr("\r\nX-Registry-Auth: c2VjcmV0\r\n"));
    const auto failed = pull({R"({"error":"unauthorized"})"}, Secret("c2VjcmV0"));
    EXPECT_THAT(failed.error().message(), Not(HasSubstr("c2VjcmV0")));
    EXPECT_TRUE(pull({}));
    EXPECT_THAT(fake.heads().back(), Not(HasSubstr("X-Registry-Auth")));
}

}  // namespace
}  // namespace dockerext::engine
