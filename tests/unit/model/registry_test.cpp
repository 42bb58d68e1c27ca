#include "model/registry.hpp"

#include "base/base64.hpp"

#include <gtest/gtest.h>

namespace dockerext::model {
namespace {

constexpr const char* hub = "https://index.docker.io/v1/";

TEST(Registry, HasOneCanonicalKey) {
    const std::pair<const char*, const char*> table[] = {
        {"", hub},
        {"docker.io", hub},
        {"index.docker.io", hub},
        {"https://index.docker.io/v1/", hub},
        {"https://registry-1.docker.io/v2/", hub},
        {"Example.AzureCR.io", "example.azurecr.io"},
        {"https://example.com/v2/", "example.com"},
        {"http://localhost:5000", "localhost:5000"},
        {"10.0.0.4:5000/team", "10.0.0.4:5000"},
    };
    for (const auto& [server, key] : table) EXPECT_EQ(registry_key(server), key) << server;
}

TEST(Registry, OfAnImageIsItsFirstComponent) {
    const std::pair<const char*, const char*> table[] = {
        {"nginx", hub},
        {"nginx:1.27", hub},
        {"team/app@sha256:00", hub},
        {"docker.io/library/nginx", hub},
        {"localhost/app", "localhost"},
        {"host:5000/app:1", "host:5000"},
        {"example.azurecr.io/team/app:1", "example.azurecr.io"},
        {"[::1]:5000/app", "[::1]:5000"},
    };
    for (const auto& [image, key] : table) EXPECT_EQ(registry_of(image), key) << image;
}

TEST(Registry, LoginIsChosenByTheImage) {
    const RegistryLogin logins[] = {{.server = "https://Example.com/v2/", .method = PasswordLogin{"a", {}}},
                                    {.server = "", .method = PasswordLogin{"b", {}}}};
    EXPECT_EQ(login_for("example.com/app", logins), &logins[0]);
    EXPECT_EQ(login_for("nginx", logins), &logins[1]);
    EXPECT_EQ(login_for("example.org/app", logins), nullptr);
}

TEST(Registry, LoginIsWrittenInDockerFormat) {
    EXPECT_EQ(stored_auth("user", Secret("pa:ss")), Secret("dXNlcjpwYTpzcw=="));
    EXPECT_EQ(login_json("example.com", "user", Secret("p\"")),
              Secret(R"({"username":"user","password":"p\"","serveraddress":"example.com"})"));
    EXPECT_EQ(registry_auth_header("example.com", "user", Secret("p\"\u00ff?>")),
              Secret("eyJ1c2VybmFtZSI6InVzZXIiLCJwYXNzd29yZCI6InBcIsO_"
                     "Pz4iLCJzZXJ2ZXJhZGRyZXNzIjoiZXhhbXBsZS5jb20ifQ=="));
}

TEST(Registry, PullsAndBuildsSendLogins) {
    const RegistryLogin logins[] = {{.server = "host:5000", .method = PasswordLogin{"a", Secret("p")}},
                                    {.server = "r.example.com", .method = IdentityLogin{"system"}},
                                    {.server = "", .method = PasswordLogin{"b", Secret("q")}}};
    EXPECT_EQ(pull_auth("host:5000/app", logins), registry_auth_header("host:5000", "a", Secret("p")));
    EXPECT_EQ(pull_auth("nginx", logins), registry_auth_header(hub, "b", Secret("q")));
    EXPECT_EQ(pull_auth("r.example.com/app", logins), std::nullopt);  // a login without a password
    EXPECT_EQ(pull_auth("example.org/app", logins), std::nullopt);
    EXPECT_EQ(build_auth(logins),
              Secret(base64(R"({"host:5000":{"username":"a","password":"p"},)"
                            R"("https://index.docker.io/v1/":{"username":"b","password":"q"}})",
                            Base64::url)));
    EXPECT_EQ(build_auth(std::span(logins).subspan(1, 1)), std::nullopt);
    EXPECT_EQ(build_auth({}), std::nullopt);
}

}  // namespace
}  // namespace dockerext::model
