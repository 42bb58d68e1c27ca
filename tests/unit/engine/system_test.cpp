#include "engine/system.hpp"

#include "support/fake_engine.hpp"
#include "support/run.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dockerext::engine {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr const char* password = "pass\"word";

struct SystemTest : testing::Test {
    asio::io_context io;
    test::FakeEngine fake{io};
    Client client{io.get_executor(), fake.socket()};

    Result<> verify(unsigned status, const std::string& body) {
        fake.answer("POST /v1.40/auth", test::http_answer(status, body));
        return test::run(io, verify_login(client, "host:5000", Secret("{the login}"), Secret(password)));
    }
};

TEST_F(SystemTest, SendsTheLogin) {
    EXPECT_TRUE(verify(200, R"({"IdentityToken":"","Status":"Login Succeeded"})"));
    EXPECT_EQ(fake.bodies().at(0), "{the login}");
}

TEST_F(SystemTest, ReportsARejectedLoginForAnyStatus) {
    const std::pair<unsigned, std::string> refusals[] = {
        {401, R"({"message":"Get \"https://host:5000/v2/\": unauthorized: authentication required"})"},
        {401, R"({"message":"incorrect username or password"})"},
        {500, R"({"message":"login attempt to http://host:5000/v2/ failed with status: 401 Unauthorized"})"},
        {500, R"({"message":"login attempt to http://host:5000/v2/ failed with status: 403 Forbidden"})"},
    };
    for (const auto& [status, body] : refusals) {
        const auto verified = verify(status, body);
        ASSERT_FALSE(verified) << body;
        EXPECT_EQ(verified.error().kind(), ErrorKind::invalid_input) << body;
        EXPECT_THAT(verified.error().message(),
                    HasSubstr("log in to host:5000: user name or password rejected: "));
    }
}

TEST_F(SystemTest, AnUnreachableRegistryIsNotARejection) {
    const auto verified =
        verify(500, R"({"message":"Get http://host:5000/v2/: dial tcp 127.0.0.1:5000: connection refused"})");
    ASSERT_FALSE(verified);
    EXPECT_EQ(verified.error().kind(), ErrorKind::unavailable);
    EXPECT_THAT(verified.error().message(),
                AllOf(HasSubstr("log in to host:5000: Get"), Not(HasSubstr("rejected"))));
}

TEST_F(SystemTest, RecognizesARejectionInARedactedMessage) {
    client.set_redactor(Redactor({Secret("password")}));
    const auto verified = verify(500, R"({"message":"incorrect username or password"})");
    EXPECT_EQ(verified.error().kind(), ErrorKind::invalid_input);
}

TEST_F(SystemTest, NoErrorHoldsThePassword) {
    for (const unsigned status : {400U, 401U, 500U}) {
        const auto verified = verify(status, R"({"message":"cannot take 'pass\"word' of me"})");
        ASSERT_FALSE(verified);
        EXPECT_THAT(verified.error().message(), AllOf(HasSubstr("(hidden)"), Not(HasSubstr("pass\"word"))));
    }
}

TEST_F(SystemTest, InfoIsTheEnginesOwn) {
    fake.answer("GET /v1.40/info", test::http_answer(200, R"({"ID":"abc"})"));
    EXPECT_EQ(test::run(io, info(client)).value().root().at("ID")->string().value(), "abc");
}

}  // namespace
}  // namespace dockerext::engine
