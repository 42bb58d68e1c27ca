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
        {"Id":"sha256:1","RepoTags":["nginx:1","nginx:latest"],"RepoDigests":["nginx@sha256:d"],"Size":7},
        {"Id":"sha256:2","RepoTags":["<none>:<none>"],"RepoDigests":["<none>@<none>"]},
        {"Id":"sha256:3","RepoTags":["app:<none>"],"RepoDigests":null},
        {"Id":"sha256:4","RepoTags":null}])"));
    const std::vector<ImageSummary> images = {
        {.id = "sha256:1", .tags = {"nginx:1", "nginx:latest"}, .digests = {"nginx@sha256:d"}, .size = 7},
        {.id = "sha256:2"},
        {.id = "sha256:3"},
        {.id = "sha256:4"}};
    EXPECT_EQ(run(io, list_images(client)).value(), images);
}

struct RemoveImageTest : ImagesTest {
    const std::string image = "sha256:" + std::string(64, 'a');
    const std::string inspect = "GET /v1.40/images/sha256%3A" + std::string(64, 'a') + "/json";
    const std::string remove = "DELETE /v1.40/images/sha256%3A" + std::string(64, 'a') + "?noprune=1";
    const std::string users = "GET /v1.40/containers/json?all=1&filters=%7B%22ancestor%22%3A%5B%22sha256%3A" +
                              std::string(64, 'a') + "%22%5D%7D";

    RemoveImageTest() { fake.answer(users, http_answer(200, "[]")); }

    Result<> remove_with_tags(std::set<std::string> tags) {
        return run(io, remove_image(client, image, std::move(tags)));
    }
};

TEST_F(RemoveImageTest, RemovesByIdAndNeverByForce) {
    for (const char* tags : {R"(["nginx:1"])", "[]", "null"}) {
        SCOPED_TRACE(tags);
        fake.answer(inspect, http_answer(200, R"({"RepoTags":)" + std::string(tags) + "}"));
        fake.answer(remove, http_answer(200, "[]"));
        EXPECT_TRUE(remove_with_tags({"nginx:1"}));
        EXPECT_EQ(fake.requests().back(), remove);
    }
}

TEST_F(RemoveImageTest, TakesAwayAllNamesButOneFirst) {
    fake.answer(inspect, http_answer(200, R"({"RepoTags":["app:1","app:2"]})"));
    fake.answer("DELETE /v1.40/images/app%3A2?noprune=1", http_answer(200, "[]"));
    fake.answer(remove, http_answer(200, "[]"));
    EXPECT_TRUE(remove_with_tags({"app:1", "app:2"}));
    EXPECT_THAT(fake.requests(),
                testing::ElementsAre(inspect, users, "DELETE /v1.40/images/app%3A2?noprune=1", remove));
}

TEST_F(RemoveImageTest, LeavesAnImageWithAnotherName) {
    fake.answer(inspect, http_answer(200, R"({"RepoTags":["nginx:1","theirs:1"]})"));
    const auto removed = remove_with_tags({"nginx:1"});
    EXPECT_EQ(removed.error().kind(), ErrorKind::conflict);
    EXPECT_EQ(removed.error().message(), "remove image aaaaaaaaaaaa: it is also named theirs:1");
    EXPECT_THAT(fake.requests(), testing::ElementsAre(inspect));
    fake.answer(inspect, http_answer(200, R"({"RepoTags":["nginx:1"],"RepoDigests":["theirs@sha256:d"]})"));
    EXPECT_EQ(remove_with_tags({"nginx:1"}).error().message(),
              "remove image aaaaaaaaaaaa: it is also named theirs@sha256:d");
}

TEST_F(RemoveImageTest, TakesNoNameAwayFromAnImageThatAContainerUses) {
    fake.answer(inspect, http_answer(200, R"({"RepoTags":["app:1","app:2"]})"));
    fake.answer(users, http_answer(200, R"([{"Id":"c","Names":["/theirs"]}])"));
    const auto removed = remove_with_tags({"app:1", "app:2"});
    EXPECT_EQ(removed.error().kind(), ErrorKind::conflict);
    EXPECT_EQ(removed.error().message(), "remove image aaaaaaaaaaaa: container theirs uses it");
    EXPECT_THAT(fake.requests(), testing::ElementsAre(inspect, users));
    fake.answer(users, http_answer(500, "{}"));
    EXPECT_EQ(remove_with_tags({"app:1", "app:2"}).error().kind(), ErrorKind::unavailable);
}

