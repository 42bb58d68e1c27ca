// Messages of real engines: 20.10.24, 26.1.5 and, where it says so, newer ones.
#include "engine/plain_message.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dockerext::engine {
namespace {

const std::string id = "9c68652df3848b30cfc3f9fafe71eb9788c38a7ca992ca4a0eb963f6bc215369";

TEST(PlainMessage, OmitsIdsAndTheEnginesLayers) {
    const std::string endpoint =
        "driver failed programming external connectivity on endpoint demo-web-1 (" + id + "): ";
    const std::string runc =
        "failed to create shim task: OCI runtime create failed: runc create failed: unable to start "
        "container process: ";
    struct Case {
        std::string message, expected;
    };
    const std::vector<Case> cases{
        {endpoint + "Bind for 0.0.0.0:8080 failed: port is already allocated",
         "Bind for 0.0.0.0:8080 failed: port is already allocated"},
        {endpoint + "Error starting userland proxy: listen tcp4 0.0.0.0:8081: bind: address already in use",
         "listen tcp4 0.0.0.0:8081: bind: address already in use"},
        {"failed to set up container networking: " + endpoint +
             "failed to bind host port for 0.0.0.0:8081:172.17.0.2:80/tcp: address already in use",  // 28
         "failed to bind host port for 0.0.0.0:8081:172.17.0.2:80/tcp: address already in use"},
        {runc + "exec: \"nosuch\": executable file not found in $PATH: unknown",
         "exec: \"nosuch\": executable file not found in $PATH"},
        {"failed to create task for container: " + runc + "exec: \"/tmp\": permission denied: unknown",
         "exec: \"/tmp\": permission denied"},
        {"OCI runtime create failed: container_linux.go:380: starting container process caused: exec: \"x\": "
         "executable file not found in $PATH: unknown",  // 20.10 with runc 1.0
         "exec: \"x\": executable file not found in $PATH"},
        {runc + "error during container init: error mounting \"/a\" to rootfs at \"/b\": not a directory: "
                "unknown: Are you trying to mount a directory onto a file (or vice-versa)?",
         "error during container init: error mounting \"/a\" to rootfs at \"/b\": not a directory: Are you "
         "trying to "
         "mount a directory onto a file (or vice-versa)?"},
        {"Conflict. The container name \"/demo-a\" is already in use by container \"" + id +
             "\". You have to remove (or rename) that container to be able to reuse that name.",
         "Conflict. The container name \"/demo-a\" is already in use by container \"9c68652df384\". You have "
         "to "
         "remove (or rename) that container to be able to reuse that name."},
        {"error while removing network: network n1 id " + id + " has active endpoints",
         "error while removing network: network n1 id 9c68652df384 has active endpoints"},
        {"No such container: " + id, "No such container: 9c68652df384"},
        {"manifest for 127.0.0.1:5000/x:no not found: manifest unknown: manifest unknown",
         "manifest for 127.0.0.1:5000/x:no not found: manifest unknown"},
        {"wrong digest sha256:" + id, "wrong digest sha256:" + id},
        {"failed to create task for container: failed to initialize logging driver: invalid size: 'x'",
         "failed to initialize logging driver: invalid size: 'x'"},
        {"the cause: unknown", "the cause: unknown"},
        {"", ""},
    };
    for (const Case& c : cases) EXPECT_EQ(plain_message(c.message, {}), c.expected);
}

TEST(PlainMessage, HidesASecretThatLooksLikeAnId) {
    EXPECT_EQ(plain_message("bad key " + id, Redactor({Secret(id)})), "bad key (hidden)");
}

TEST(PullAdvice, NamesTheKindOfProblem) {
    struct Case {
        std::string message, kind;
    };
    const std::vector<Case> cases{
        {"Get \"https://registry-1.docker.io/v2/\": dial tcp: lookup registry-1.docker.io on 10.0.0.53:53: "
         "dial "
         "udp 10.0.0.53:53: connect: network is unreachable",
         "network: this machine does not reach"},
        {"Get \"http://127.0.0.1:1/v2/\": dial tcp 127.0.0.1:1: connect: connection refused",
         "network: this machine does not reach"},
        {"Get \"https://10.77.0.1:5444/v2/\": tls: first record does not look like a TLS handshake",
         "network: the registry speaks HTTP"},
        {"Get \"https://10.77.0.1:5443/v2/\": x509: certificate signed by unknown authority",
         "certificate: "},
        {"Get \"https://10.77.0.1:5443/v2/\": tls: failed to verify certificate: x509: certificate signed by "
         "unknown authority",
         "certificate: "},
        {"invalid reference format: repository name (library/NGINX) must be lowercase", "name: "},
        {"manifest for 127.0.0.1:5000/x:nosuch not found: manifest unknown: manifest unknown", "name: "},
        {"pull access denied for nosuch, repository does not exist or may require 'docker login': denied: "
         "requested "
         "access to the resource is denied",
         "name or credentials: "},
        {"Head \"http://127.0.0.1:5001/v2/x/manifests/1\": no basic auth credentials", "credentials: "},
        {"unauthorized: authentication required", "credentials: "},
        {"denied: requested access to the resource is denied", "credentials: "},
        {"toomanyrequests: You have reached your pull rate limit.", "rate limit: "},
        {"no matching manifest for linux/amd64 in the manifest list entries", "platform: "},
        {"image with reference x:1 was found but does not match the specified platform: wanted linux/arm64, "
         "actual: "
         "linux/amd64",
         "platform: "},
        {"failed to register layer: write /usr/lib/x: no space left on device", "disk: "},
        {"received unexpected HTTP status: 500 Internal Server Error", "registry: "},
    };
    for (const Case& c : cases) EXPECT_THAT(pull_advice(c.message), testing::StartsWith(c.kind)) << c.message;
    EXPECT_EQ(pull_advice("unexpected EOF"), "");
}

}  // namespace
}  // namespace dockerext::engine
