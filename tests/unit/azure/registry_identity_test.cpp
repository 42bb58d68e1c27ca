#include "azure/registry_identity.hpp"

#include "base/base64.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace dockerext::azure {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

constexpr std::string_view client = "0f8fad5b-d9cb-469f-a165-70867728950e";

RegistryIdentity system_identity() { return {"r.azurecr.io", "system", ""}; }
RegistryIdentity user_identity() { return {"r.azurecr.io", std::string(client), ""}; }

/// A token in the form that registries use: unpadded claims between two other parts.
std::string jwt(std::string_view claims) {
    std::string text = base64(claims, Base64::url);
    text.erase(std::find(text.begin(), text.end(), '='), text.end());
    return "head." + text + ".sign";
}

std::string exchange_answer(const std::string& token) { return R"({"refresh_token":")" + token + "\"}"; }

TEST(RegistryIdentity, RequestsTheIdentityFromTheMetadataServiceOfItsCloud) {
    const std::string path = "/metadata/identity/oauth2/token?api-version=2018-02-01&resource=";
    struct Row {
        std::string identity, environment, target;
    };
    const Row table[] = {
        {"system", "", path + "https%3A%2F%2Fmanagement.azure.com%2F"},
        {"system", "AzureCloud", path + "https%3A%2F%2Fmanagement.azure.com%2F"},
        {"system", "AzureChinaCloud", path + "https%3A%2F%2Fmanagement.chinacloudapi.cn%2F"},
        {"system", "AzureUSGovernment", path + "https%3A%2F%2Fmanagement.usgovcloudapi.net%2F"},
        {std::string(client), "",
         path + "https%3A%2F%2Fmanagement.azure.com%2F&client_id=" + std::string(client)},
    };
    for (const auto& [identity, environment, target] : table) {
        const HttpRequest request = metadata_request({"r.azurecr.io", identity, environment});
        EXPECT_EQ(request.method, "GET");
        EXPECT_EQ(request.target, target);
        EXPECT_THAT(request.headers, testing::ElementsAre(testing::Pair("Metadata", "true")));
    }
}

TEST(RegistryIdentity, SendsTheAccessTokenAsAForm) {
    const HttpRequest request = exchange_request(system_identity(), Secret("a+b/c="));
    EXPECT_EQ(request.method, "POST");
    EXPECT_EQ(request.target, "/oauth2/exchange");
    EXPECT_EQ(request.body, "grant_type=access_token&service=r.azurecr.io&access_token=a%2Bb%2Fc%3D");
    EXPECT_EQ(request.content_type, "application/x-www-form-urlencoded");
}

TEST(RegistryIdentity, ReadsHowLongATokenLives) {
    const std::pair<std::string, std::chrono::seconds> metadata[] = {
        {R"({"access_token":"t","expires_in":"86399"})", 86399s},
        {R"({"access_token":"t","expires_in":3599})", 3599s},
        {R"({"access_token":"t"})", 1h},
        {R"({"access_token":"t","expires_in":"soon"})", 1h},
    };
    for (const auto& [body, lifetime] : metadata)
        EXPECT_EQ(read_metadata_response(200, body, system_identity())->lifetime, lifetime) << body;

    const std::pair<std::string, std::chrono::seconds> exchange[] = {
        {jwt(R"({"iat":1000,"exp":11800})"), 10800s},  // relative to its own iat, not to our clock
        {jwt(R"({"iat":1000,"exp":1000})"), 1h},
        {jwt(R"({"exp":11800})"), 1h},
        {jwt("not JSON"), 1h},
        {"no-jwt", 1h},
        {"head.%%.sign", 1h},
        {"head.", 1h},
    };
    for (const auto& [token, lifetime] : exchange)
        EXPECT_EQ(read_exchange_response(200, exchange_answer(token), system_identity(), 24h)->lifetime,
                  lifetime)
            << token;
    EXPECT_EQ(read_exchange_response(200, exchange_answer("opaque"), system_identity(), 5min)->lifetime,
              5min);
}

TEST(RegistryIdentity, ReportsErrorsOfTheMetadataServiceWithARemedy) {
    const std::string not_found = R"({"error":"invalid_request","error_description":"Identity not found"})";
    struct Row {
        unsigned status;
        std::string body;
        RegistryIdentity who;
        ErrorKind kind;
        std::string expected_error;
    };
    const Row table[] = {
        {400, not_found, system_identity(), ErrorKind::not_found,
         "this machine does not have a system-assigned identity: assign it with `az vm identity assign`, and "
         "give it the role AcrPull on r.azurecr.io"},
        {400, not_found, user_identity(), ErrorKind::not_found,
         "this machine does not have the identity 0f8fad5b-d9cb-469f-a165-70867728950e: assign it with `az "
         "vm "
         "identity assign --identities RESOURCE-ID`, and give it the role AcrPull on r.azurecr.io"},
        {404, "", system_identity(), ErrorKind::unavailable, "the service is being updated (404)"},
        {410, "", system_identity(), ErrorKind::unavailable, "the service is being updated (410)"},
        {429, "", system_identity(), ErrorKind::unavailable, "too many requests (429)"},
        {500, R"({"error":"unknown","error_description":"Failed to retrieve token"})", system_identity(),
         ErrorKind::unavailable, "Failed to retrieve token (500)"},
        {503, "<html>", system_identity(), ErrorKind::unavailable, "refused (503)"},
        {200, "{}", system_identity(), ErrorKind::unavailable, "the answer has no access_token"},
        {200, "garbage", system_identity(), ErrorKind::unavailable, "the answer has no access_token"},
        {200, R"({"access_token":7})", system_identity(), ErrorKind::unavailable,
         "the answer has no access_token"},
    };
    for (const auto& [status, body, who, kind, expected_error] : table) {
        const auto answer = read_metadata_response(status, body, who);
        ASSERT_FALSE(answer) << expected_error;
        EXPECT_EQ(answer.error().kind(), kind) << expected_error;
        EXPECT_EQ(answer.error().message(), expected_error);
    }
}

TEST(RegistryIdentity, ReportsErrorsOfTheRegistryWithoutItsText) {
    const std::tuple<unsigned, ErrorKind, std::string> table[] = {
        {401, ErrorKind::invalid_input, "give it the role AcrPull"},
        {403, ErrorKind::invalid_input, "give it the role AcrPull"},
        {404, ErrorKind::invalid_input, "is not an Azure Container Registry (404)"},
        {429, ErrorKind::unavailable, "too many logins (429)"},
        {502, ErrorKind::unavailable, "is unavailable (502)"},
        {200, ErrorKind::unavailable, "the answer has no refresh_token"},
    };
    for (const auto& [status, kind, expected_error] : table) {
        const auto answer =
            read_exchange_response(status, R"({"errors":[{"message":"canary"}]})", system_identity(), 1h);
        ASSERT_FALSE(answer) << expected_error;
        EXPECT_EQ(answer.error().kind(), kind) << expected_error;
        EXPECT_THAT(answer.error().message(), HasSubstr(expected_error));
        EXPECT_THAT(answer.error().message(), Not(HasSubstr("canary")));
    }
}

}  // namespace
}  // namespace dockerext::azure
