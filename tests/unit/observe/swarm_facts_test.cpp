#include "observe/swarm_facts.hpp"

#include "base/iso_time.hpp"
#include "base/json_document.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dockerext::observe {
namespace {

using model::LocalNodeState;
using model::NodeAvailability;
using model::NodeState;
using model::ObservedNode;
using model::ObservedSwarm;
using model::SwarmRole;
using testing::ElementsAre;
using testing::HasSubstr;

/// Of a swarm that was founded for this test, and its worker token.
const std::string certificate =
    "-----BEGIN CERTIFICATE-----\\n"
    "MIIBajCCARCgAwIBAgIUdwkZBmjryS+3S2gJYuhKgVnxPq0wCgYIKoZIzj0EAwIw\\n"
    "EzERMA8GA1UEAxMIc3dhcm0tY2EwHhcNMjYxMTMwMTU0MzAwWhcNNDYxMTI1MTU0\\n"
    "MzAwWjATMREwDwYDVQQDEwhzd2FybS1jYTBZMBMGByqGSM49AgEGCCqGSM49AwEH\\n"
    "A0IABJlGrSRMfg5MoWeNotjmpBbptUgh4UfWMyaNKUzRGvqsFY4tCZSNqu3i1reX\\n"
    "WY3srI6pwe0pRJe2rtKosL0uXJWjQjBAMA4GA1UdDwEB/wQEAwIBBjAPBgNVHRMB\\n"
    "Af8EBTADAQH/MB0GA1UdDgQWBBSbf2uuQRfjp6uZX2cOBY4vhu66yTAKBggqhkjO\\n"
    "PQQDAgNIADBFAiBWmUwjwp+WMfB9B+/7CqjFmGRE//GgIJxAqCgQAaAynwIhALX/\\n"
    "ZY+sdtqQtbCTkW4uWOH1dz1sqE6ZSJp1cPDiUnBh\\n"
    "-----END CERTIFICATE-----\\n";
constexpr const char* digest = "198wpypk6kqvs3dsx9pupy4727adipqd8ihgt0g77ttky2qtm5";

std::string info(const std::string& swarm) {
    return R"({"ServerVersion":"20.10.24+dfsg1","LiveRestoreEnabled":false,"Swarm":{)" + swarm + "}}";
}

Result<ObservedSwarm> swarm_in(const std::string& text) {
    const auto document = JsonDocument::parse(text);
    if (!document) return document.error();
    return read_swarm(document->root());
}

Result<std::vector<ObservedNode>> read_list(const std::string& text) {
    const auto document = JsonDocument::parse(text);
    if (!document) return document.error();
    return read_nodes(document->root());
}

std::string cluster(const std::string& more) {
    return R"("Cluster":{"ID":"c1","Version":{"Index":38},"Spec":{"Orchestration":{)"
           R"("TaskHistoryRetentionLimit":3},"EncryptionConfig":{"AutoLockManagers":true}},"TLSInfo":{)"
           R"("TrustRoot":")" +
           certificate + R"("},"DefaultAddrPool":["10.20.0.0/16"],"SubnetSize":24)" + more + "}";
}

TEST(SwarmFacts, OfAMachineInNoSwarm) {
    const auto swarm = swarm_in(info(R"("NodeID":"","NodeAddr":"","LocalNodeState":"inactive",)"
                                     R"("ControlAvailable":false,"Error":"","RemoteManagers":null)"));
    ASSERT_TRUE(swarm) << swarm.error().message();
    EXPECT_EQ(*swarm, (ObservedSwarm{.engine_version = "20.10.24+dfsg1"}));
}

TEST(SwarmFacts, OfAWorker) {
    const auto swarm = swarm_in(info(R"("NodeID":"n4","NodeAddr":"10.77.0.14","LocalNodeState":"active",)"
                                     R"("ControlAvailable":false,"Error":"","RemoteManagers":[)"
                                     R"({"NodeID":"n2","Addr":"10.77.0.12:2377"},)"
                                     R"({"NodeID":"n1","Addr":"10.77.0.11:2377"}])"));
    ASSERT_TRUE(swarm) << swarm.error().message();
    EXPECT_EQ(swarm->state, LocalNodeState::active);
    EXPECT_EQ(swarm->node_id, "n4");
    EXPECT_EQ(swarm->node_address, "10.77.0.14");
    EXPECT_FALSE(swarm->manager);
    EXPECT_THAT(swarm->remote_managers, ElementsAre("10.77.0.11:2377", "10.77.0.12:2377"));
    EXPECT_FALSE(swarm->cluster);
}

TEST(SwarmFacts, OfAManagerHaveTheCluster) {
    const auto swarm = swarm_in(info(R"("LocalNodeState":"active","ControlAvailable":true,)" + cluster("")));
    ASSERT_TRUE(swarm) << swarm.error().message();
    EXPECT_TRUE(swarm->manager);
    const model::ObservedCluster expected{.id = "c1",
                                          .version = 38,
                                          .autolock = true,
                                          .task_history = 3,
                                          .address_pools = {"10.20.0.0/16"},
                                          .subnet_size = 24,
                                          .ca_digest = digest};
    EXPECT_EQ(swarm->cluster, expected);
}

