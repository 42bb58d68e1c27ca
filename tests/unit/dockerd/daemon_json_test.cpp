#include "dockerd/daemon_json.hpp"

#include <gtest/gtest.h>

namespace dockerext::dockerd {
namespace {

using Text = std::optional<std::string>;

struct FileCase {
    const char* name;
    Text present;
    JsonKeys wanted;
    OwnedKeys owned;
    Text text;
    const char* changes;  ///< each "key: have -> want"
    OwnedKeys owned_afterwards;
};

std::string lines_of(const std::vector<model::Change>& changes) {
    std::string lines;
    for (const model::Change& change : changes) {
        lines += change.field + ": " + change.have + " -> " + change.want + "\n";
    }
    return lines;
}

const FileCase file_cases[] = {
    {"nothing at all", {}, {}, {}, {}, "", {}},
    {"a file of somebody else's is not even looked at", "{,", {}, {}, "{,", "", {}},
    {"no file becomes one",
     {},
     {{"log-driver", R"("local")"}, {"debug", "true"}},
     {},
     "{\n    \"debug\": true,\n    \"log-driver\": \"local\"\n}\n",
     "engine.config.debug: (unset) -> true\nengine.config.log-driver: (unset) -> local\n",
     {{"debug", {}}, {"log-driver", {}}}},
    {"a blank file counts as empty",
     " \n",
     {{"debug", "true"}},
     {},
     "{\n    \"debug\": true\n}\n",
     "engine.config.debug: (unset) -> true\n",
     {{"debug", {}}}},
    {"foreign keys keep their order and their text",
     "{\"z\":[1,2],\n\t\"n\\u0061me\": 123456789012345678901.50,\n  \"a\": { \"b\\/\": 1e2 }}",
     {{"debug", "true"}},
     {},
     "{\n    \"z\": [1,2],\n    \"n\\u0061me\": 123456789012345678901.50,\n    \"a\": { \"b\\/\": 1e2 },\n"
     "    \"debug\": true\n}\n",
     "engine.config.debug: (unset) -> true\n",
     {{"debug", {}}}},
    {"an object is one value, and ours as a whole",
     R"({"log-opts": {"max-size": "1m", "tag": "x"}})",
     {{"log-opts", R"({"max-size":"10m"})"}},
     {},
     "{\n    \"log-opts\": {\n        \"max-size\": \"10m\"\n    }\n}\n",
     "engine.config.log-opts: {\"max-size\":\"1m\",\"tag\":\"x\"} -> {\"max-size\":\"10m\"}\n",
     {{"log-opts", R"({"max-size": "1m", "tag": "x"})"}}},
    {"lists and empty values are laid out as people do",
     {},
     {{"a", R"([{"base":"10.0.0.0/8","size":24},[]])"}, {"b", "{}"}},
     {},
     "{\n    \"a\": [\n        {\n            \"base\": \"10.0.0.0/8\",\n            \"size\": 24\n        "
     "},\n"
     "        []\n    ],\n    \"b\": {}\n}\n",
     "engine.config.a: (unset) -> [{\"base\":\"10.0.0.0/8\",\"size\":24},[]]\n"
     "engine.config.b: (unset) -> {}\n",
     {{"a", {}}, {"b", {}}}},
    {"what is equal as JSON is left as it is written",
     R"({"mtu":1500.0,"features":{"b":true,"a":false}})",
     {{"mtu", "1500"}, {"features", R"({"a":false,"b":true})"}},
     {},
     R"({"mtu":1500.0,"features":{"b":true,"a":false}})",
     "",
     {{"mtu", "1500.0"}, {"features", R"({"b":true,"a":false})"}}},
    {"numbers that no double tells apart are different",
     R"({"n":18446744073709551615})",
     {{"n", "18446744073709551614"}},
     {},
     "{\n    \"n\": 18446744073709551614\n}\n",
     "engine.config.n: 18446744073709551615 -> 18446744073709551614\n",
     {{"n", "18446744073709551615"}}},
    {"the order of a list says something",
     R"({"dns":["1.1.1.1","8.8.8.8"]})",
     {{"dns", R"(["8.8.8.8","1.1.1.1"])"}},
     {{"dns", {}}},
     "{\n    \"dns\": [\n        \"8.8.8.8\",\n        \"1.1.1.1\"\n    ]\n}\n",
     "engine.config.dns: [\"1.1.1.1\",\"8.8.8.8\"] -> [\"8.8.8.8\",\"1.1.1.1\"]\n",
     {{"dns", {}}}},
    {"a key of ours goes with the setting",
     R"({"debug": true, "mtu": 1400})",
     {},
     {{"debug", {}}},
     "{\n    \"mtu\": 1400\n}\n",
     "engine.config.debug: true -> (unset)\n",
     {}},
    {"the file stays when its last key goes: dockerd may have been told to read it",
     R"({"debug": true})",
     {},
     {{"debug", {}}},
     "{}\n",
     "engine.config.debug: true -> (unset)\n",
     {}},
    {"what somebody else had comes back, where it stood",
     R"({"log-driver": "local", "mtu": 1400})",
     {},
     {{"log-driver", R"("journald")"}},
     "{\n    \"log-driver\": \"journald\",\n    \"mtu\": 1400\n}\n",
     "engine.config.log-driver: local -> journald\n",
     {}},
    {"a key of ours that somebody took out is put back",
     R"({"mtu": 1400})",
     {{"debug", "true"}},
     {{"debug", "false"}},
     "{\n    \"mtu\": 1400,\n    \"debug\": true\n}\n",
     "engine.config.debug: (unset) -> true\n",
     {{"debug", "false"}}},
    {"a key of ours that is gone and not wanted stays away",
     R"({"mtu": 1400})",
     {},
     {{"debug", "false"}},
     R"({"mtu": 1400})",
     "",
     {}},
    {"the file is gone and so is the setting", {}, {}, {{"debug", {}}}, {}, "", {}},
    {"values that hold passwords are not shown",
     R"({"proxies": {"http-proxy": "http://user:pass@proxy:3128"}})",
     {{"proxies", R"({"http-proxy":"http://proxy:3128"})"}, {"log-opts", R"({"splunk-token":"x"})"}},
     {},
     "{\n    \"proxies\": {\n        \"http-proxy\": \"http://proxy:3128\"\n    },\n"
     "    \"log-opts\": {\n        \"splunk-token\": \"x\"\n    }\n}\n",
     "engine.config.log-opts: (unset) -> (hidden)\n"
     "engine.config.proxies: (hidden) -> {\"http-proxy\":\"http://proxy:3128\"}\n",
     {{"log-opts", {}}, {"proxies", R"({"http-proxy": "http://user:pass@proxy:3128"})"}}},
    {"quotes and brackets within texts mislead nobody",
     R"({"a\"]}": "}\\\"{,", "b": ["]", {"}": "["}], "debug": false})",
     {{"debug", "true"}},
     {},
     "{\n    \"a\\\"]}\": \"}\\\\\\\"{,\",\n    \"b\": [\"]\", {\"}\": \"[\"}],\n    \"debug\": true\n}\n",
     "engine.config.debug: false -> true\n",
     {{"debug", "false"}}},
};

TEST(DaemonJson, IsMergedKeyByKey) {
    for (const FileCase& one : file_cases) {
        SCOPED_TRACE(one.name);
        const auto merged = merge_daemon_json(one.present, one.wanted, one.owned);
        ASSERT_TRUE(merged) << merged.error().message();
        EXPECT_EQ(merged->text, one.text);
        EXPECT_EQ(lines_of(merged->changes), one.changes);
        EXPECT_EQ(merged->owned, one.owned_afterwards);
        EXPECT_EQ(merged->keys.size(), merged->changes.size());
    }
}

TEST(DaemonJson, MergingIsIdempotent) {
    for (const FileCase& one : file_cases) {
        SCOPED_TRACE(one.name);
        const auto merged = merge_daemon_json(one.present, one.wanted, one.owned);
        ASSERT_TRUE(merged);
        const auto again = merge_daemon_json(merged->text, one.wanted, merged->owned);
        ASSERT_TRUE(again) << again.error().message();
        EXPECT_EQ(again->text, merged->text);
        EXPECT_EQ(again->owned, merged->owned);
        EXPECT_EQ(lines_of(again->changes), "");
    }
}

TEST(DaemonJson, IsRestoredWhenTheSettingsDropEverything) {
    for (const FileCase& one : file_cases) {
        if (!one.owned.empty() || !one.text) continue;
        SCOPED_TRACE(one.name);
        const auto merged = merge_daemon_json(one.present, one.wanted, one.owned);
        ASSERT_TRUE(merged);
        const auto dropped = merge_daemon_json(merged->text, {}, merged->owned);
        ASSERT_TRUE(dropped);
        EXPECT_TRUE(dropped->owned.empty());
        const auto back = merge_daemon_json(one.present, one.wanted, {});
        const auto merged_again = merge_daemon_json(dropped->text, one.wanted, {});
        EXPECT_EQ(merged_again->owned, back->owned);
        // As after a crash between storing the owned keys and writing the file:
        EXPECT_EQ(lines_of(merge_daemon_json(one.present, {}, merged->owned)->changes), "");
    }
}

TEST(DaemonJson, IsNotTouchedWhenDockerdCannotReadIt) {
    constexpr const char* left = "; the file is left unchanged, and the engine settings are not applied: ";
    const std::tuple<std::string, std::string, std::string> table[] = {
        {"{\n  \"debug\": true,\n  oops\n}", "line 3, column 3: Missing a name for object member.",
         "fix or remove it"},
        {"{\"debug\": true", "line 1, column 15: Missing a comma or '}' after an object member.",
         "fix or remove it"},
        {"{} {}", "line 1, column 4: The document root must not be followed by other values.",
         "fix or remove it"},
        {"{\"a\": 1,\n \"a\": 2}", "line 2, column 5: duplicate key 'a'", "fix or remove it"},
        {"[\"debug\"]", "/: expected object, found array", "fix or remove it"},
        {"// mine\n{}", "line 1, column 1: Invalid value.",
         "remove the comments and trailing commas from daemon.json"},
        {"{\"a\": 1,}", "line 1, column 9: Missing a name for object member.",
         "remove the comments and trailing commas from daemon.json"},
        {"\xEF\xBB\xBF{}", "it begins with a byte order mark, which some dockerd versions reject",
         "save it as UTF-8 without one"},
    };
    for (const auto& [present, complaint, remedy] : table) {
        const auto merged = merge_daemon_json(present, {{"debug", "true"}}, {});
        ASSERT_FALSE(merged) << present;
        EXPECT_EQ(merged.error().kind(), ErrorKind::invalid_input);
        EXPECT_EQ(merged.error().message(), complaint + left + remedy);
    }
}

TEST(DaemonJson, FollowsTheSettings) {
    const auto keys = desired_keys(R"({"debug": true, "log-driver": null, "log-opts": {"a": "b"}})");
    ASSERT_TRUE(keys);
    EXPECT_EQ(*keys, (JsonKeys{{"debug", "true"}, {"log-opts", R"({"a":"b"})"}}));
    EXPECT_FALSE(desired_keys("[]"));
}

TEST(DaemonJson, IsReloadedOnlyWhenDockerdCanReloadEveryChange) {
    const std::pair<std::vector<KeyChange>, bool> table[] = {
        {{}, true},
        {{{"debug", {}, "true"}}, true},
        {{{"debug", "true", {}}}, false},
        {{{"debug", {}, "true"}, {"log-driver", {}, "\"local\""}}, false},
        {{{"features", {}, R"({"buildkit":true})"}}, true},
        {{{"features", R"({"buildkit":true})", {}}}, true},
        {{{"features", R"({"buildkit":true})", R"({"containerd-snapshotter":true})"}}, false},
        {{{"features", R"({"cdi":true,"buildkit":true})", R"({"cdi":true})"}}, true},
    };
    for (const auto& [keys, reload] : table) EXPECT_EQ(can_reload(keys, "26.1.5"), reload);
}

}  // namespace
}  // namespace dockerext::dockerd
