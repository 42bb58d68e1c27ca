#include "registry/answers.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dockerext::registry {
namespace {

std::string digest_with(char digit) { return "sha256:" + std::string(64, digit); }

using namespace std::chrono_literals;
using testing::HasSubstr;
using Scheme = WebServer::Scheme;

const WebServer secure{Scheme::https, "r.io", 443};
const WebServer clear{Scheme::http, "127.0.0.1", 5000};

TEST(RegistryAnswers, FindWhereAnImageIs) {
    struct Row {
        std::string image, host;
        std::uint16_t port;
        std::string repository, tag;
    };
    const std::string digest = digest_with('a');
    const Row table[] = {
        {"nginx", "registry-1.docker.io", 443, "library/nginx", "latest"},
        {"team/app:1", "registry-1.docker.io", 443, "team/app", "1"},
        {"docker.io/nginx:1", "registry-1.docker.io", 443, "library/nginx", "1"},
        {"index.docker.io/team/app", "registry-1.docker.io", 443, "team/app", "latest"},
        {"ghcr.io/a/b/c:v2", "ghcr.io", 443, "a/b/c", "v2"},
        {"host:5000/app", "host", 5000, "app", "latest"},
        {"localhost/app", "localhost", 443, "app", "latest"},
        {"MYHOST/app", "myhost", 443, "app", "latest"},
        {"host:70000/app", "", 0, "app", "latest"},
        {"[::1]:5000/app:2", "::1", 5000, "app", "2"},
        {"r.io/app:1@" + digest, "r.io", 443, "app", digest},
    };
    for (const Row& row : table) {
        const Reference found = parse_reference(row.image);
        EXPECT_EQ(found.server.host, row.host) << row.image;
        EXPECT_EQ(found.server.port, row.port) << row.image;
        EXPECT_EQ(found.server.scheme, Scheme::https);
        EXPECT_EQ(found.repository, row.repository) << row.image;
        EXPECT_EQ(found.tag, row.tag) << row.image;
    }
}

TEST(RegistryAnswers, AskForTheManifestInAllFormsOfTheEngine) {
    const HttpRequest request = manifest_request("HEAD", parse_reference("nginx:1"));
    EXPECT_EQ(request.method, "HEAD");
    EXPECT_EQ(request.target, "/v2/library/nginx/manifests/1");
    ASSERT_EQ(request.headers.size(), 1U);
    EXPECT_EQ(request.headers[0].first, "Accept");
    for (const char* type :
         {"image.index.v1+json", "manifest.list.v2+json", "image.manifest.v1+json", "manifest.v2+json"})
        EXPECT_THAT(request.headers[0].second, HasSubstr(type));
}

TEST(RegistryAnswers, ReadAChallenge) {
    const auto token = parse_challenge(
        R"(Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:a/b:pull,push")",
        secure);
    ASSERT_TRUE(token) << token.error().message();
    EXPECT_FALSE(token->is_basic);
    EXPECT_EQ(token->server.host, "auth.docker.io");
    EXPECT_EQ(token->target, "/token?service=registry.docker.io&scope=repository%3Aa%2Fb%3Apull%2Cpush");
    const auto with_query = parse_challenge(R"(bearer Realm="https://h:8443/t?a=1", service="s")", secure);
    EXPECT_EQ(with_query->server.port, 8443);
    EXPECT_EQ(with_query->target, "/t?a=1&service=s");
    EXPECT_TRUE(parse_challenge(R"(Basic realm="x")", secure)->is_basic);
}

TEST(RegistryAnswers, RefuseAChallengeThatWouldSendALoginInTheClear) {
    for (const char* header :
         {R"(Bearer realm="http://h/token")", "Bearer", "Bearer realm=", R"(Bearer realm="")",
          R"(Bearer realm="https://")", "Negotiate", "", R"(Bearer scope="x)"})
        EXPECT_FALSE(parse_challenge(header, secure)) << header;
    EXPECT_TRUE(parse_challenge(R"(Bearer realm="http://127.0.0.1:5001/token")", clear));
    EXPECT_FALSE(parse_challenge(R"(Bearer realm="http://elsewhere/token")", clear));
}

TEST(RegistryAnswers, FollowAddresses) {
    EXPECT_EQ(parse_address("/other?x=1", secure)->second, "/other?x=1");
    EXPECT_EQ(parse_address("/other", secure)->first.host, "r.io");
    EXPECT_EQ(parse_address("https://cdn.io/b", clear)->first.host, "cdn.io");
    for (const char* bad : {"", "//cdn.io/b", "http://cdn.io/b", "ftp://cdn.io/b", "other", "https://:1/"})
        EXPECT_FALSE(parse_address(bad, secure)) << bad;
}

TEST(RegistryAnswers, ReadAToken) {
    EXPECT_EQ(bearer_authorization(R"({"token":"a","access_token":"b"})")->reveal(), "Bearer a");
    EXPECT_EQ(bearer_authorization(R"({"access_token":"b"})")->reveal(), "Bearer b");
    for (const char* body : {"", "[]", "{}", R"({"token":""})", R"({"token":7})"})
        EXPECT_FALSE(bearer_authorization(body)) << body;
    EXPECT_EQ(basic_authorization("me", Secret("pass")).reveal(), "Basic bWU6cGFzcw==");
}

TEST(RegistryAnswers, SayWhyTheyRefuse) {
    const Reference reference = parse_reference("r.io/team/app:1");
    EXPECT_EQ(refusal(404, reference, false).kind(), ErrorKind::not_found);
    EXPECT_EQ(refusal(404, reference, false).message(), "r.io has no team/app:1 (404)");
    EXPECT_EQ(refusal(403, reference, true).message(), "r.io refuses our login for team/app (403)");
    EXPECT_EQ(refusal(401, reference, false).message(),
              "r.io refuses to answer without a login about team/app (401)");
    EXPECT_EQ(refusal(429, reference, false).message(), "r.io allows no more requests for now (429)");
    EXPECT_EQ(refusal(500, reference, false).kind(), ErrorKind::unavailable);
}

TEST(RegistryAnswers, ReadDigestAndCreationTime) {
    WebResponse head{.status = 200,
                     .body = {},
                     .retry_after = {},
                     .headers = {{"docker-content-digest", digest_with('a')}}};
    EXPECT_EQ(*digest_of(head), digest_with('a'));
    EXPECT_FALSE(digest_of({}));
    head.headers["docker-content-digest"] = "sha256:../\x1b[31m";
    EXPECT_FALSE(digest_of(head));
    EXPECT_EQ(*creation_time_in(R"({"created":"2024-05-01T10:00:00.5Z"})") - WallTime{}, 1714557600500ms);
    for (const char* without : {"", "{}", R"({"created":7})", R"({"created":"1970-01-01T00:00:01Z"})"})
        EXPECT_FALSE(creation_time_in(without)) << without;
}

TEST(RegistryAnswers, FollowAListToThePlatform) {
    const std::string list =
        R"({"manifests":[{"digest":")" + digest_with('1') +
        R"(","platform":{"os":"linux","architecture":"arm64","variant":"v8"}},{"digest":")" +
        digest_with('2') + R"(","platform":{"os":"linux","architecture":"amd64"}}]})";
    EXPECT_EQ(target_of(list, "linux/amd64")->manifest, digest_with('2'));
    EXPECT_EQ(target_of(list, "linux/arm64/v8")->manifest, digest_with('1'));
    EXPECT_EQ(target_of(list, "linux/arm64")->manifest, digest_with('1'));
    EXPECT_EQ(target_of(list, "LINUX/x86_64")->manifest, digest_with('2'));
    EXPECT_EQ(target_of(list, "linux/s390x").error().kind(), ErrorKind::not_found);
    EXPECT_EQ(target_of(R"({"config":{"digest":")" + digest_with('c') + "\"}}", "linux/amd64")->config,
              digest_with('c'));
    for (const char* bad :
         {"", "[]", R"({"manifests":7})", R"({"manifests":[7]})", R"({"config":{"digest":"sha256:/.."}})"})
        EXPECT_FALSE(target_of(bad, "linux/amd64")) << bad;
}

TEST(RegistryAnswers, HaveTimesThatTheClockCanCount) {
    EXPECT_EQ(parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT"), WallTime(std::chrono::seconds(784'111'777)));
    for (const char* bad : {"Fri, 31 Dec 9999 23:59:59 GMT", "Wed, 31 Dec 1969 23:59:59 GMT",
                            "Sun, 06 Nov 1994 08:49:37 GMT x", "Sun, 06 Nov 1994 08:49:37 CET", ""})
        EXPECT_EQ(parse_http_date(bad), std::nullopt) << bad;
}

}  // namespace
}  // namespace dockerext::registry
