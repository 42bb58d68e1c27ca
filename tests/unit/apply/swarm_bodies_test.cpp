#include "apply/swarm_bodies.hpp"

#include <gtest/gtest.h>

namespace dockerext::apply {
namespace {

using model::InitSwarm;
using model::JoinSwarm;
using model::NodeAvailability;
using model::SwarmRole;
using model::UpdateNode;
using model::UpdateSwarm;

TEST(SwarmBodies, OfAnInitNameOnlyWhatIsSet) {
    const InitSwarm least{.advertise = "10.0.0.4", .listen = "0.0.0.0:2377"};
    EXPECT_EQ(init_swarm_body(least),
              R"({"ListenAddr":"0.0.0.0:2377","AdvertiseAddr":"10.0.0.4","AutoLockManagers":false,)"
              R"("Availability":"active","Spec":{"EncryptionConfig":{"AutoLockManagers":false}}})");
}

TEST(SwarmBodies, OfAnInitNameEverything) {
    const InitSwarm most{.advertise = "10.0.0.4",
                         .listen = "10.0.0.4:2377",
                         .data_path = "10.1.0.4",
                         .data_path_port = std::uint16_t{4790},
                         .address_pools = {"10.20.0.0/16", "10.30.0.0/16"},
                         .subnet_size = 26,
                         .task_history = 0,
                         .autolock = true,
                         .availability = NodeAvailability::drain,
                         .force_new_cluster = true};
    EXPECT_EQ(init_swarm_body(most),
              R"({"ListenAddr":"10.0.0.4:2377","AdvertiseAddr":"10.0.0.4","DataPathAddr":"10.1.0.4",)"
              R"("DataPathPort":4790,"DefaultAddrPool":["10.20.0.0/16","10.30.0.0/16"],"SubnetSize":26,)"
              R"("ForceNewCluster":true,"AutoLockManagers":true,"Availability":"drain","Spec":{)"
              R"("EncryptionConfig":{"AutoLockManagers":true},)"
              R"("Orchestration":{"TaskHistoryRetentionLimit":0}}})");
}

TEST(SwarmBodies, OfAnInitWithPoolsNameTheSizeOfSubnets) {
    EXPECT_NE(init_swarm_body({.address_pools = {"10.20.0.0/16"}}).find(R"("SubnetSize":24)"),
              std::string::npos);
}

TEST(SwarmBodies, OfAJoinNameOneManager) {
    JoinSwarm join{.manager = {"fd00::4", 2377},
                   .token = Secret("SWMTKN-1-a-b"),
                   .advertise = "fd00::5",
                   .listen = "[::]:2377",
                   .availability = NodeAvailability::pause};
    EXPECT_EQ(join_swarm_body(join).reveal(),
              R"({"RemoteAddrs":["[fd00::4]:2377"],"JoinToken":"SWMTKN-1-a-b","ListenAddr":"[::]:2377",)"
              R"("AdvertiseAddr":"fd00::5","Availability":"pause"})");
    join.data_path = "fd01::5";
    EXPECT_NE(join_swarm_body(join).reveal().find(R"("DataPathAddr":"fd01::5")"), std::string_view::npos);
}

TEST(ChangedSpec, OfANodeKeepsWhatTheUpdateDoesNotName) {
    constexpr std::string_view spec =
        R"({"Name":"n","Labels":{"theirs":"1","zone":"1","gone":"x"},"Role":"worker","Availability":"active"})";
    const std::pair<UpdateNode, std::string_view> cases[] = {
        {{}, spec},
        {{.role = SwarmRole::manager},
         R"({"Name":"n","Labels":{"theirs":"1","zone":"1","gone":"x"},"Role":"manager",)"
         R"("Availability":"active"})"},
        {{.availability = NodeAvailability::drain,
          .labels = {{"zone", "2"}, {"disk", "ssd"}},
          .removed_labels = {"gone", "never there"}},
         R"({"Name":"n","Labels":{"theirs":"1","zone":"2","disk":"ssd"},"Role":"worker",)"
         R"("Availability":"drain"})"},
    };
    for (const auto& [update, changed] : cases) EXPECT_EQ(changed_spec(spec, update).value(), changed);
    EXPECT_EQ(changed_spec(R"({"Labels":null,"Role":"worker"})", UpdateNode{.labels = {{"a", "b"}}}).value(),
              R"({"Labels":{"a":"b"},"Role":"worker"})");
}

TEST(ChangedSpec, OfASwarmKeepsWhatTheUpdateDoesNotName) {
    constexpr std::string_view spec =
        R"({"Name":"default","Labels":{},"Orchestration":{"TaskHistoryRetentionLimit":5},"Raft":{)"
        R"("SnapshotInterval":10000},"Dispatcher":{"HeartbeatPeriod":5000000000},"TaskDefaults":{},)"
        R"("EncryptionConfig":{"AutoLockManagers":false}})";
    EXPECT_EQ(changed_spec(spec, UpdateSwarm{}).value(), spec);
    EXPECT_EQ(changed_spec(spec, UpdateSwarm{.autolock = true, .task_history = 2}).value(),
              R"({"Name":"default","Labels":{},"Orchestration":{"TaskHistoryRetentionLimit":2},"Raft":{)"
              R"("SnapshotInterval":10000},"Dispatcher":{"HeartbeatPeriod":5000000000},"TaskDefaults":{},)"
              R"("EncryptionConfig":{"AutoLockManagers":true}})");
    EXPECT_EQ(changed_spec(R"({"Orchestration":{}})", UpdateSwarm{.task_history = 2}).value(),
              R"({"Orchestration":{"TaskHistoryRetentionLimit":2}})");
}

TEST(ChangedSpec, NeedsASpec) { EXPECT_FALSE(changed_spec("{", UpdateSwarm{})); }

}  // namespace
}  // namespace dockerext::apply
