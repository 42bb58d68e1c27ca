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

}  // namespace
}  // namespace dockerext::engine
