#include "dockerd/engine_conflicts.hpp"

#include <gtest/gtest.h>

namespace dockerext::dockerd {
namespace {

std::string conflicts(const std::vector<FlagSource>& flags, std::string_view file, const JsonKeys& wanted) {
    std::string lines;
    for (const std::string& text : engine_conflicts(flags, file, wanted)) lines += text + "\n";
    return lines;
}

TEST(EngineConflicts, NameBothPlacesAndTheRemedy) {
    struct Case {
        std::vector<FlagSource> flags;
        const char* file;
        JsonKeys wanted;
        const char* expected;
    };
    const FlagSource unit = {"docker.service",
                             {"-H", "fd://", "--containerd=/run/containerd/containerd.sock"}};
    const FlagSource port = {"docker.port", {"--host=tcp://0.0.0.0:2376"}};
    const FlagSource certs = {"certs", {"--tlsverify", "--tlscacert=/etc/docker/ca.pem"}};
    const Case table[] = {
        {{}, "", {}, ""},
        {{unit, port, certs}, R"({"debug": true, "log-opts": {"host": "x"}})", {}, ""},
        {{{"docker.options", {"--debug"}}},
         R"({"debug": true})",
         {},
         "debug is set by /etc/docker/daemon.json and by docker.options (--debug): dockerd does not start "
         "with "
         "both; remove one\n"},
        {{{"docker.options", {"--label=a=b", "--label", "c=d"}}},
         R"({"labels": ["e=f"]})",
         {},
         "labels is set by /etc/docker/daemon.json and by docker.options (--label): dockerd does not start "
         "with "
         "both; remove one\n"},
        {{{"docker.service", {"--log-driver=journald"}}},
         R"({"log-driver": "local"})",
         {{"log-driver", "\"local\""}},
         "log-driver is set by docker.config and by docker.service (--log-driver): dockerd does not start "
         "with "
         "both; remove one\n"},
        {{unit},
         R"({"hosts": ["unix:///var/run/docker.sock", "tcp://0.0.0.0:2376"]})",
         {{"hosts", "[]"}},
         "hosts is set by docker.config and by docker.service (--host): dockerd does not start with both; "
         "give "
         "the addresses in docker.options (-H) instead\n"},
        {{unit, port},
         R"({"hosts": ["fd://"]})",
         {},
         "hosts is set by /etc/docker/daemon.json and by docker.service (--host): dockerd does not start "
         "with "
         "both; remove one\n"
         "hosts is set by /etc/docker/daemon.json and by docker.port (--host): dockerd does not start with "
         "both; "
         "remove one\n"},
        {{certs},
         R"({"tlsverify": true, "tlscert": "/x"})",
         {},
         "tlsverify is set by /etc/docker/daemon.json and by certs (--tlsverify): dockerd does not start "
         "with "
         "both; remove one\n"},
        {{{"docker.service", {"--https-proxy=http://p"}}},
         R"({"proxies": {"https-proxy": "http://q"}})",
         {{"proxies", "{}"}},
         "https-proxy is set by docker.config and by docker.service (--https-proxy): dockerd does not start "
         "with "
         "both; remove one\n"},
        {{},
         R"({"graph": "/a", "data-root": "/b"})",
         {{"data-root", "\"/b\""}},
         "graph is set by /etc/docker/daemon.json, and the same thing by the name data-root is set by "
         "docker.config: dockerd does not start with both; remove one\n"},
        {{},
         R"({"hosts": ["tcp://127.0.0.1:2375"]})",
         {{"hosts", "[]"}},
         "hosts is set by docker.config without an address on this machine: the engine would be unreachable "
         "from "
         "here; add \"unix:///var/run/docker.sock\" to it\n"},
        {{}, R"({"hosts": ["tcp://127.0.0.1:2375"]})", {}, ""},
        {{{"docker.options", {"--add-runtime", "a=/b"}}}, R"({"runtimes": {}})", {}, ""},
        {{unit}, "{,", {}, ""},
    };
    for (const Case& one : table) {
        SCOPED_TRACE(one.file);
        EXPECT_EQ(conflicts(one.flags, one.file, one.wanted), one.expected);
    }
}

}  // namespace
}  // namespace dockerext::dockerd
