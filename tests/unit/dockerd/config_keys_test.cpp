#include "dockerd/config_keys.hpp"

#include "base/json_document.hpp"
#include "dockerd/flags.hpp"

#include <gtest/gtest.h>

namespace dockerext::dockerd {
namespace {

using Words = std::vector<std::string>;

std::vector<ConfigKey> keys_of(std::string_view config) {
    const auto document = JsonDocument::parse(config);
    return document ? config_keys(document->root()) : std::vector<ConfigKey>{};
}

/// The conflicts as "flag/key".
Words conflicting_pointers(const Words& arguments, std::string_view config) {
    const auto flags = parse_flags(arguments);
    const auto keys = keys_of(config);
    Words words;
    for (const OptionConflict& conflict : option_conflicts(flags, keys)) {
        words.push_back(flags[conflict.flag].name + keys[conflict.key].pointer);
    }
    return words;
}

TEST(ConfigKeys, ConflictsWithFlagsLikeInDockerd) {
    struct Case {
        Words arguments;
        const char* config;
        Words expected;
    };
    const Case table[] = {
        {{"-D"}, R"({"debug": true})", {"debug/debug"}},
        {{"--debug=false"}, R"({"debug": null})", {"debug/debug"}},
        {{"-H", "fd://"}, R"({"hosts": []})", {"host/hosts"}},
        {{"--label", "a=b"}, R"({"labels": ["c=d"]})", {"label/labels"}},
        {{"--log-opt", "a=b"}, R"({"log-opts": {"c": "d"}})", {"log-opt/log-opts"}},
        {{"--dns", "1.1.1.1"}, R"({"dns": ["8.8.8.8"]})", {"dns/dns"}},
        {{"--storage-opt=a"}, R"({"storage-opts": []})", {"storage-opt/storage-opts"}},
        {{"--feature=buildkit"}, R"({"features": {"cdi": true}})", {"feature/features"}},
        {{"--host-gateway-ip=::1"}, R"({"host-gateway-ips": []})", {"host-gateway-ip/host-gateway-ips"}},
        {{"--host-gateway-ip=::1"}, R"({"host-gateway-ip": ""})", {"host-gateway-ip/host-gateway-ip"}},
        {{"--http-proxy=http://p"},
         R"({"proxies": {"http-proxy": "http://q"}})",
         {"http-proxy/proxies/http-proxy"}},
        {{"--of-the-future=1"}, R"({"of-the-future": 2})", {"of-the-future/of-the-future"}},
        {{"--add-runtime", "a=/b"}, R"({"runtimes": {"c": {"path": "/d"}}})", {}},
        {{"--path=x"}, R"({"runtimes": {"path": "y"}})", {}},
        {{"--debug"}, R"({"labels": [], "log-opts": {"debug": "1"}})", {}},
        {{}, R"({"debug": true})", {}},
        {{"-D"}, "[]", {}},
    };
    for (const auto& [arguments, config, expected] : table) {
        SCOPED_TRACE(config);
        EXPECT_EQ(conflicting_pointers(arguments, config), expected);
    }
}

TEST(ConfigKeys, IsReloadableLikeInDockerd) {
    const std::tuple<const char*, const char*, bool, bool> table[] = {
        {"debug", "20.10.24+dfsg1", true, false},
        {"live-restore", "20.10.24", true, false},
        {"labels", "26.1.5+dfsg1", true, false},
        {"features", "20.10.24", true, true},
        {"max-concurrent-downloads", "20.10.24", true, true},
        {"max-download-attempts", "28.5.2", true, true},
        {"authorization-plugins", "20.10.24", true, true},
        {"insecure-registries", "28.5.2", true, false},
        {"registry-mirrors", "20.10.24", true, false},
        {"runtimes", "20.10.24", true, false},
        {"default-runtime", "26.1.5", true, false},
        {"shutdown-timeout", "26.1.5", true, false},
        {"cluster-store", "20.10.24", true, false},
        {"cluster-store", "23.0.0", false, false},
        {"log-driver", "20.10.24", false, false},
        {"log-level", "28.5.2", false, false},
        {"hosts", "28.5.2", false, false},
        {"data-root", "", false, false},
        {"debug", "dev", true, false},
    };
    for (const auto& [key, version, set, removed] : table) {
        SCOPED_TRACE(key);
        EXPECT_EQ(is_reloadable(key, KeyEdit::set, version), set);
        EXPECT_EQ(is_reloadable(key, KeyEdit::removed, version), removed);
    }
}

/// From `dockerd --help` of 20.10.24, by kind.
TEST(Flags, MatchDockerd) {
    const char* const toggles[] = {
        "cri-containerd", "debug",     "experimental",    "icc",          "init",     "ip-forward",
        "ip-masq",        "ipv6",      "iptables",        "ip6tables",    "tls",      "no-new-privileges",
        "raw-logs",       "tlsverify", "selinux-enabled", "live-restore", "rootless", "userland-proxy"};
    const char* const values[] = {"api-cors-header",
                                  "config-file",
                                  "cpu-rt-period",
                                  "data-root",
                                  "dns",
                                  "dns-search",
                                  "exec-root",
                                  "metrics-addr",
                                  "mtu",
                                  "tlskey",
                                  "userns-remap",
                                  "network-diagnostic-port",
                                  "bip"};
    for (const char* const name : toggles) {
        SCOPED_TRACE(name);
        ASSERT_NE(find_flag(name), nullptr);
        EXPECT_EQ(find_flag(name)->kind, Flag::Kind::toggle);
    }
    for (const char* const name : values) {
        SCOPED_TRACE(name);
        ASSERT_NE(find_flag(name), nullptr);
        EXPECT_EQ(find_flag(name)->kind, Flag::Kind::value);
        EXPECT_EQ(find_flag(name)->key, name);
    }
    EXPECT_EQ(find_flag("version")->kind, Flag::Kind::exit);
    EXPECT_EQ(find_flag("dump"), nullptr);
    EXPECT_EQ(long_name('H'), "host");
    EXPECT_EQ(long_name('x'), "");
}

}  // namespace
}  // namespace dockerext::dockerd