TEST_F(RemoveImageTest, CountsAMissingImageAsRemoved) {
    fake.answer(inspect, http_answer(404, R"({"message":"no such image"})"));
    EXPECT_TRUE(remove_with_tags({}));
    fake.answer(inspect, http_answer(200, "{}"));
    fake.answer(remove, http_answer(404, R"({"message":"no such image"})"));
    EXPECT_TRUE(remove_with_tags({}));
}

TEST_F(RemoveImageTest, ReportsAConflict) {
    fake.answer(inspect, http_answer(200, "{}"));
    fake.answer(remove, http_answer(409, R"({"message":"image is being used by running container c"})"));
    EXPECT_EQ(remove_with_tags({}).error().kind(), ErrorKind::conflict);
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

const std::string nginx_at_its_registry = "GET /v1.40/distribution/nginx:1/json";

TEST_F(ImagesTest, AskItsRegistryForTheDigestAndThePlatforms) {
    fake.answer(nginx_at_its_registry,
                http_answer(200, R"({"Descriptor":{"digest":"sha256:d"},"Platforms":[)"
                                 R"({"architecture":"amd64","os":"linux"},{"os":"windows"}]})"));
    const auto image = run(io, registry_image(client, "nginx:1", Secret("login")));
    ASSERT_TRUE(image) << image.error().message();
    const RegistryImage expected{"sha256:d", {{"amd64", "linux"}, {"", "windows"}}};
    EXPECT_EQ(*image, expected);
    EXPECT_THAT(fake.heads().back(), testing::HasSubstr("\r\nX-Registry-Auth: login\r\n"));
    EXPECT_EQ(run(io, registry_digest(client, "nginx:1", std::nullopt)).value(), "sha256:d");
    EXPECT_THAT(fake.heads().back(), testing::Not(testing::HasSubstr("X-Registry-Auth")));
}

TEST_F(ImagesTest, MayHaveNoPlatformsAtTheirRegistry) {
    for (const std::string platforms : {"", R"(,"Platforms":null)", R"(,"Platforms":[])"}) {
        fake.answer(nginx_at_its_registry,
                    http_answer(200, R"({"Descriptor":{"digest":"sha256:d"})" + platforms + "}"));
        EXPECT_EQ(run(io, registry_image(client, "nginx:1", std::nullopt)).value(),
                  RegistryImage{"sha256:d"});
    }
}

TEST_F(ImagesTest, ThatTheirRegistryDoesNotHaveAreErrors) {
    const std::tuple<unsigned, std::string, ErrorKind> cases[] = {
        {404, R"({"message":"manifest unknown: manifest unknown"})", ErrorKind::not_found},
        {500, R"({"message":"no manifest found for full image ID"})", ErrorKind::unavailable},
        {200, "{}", ErrorKind::unavailable}};
    for (const auto& [status, body, kind] : cases) {
        fake.answer(nginx_at_its_registry, http_answer(status, body));
        const auto image = run(io, registry_image(client, "nginx:1", std::nullopt));
        ASSERT_FALSE(image) << body;
        EXPECT_EQ(image.error().kind(), kind) << body;
        EXPECT_THAT(image.error().message(), testing::StartsWith("ask the registry of nginx:1: "));
    }
}

const std::string request_line = "POST /v1.40/images/create?fromImage=nginx&tag=1";

struct PullTest : testing::Test {
    asio::io_context io;
    test::FakeEngine fake{io};
    Client client{io.get_executor(), fake.socket()};
    std::optional<std::uint64_t> free_bytes;
    std::vector<std::string> seen;  ///< each "done/total bytes, done/total layers"

    Result<Pulled> pull(const std::vector<std::string>& lines, std::optional<Secret> auth = {}) {
        std::string body;
        for (const std::string& line : lines) body += test::chunk(line + "\r\n");
        fake.answers(request_line, {{test::chunked_head() + body + test::chunk("")}});
        const auto note = [this](const PullProgress& progress) {
            seen.push_back(std::to_string(progress.done_bytes) + "/" + std::to_string(progress.total_bytes) +
                           ", " + std::to_string(progress.done_layers) + "/" +
                           std::to_string(progress.total_layers));
        };
        return run(io, pull_image(client, "nginx:1", std::move(auth), note, "",
                                  [this](const PullProgress&) { return free_bytes; }));
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

TEST_F(PullTest, TellsWhetherTheEngineHadTheImage) {
    const std::string digest = R"({"status":"Digest: sha256:abc"})";
    EXPECT_EQ(pull({digest, R"({"status":"Status: Downloaded newer image for nginx:1"})"}).value(),
              (Pulled{true, "sha256:abc"}));
    EXPECT_EQ(pull({digest, R"({"status":"Status: Image is up to date for nginx:1"})"}).value(),
              (Pulled{false, "sha256:abc"}));
}

TEST_F(PullTest, RecognizesThatTheRegistryHasNoSuchImage) {
    const auto kind = [&](unsigned status, const std::string& message) {
        fake.answer(request_line, test::http_answer(status, R"({"message":")" + message + "\"}"));
        return run(io, pull_image(client, "nginx:1", {}, {})).error().kind();
    };
    EXPECT_EQ(kind(500, "manifest unknown"), ErrorKind::not_found);
    EXPECT_EQ(kind(500, "name unknown"), ErrorKind::not_found);
    EXPECT_EQ(kind(500, "failed to resolve reference: r.io/nginx:1: not found"), ErrorKind::not_found);
    EXPECT_EQ(kind(500, "Get https://r.io/v2/: dial tcp: connection refused"), ErrorKind::unavailable);
    EXPECT_EQ(kind(500, "docker-credential-x: executable file not found in $PATH"), ErrorKind::unavailable);
    EXPECT_EQ(pull({R"({"error":"r.io/nginx:1: not found"})"}).error().kind(), ErrorKind::not_found);
}

TEST_F(PullTest, EndsWhenTheLayersNeedMoreThanThereIs) {
    const auto line = [](const std::string& layer, const std::string& total) {
        return R"({"status":"Downloading","progressDetail":{"current":1,"total":)" + total + R"(},"id":")" +
               layer + "\"}";
    };
    const std::vector<std::string> lines = {line("a", "80000000"), line("b", "40000001"),
                                            R"({"error":"full"})"};
    free_bytes = 100'000'000;
    const auto pulled = pull(lines);
    EXPECT_EQ(pulled.error().kind(), ErrorKind::unavailable);
    EXPECT_THAT(pulled.error().message(), HasSubstr("pull nginx:1: the image needs at least 121 MB, but the "
                                                    "engine's disk had 100 MB free for it: "));
    free_bytes = 120'000'001;
    EXPECT_EQ(pull(lines).error().message(), "pull nginx:1: full");
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
    EXPECT_THAT(pulled.error().message(),
                testing::StartsWith("pull nginx:1: pull access denied for nginx (404); credentials: "));
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
    std::vector<std::string> images;

    Result<> build(const std::vector<std::string>& lines,
                   std::vector<std::string> context = {"tar ", "bytes"}) {
        std::string body;
        for (const std::string& line : lines) body += test::chunk(line + "\r\n");
        fake.answers("POST /v1.40/build?version=1&t=web", {{test::chunked_head() + body + test::chunk("")}});
        const auto next_piece = [context, next = std::size_t{0}]() mutable {
            return given(next < context.size() ? context[next++] : std::string());
        };
        return run(io, build_image(client, "web", "t=web", next_piece, {},
                                   [this](std::string_view image) { images.emplace_back(image); }));
    }
};

TEST_F(BuildTest, SendsTheContextInPieces) {
    EXPECT_TRUE(build({R"({"stream":"Step 1/1 : FROM scratch"})", R"({"aux":{"ID":"sha256:abc"}})"}));
    EXPECT_THAT(fake.heads().at(0), HasSubstr("\r\nTransfer-Encoding: chunked\r\n"));
    EXPECT_THAT(fake.heads().at(0), HasSubstr("\r\nContent-Type: application/x-tar\r\n"));
    EXPECT_EQ(fake.bodies().at(0), "4\r\ntar \r\n5\r\nbytes\r\n0\r\n\r\n");
}

TEST_F(BuildTest, NamesTheImagesThatItMade) {
    EXPECT_TRUE(build(
        {R"({"stream":"Step 1/2 : FROM busybox"})", R"({"stream":"\n"})",
         R"({"stream":" ---\u003e 0123456789ab\n"})", R"({"stream":" ---\u003e Using cache\n"})",
         R"({"stream":" ---\u003e Running in 222222222222\n"})", R"({"stream":" ---\u003e fedcba987654\n"})",
         R"({"stream":"Successfully built fedcba987654\n"})"}));
    EXPECT_THAT(images, testing::ElementsAre("0123456789ab", "fedcba987654"));
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
