#include "engine/client.hpp"

#include <gtest/gtest.h>

namespace dockerext::engine {
namespace {

TEST(ParseDockerHost, TakesUnixSocketsOnly) {
    EXPECT_EQ(parse_docker_host("unix:///run/docker.sock").value(), "/run/docker.sock");
    EXPECT_EQ(parse_docker_host("/run/docker.sock").value(), "/run/docker.sock");
    for (const std::string host :
         {"", "/", "unix://", "unix://docker.sock", "tcp://127.0.0.1:2375", "docker.sock"}) {
        SCOPED_TRACE(host);
        EXPECT_EQ(parse_docker_host(host).error().kind(), ErrorKind::invalid_input);
    }
}

TEST(UrlEncoded, LeavesNothingThatAUrlGivesAMeaningTo) {
    EXPECT_EQ(url_encoded("web-1_a.b~"), "web-1_a.b~");
    EXPECT_EQ(url_encoded("a/b:1@c?d=e&f #%"), "a%2Fb%3A1%40c%3Fd%3De%26f%20%23%25");
    EXPECT_EQ(url_encoded("\xC3\xA9\r\n"), "%C3%A9%0D%0A");
}

}  // namespace
}  // namespace dockerext::engine