TEST(SwarmFacts, DoNotTellTheDigestWhileCertificatesAreRotated) {
    const auto swarm =
        swarm_in(info(R"("LocalNodeState":"active",)" + cluster(R"(,"RootRotationInProgress":true)")));
    EXPECT_EQ(swarm.value().cluster.value().ca_digest, "");
}

TEST(SwarmFacts, WithoutAQuorumHaveNoCluster) {
    const auto swarm =
        swarm_in(info(R"("LocalNodeState":"active","ControlAvailable":true,"Error":"no leader","Cluster":{)"
                      R"("ID":"","Version":{},"Spec":{"Labels":null,"Orchestration":{},"TaskDefaults":{},)"
                      R"("EncryptionConfig":{"AutoLockManagers":false}},"DefaultAddrPool":null})"));
    ASSERT_TRUE(swarm) << swarm.error().message();
    EXPECT_TRUE(swarm->manager);
    EXPECT_FALSE(swarm->cluster);
    EXPECT_EQ(swarm->error, "no leader");
}

TEST(SwarmFacts, HaveEveryState) {
    for (const auto& [state, name] : enum_table<LocalNodeState>)
        EXPECT_EQ(swarm_in(info(R"("LocalNodeState":")" + std::string(name) + "\"")).value().state, state);
}

TEST(SwarmFacts, AreNotGuessed) {
    EXPECT_THAT(swarm_in(info(R"("LocalNodeState":"asleep")")).error().message(),
                HasSubstr("/Swarm/LocalNodeState: unknown word 'asleep'"));
    EXPECT_FALSE(swarm_in(R"({"ServerVersion":"4.3.1"})")) << "an engine without swarms";
    EXPECT_FALSE(swarm_in(info(R"("LocalNodeState":"active","ControlAvailable":"yes")")));
}

TEST(SwarmFacts, OfNodes) {
    const auto nodes = read_list(
        R"([{"ID":"n1","Version":{"Index":10},"CreatedAt":"2026-11-30T15:50:41.5Z","Spec":{"Labels":{},)"
        R"("Role":"manager","Availability":"active"},"Description":{"Hostname":"m1","Engine":{)"
        R"("EngineVersion":"26.1.5"}},"Status":{"State":"ready","Addr":"10.77.0.11"},"ManagerStatus":{)"
        R"("Leader":true,"Reachability":"reachable","Addr":"10.77.0.11:2377"}},)"
        R"({"ID":"n2","Version":{"Index":11},"Spec":{"Role":"manager","Availability":"pause"},)"
        R"("Status":{"State":"disconnected"},"ManagerStatus":{"Reachability":"unreachable",)"
        R"("Addr":"10.77.0.12:2377"}},)"
        R"({"ID":"n3","Version":{"Index":12},"Spec":{"Labels":{"zone":"1"},"Role":"worker",)"
        R"("Availability":"drain"},"Status":{"State":"down","Message":"heartbeat failure",)"
        R"("Addr":"10.77.0.14"}}])");
    ASSERT_TRUE(nodes) << nodes.error().message();
    const ObservedNode leader{.id = "n1",
                              .version = 10,
                              .hostname = "m1",
                              .address = "10.77.0.11",
                              .engine_version = "26.1.5",
                              .role = SwarmRole::manager,
                              .state = NodeState::ready,
                              .manager_address = "10.77.0.11:2377",
                              .reachable = true,
                              .leader = true,
                              .created_at = parse_iso_time("2026-11-30T15:50:41.5Z").value()};
    const ObservedNode unreachable{.id = "n2",
                                   .version = 11,
                                   .role = SwarmRole::manager,
                                   .availability = NodeAvailability::pause,
                                   .state = NodeState::disconnected,
                                   .manager_address = "10.77.0.12:2377"};
    const ObservedNode down{.id = "n3",
                            .version = 12,
                            .address = "10.77.0.14",
                            .availability = NodeAvailability::drain,
                            .labels = {{"zone", "1"}},
                            .state = NodeState::down,
                            .message = "heartbeat failure"};
    EXPECT_THAT(*nodes, ElementsAre(leader, unreachable, down));
}

TEST(SwarmFacts, OfNodesAreNotGuessed) {
    EXPECT_THAT(read_list(R"([{"Spec":{"Role":"boss","Availability":"active"}}])").error().message(),
                HasSubstr("/0/Spec/Role: unknown word 'boss'"));
    EXPECT_FALSE(read_list(R"([{"Spec":{"Role":"worker","Availability":"lazy"}}])"));
    EXPECT_FALSE(read_list("{}"));
    EXPECT_EQ(read_list("[]").value().size(), 0U);
}

TEST(TokenDigest, HasFiftyDigits) {
    EXPECT_EQ(token_digest(""), "5oaq0bjhj6un82wg98mgigso5q7qlhc63je4gw7ivixqqhkd3p");
    for (int i = 0; i < 100; ++i) EXPECT_EQ(token_digest(std::to_string(i)).size(), 50U);
}

}  // namespace
}  // namespace dockerext::observe
