#include "base/json_document.hpp"
#include "base/sha256.hpp"
#include "loading.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

namespace dockerext::compose {
namespace {

std::map<std::string, std::string> hashes_of(const Loaded& loaded) {
    std::map<std::string, std::string> hashes;
    for (const auto& [name, service] : loaded.project->services) {
        // `docker compose config` hashes names of services where containers get ids.
        std::string document = service.hash_document;
        for (std::size_t at = 0; (at = document.find("\\u0001")) != std::string::npos;) document.erase(at, 6);
        hashes[name.value] = document.empty() ? service.config_hash : sha256_hex(document);
    }
    return hashes;
}

/// config_hashes.json holds models and the output of `docker compose config --hash '*'` of Compose 2.40.3.
TEST(ConfigHash, MatchesDockerCompose) {
    std::stringstream text;
    text << std::ifstream(CONFIG_HASHES).rdbuf();
    const auto document = JsonDocument::parse(text.str());
    ASSERT_TRUE(document) << document.error().message();
    const auto rows = document->root().items().value();
    EXPECT_GT(rows.size(), 80U);
    for (const JsonCursor& row : rows) {
        SCOPED_TRACE(row.at("name")->string().value());
        const Loaded loaded = load(input_of(row.at("model")->text()));
        ASSERT_TRUE(loaded.project) << to_text(loaded.problems);
        std::map<std::string, std::string> expected_hashes;
        for (const auto& [service, hash] : row.at("hashes")->members().value())
            expected_hashes[service] = hash.string().value();
        EXPECT_EQ(hashes_of(loaded), expected_hashes);
    }
}

/// The expected hashes are the labels that `docker compose create` of Compose 2.40.3 set.
TEST(ConfigHash, OfNetworksAndVolumesMatchesDockerCompose) {
    const Loaded loaded = load(input_of(R"({"services": {"web": {"image": "nginx",
        "networks": ["n", "default", "plain", "ipv6"], "volumes": ["vol:/v", "plainvol:/p", "named:/n"]}},
        "networks": {"n": {"driver": "bridge", "driver_opts": {"a": 1, "b": "c"}, "ipam": {"driver": "default",
            "config": [{"subnet": "10.0.0.0/24", "gateway": "10.0.0.1", "ip_range": "10.0.0.0/25",
            "aux_addresses": {"a": "10.0.0.2"}}]}, "internal": true, "attachable": true, "labels": ["a=1"]},
            "plain": null, "ipv6": {"enable_ipv6": true, "name": "six"}},
        "volumes": {"vol": {"driver": "local", "driver_opts": {"o": "bind", "type": "none", "device": "./x"},
            "labels": {"a": true}}, "plainvol": null, "named": {"name": "other"}}})"));
    ASSERT_TRUE(loaded.project) << to_text(loaded.problems);
    const std::string label = "com.docker.compose.config-hash";
    std::map<std::string, std::string> hashes;
    for (const auto& [name, network] : loaded.project->networks)
        hashes[name.value] = network.labels.at(label);
    for (const auto& [name, volume] : loaded.project->volumes) hashes[name.value] = volume.labels.at(label);
    const std::map<std::string, std::string> expected_hashes{
        {"demo_default", "9233c9210449f8a494f89ea29e14489610bbb8c740b68ce5e474fe6816a5a9ca"},
        {"demo_n", "7ca516c7a91838f4ffbeafd681d0869246ad5aaaf4182dadc23ca6ed9b29fa10"},
        {"demo_plain", "3f5a621b9b002d9a2f9335cec18c184c4f507c1b72af71695a9ba655c3e54236"},
        {"six", "effe62f51bac23463f680649b8f7ab172e0a2e23f26d4a533382ba4a77778d6d"},
        {"demo_vol", "8fc5fceb372a350eeea27751b68f61d026d483106f1585a6339da5b625b82168"},
        {"demo_plainvol", "27376d44743877c28505197688436772f440b928d4a477c40824110cf73d4a2c"},
        {"other", "6b38fb7db33fddb7cfe8533b20668bb83d0dbe97742c45c78eec8e550106c092"},
    };
    EXPECT_EQ(hashes, expected_hashes);
}

TEST(ConfigHash, IsALabelOfTheContainer) {
    const model::Service service = loaded_web(R"("command": "x")");
    EXPECT_EQ(service.container.labels.at("com.docker.compose.config-hash"), service.config_hash);
}

TEST(ConfigHash, DependsOnTheContainerWhoseNetworkIsShared) {
    const Loaded loaded = load(input_of(
        R"({"services": {"web": {"image": "x", "network_mode": "service:db"}, "db": {"image": "y"}}})"));
    ASSERT_TRUE(loaded.project) << to_text(loaded.problems);
    const model::Service& service = loaded.project->services.at(model::ServiceName{"web"});
    EXPECT_EQ(service.config_hash, "");
    EXPECT_EQ(service.hash_document,
              R"({"command":null,"entrypoint":null,"image":"x","network_mode":"\u0001service:db"})");
    EXPECT_FALSE(service.container.labels.contains("com.docker.compose.config-hash"));
    EXPECT_EQ(service.network_mode_service, model::ServiceName{"db"});
    EXPECT_EQ(service.container.network_mode, "");
}

}  // namespace
}  // namespace dockerext::compose
