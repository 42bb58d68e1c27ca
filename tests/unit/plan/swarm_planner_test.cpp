// What a member of the swarm does: one case or more for each of the rows 14 to 20 and 22 of the decision
// table (plan/README.md), with the plan and the parts as people read them.
#include "plan/swarm_planner.hpp"

#include "swarm_scene.hpp"

#include <gtest/gtest.h>

namespace dockerext::plan {
namespace {

using namespace model;
using namespace std::chrono_literals;
using test::check_cases;
using test::swarm_token;
using test::SwarmCase;
using test::SwarmScene;

const SwarmCase members[] = {
    {"14: another swarm than before",
     [](SwarmScene& scene) {
         scene.become_manager(1, 0);
         scene.history.record.cluster = "former";
     },
     "swarm failed for good (conflict): this machine was in swarm former, and is in swarm cluster now; "
     "correct the settings, or take this machine out of that swarm with `docker swarm leave --force`, and "
     "dockerextd joins the other one (it leaves no swarm in order to join another)\n"},
    {"14: tokens of another swarm",
     [](SwarmScene& scene) {
         scene.become_manager(1, 0);
         scene.desired.access.worker_token = swarm_token('x', 'w');
     },
     "swarm failed for good (conflict): the join tokens of the settings are for another swarm, or are older "
     "than this swarm's certificate: deploy what `dockerextd swarm tokens` prints on a manager of the right "
     "swarm\n"},
    {"14: a swarm with other managers",
     [](SwarmScene& scene) {
         scene.become_worker();
         scene.observed.node_id = "other";
         scene.observed.remote_managers = {"10.9.0.4:2377"};
     },
     "swarm failed for good (conflict): this machine is in a swarm with the managers 10.9.0.4:2377, and none "
     "of them is in swarm.managers; correct the settings, or take this machine out of that swarm with "
     "`docker swarm leave --force`, and dockerextd joins the other one (it leaves no swarm in order to "
     "join another)\n"},
    {"15: somebody else has made it a member",
     [](SwarmScene& scene) {
         scene.become_worker();
         scene.history.record = {};
     },
     "swarm ok: worker\n"
     "swarm.node ok\n"},
    {"a worker", [](SwarmScene& scene) { scene.become_worker(); },
     "swarm ok: worker\n"
     "swarm.node ok\n"},
    {"a manager that leads", [](SwarmScene& scene) { scene.become_manager(3, 2); },
     "swarm ok: manager (leader) of 3 managers and 2 workers\n"
     "swarm.node ok\n"
     "swarm.cluster ok\n"},
    {"a manager that does not", [](SwarmScene& scene) { scene.become_manager(2, 1, "m2"); },
     "swarm ok: manager of 2 managers and 1 worker\n"
     "swarm.node ok\n"},
    {"16: to be a worker",
     [](SwarmScene& scene) {
         scene.become_manager(3, 0);
         scene.desired.settings.managers.erase(scene.desired.settings.managers.begin());
     },
     "[] -> 0 update node own-host (own): role changed (role: manager → worker)\n"
     "swarm ok: manager (leader) of 3 managers and 0 workers\n"
     "swarm.node pending: changing role\n"
     "swarm.cluster ok\n"},
    {"16: to be a worker, but it is the last manager",
     [](SwarmScene& scene) {
         scene.become_manager(1, 2);
         scene.desired.settings.role = SwarmRole::worker;
     },
     "swarm ok: manager (leader) of 1 manager and 2 workers\n"
     "swarm.node failed (policy): not made a worker: it is the only manager; more managers must be reachable "
     "first\n"
     "swarm.cluster ok\n"},
    {"16: to be a worker, but that would end the quorum",
     [](SwarmScene& scene) {
         scene.become_manager(3, 0);
         scene.desired.settings.role = SwarmRole::worker;
         scene.node("m3").reachable = false;
     },
     "swarm ok: manager (leader) of 3 managers and 0 workers\n"
     "swarm.node failed (policy): not made a worker: the swarm would have 2 managers, 1 of them reachable, "
     "and a quorum is 2; more managers must be reachable first\n"
     "swarm.cluster ok\n"},
    {"16: to be a worker, after another one",
     [](SwarmScene& scene) {
         scene.become_manager(3, 0);
         scene.desired.settings.role = SwarmRole::worker;
         scene.node("m3").role = SwarmRole::worker;
     },
     "swarm ok: manager (leader) of 3 managers and 0 workers\n"
     "swarm.node pending (unproven): not made a worker: m3-host (m3) is being made a worker first\n"
     "swarm.cluster ok\n"},
    {"16: becoming a worker",
     [](SwarmScene& scene) {
         scene.become_manager(3, 0);
         scene.desired.settings.role = SwarmRole::worker;
         scene.node("own").role = SwarmRole::worker;
     },
     "swarm ok: manager (leader) of 3 managers and 0 workers\n"
     "swarm.node pending: becoming a worker\n"
     "swarm.cluster ok\n"},
    {"17: to be a manager",
     [](SwarmScene& scene) {
         scene.become_worker();
         scene.desired.settings.role = SwarmRole::manager;
     },
     "swarm ok: worker\n"
     "swarm.node failed (policy): this node is a worker, and only a manager can change that: run `docker "
     "node promote own` on a manager\n"},
    {"18: availability and labels",
     [](SwarmScene& scene) {
         scene.become_manager(1, 0);
         scene.desired.settings.availability = NodeAvailability::drain;
         scene.desired.settings.labels = {{"zone", "1"}, {"disk", "ssd"}};
         scene.node("own").labels = {{"zone", "2"}, {"old", "x"}, {"foreign", "x"}};
         scene.history.record.labels = {"zone", "old"};
     },
     "[] -> 0 update node own-host (own): availability, labels.disk, labels.zone, labels.old changed "
     "(availability: active → drain; labels.disk: (none) → ssd; labels.zone: 2 → 1; labels.old: x → (none))\n"
     "swarm ok: manager (leader) of 1 manager and 0 workers\n"
     "swarm.node pending: changing availability, labels.disk, labels.zone, labels.old\n"
     "swarm.cluster ok\n"},
    {"18: demoted by hand",
     [](SwarmScene& scene) {
         scene.become_manager(3, 0);
         scene.node("own").role = SwarmRole::worker;
     },
     "[] -> 0 update node own-host (own): role changed (role: worker → manager)\n"
     "swarm ok: manager (leader) of 3 managers and 0 workers\n"
     "swarm.node pending: changing role\n"
     "swarm.cluster ok\n"},
    {"18: a label that cannot be set",
     [](SwarmScene& scene) {
         scene.become_manager(1, 0);
         scene.desired.settings.labels = {{"zone", "1"}};
         scene.history.failure_records[{Subject::Kind::part, "swarm.node"}] = {
             .failures = 1, .last_error = "update node: refused", .next_attempt = SteadyTime{} + 2s};
     },
     "swarm ok: manager (leader) of 1 manager and 0 workers\n"
     "swarm.node failed (backoff): update node: refused\n"
     "swarm.cluster ok\n"},
    {"19: what a worker cannot do",
     [](SwarmScene& scene) {
         scene.become_worker();
         scene.desired.settings.availability = NodeAvailability::drain;
         scene.desired.settings.labels = {{"zone", "1"}};
     },
     "swarm ok: worker\n"
     "swarm.node unmanaged: only a manager sees and changes a worker's availability and labels: run `docker "
     "node update --availability drain --label-add zone=1 own` on a manager\n"},
    {"20: settings of the swarm",
     [](SwarmScene& scene) {
         scene.become_manager(1, 0);
         scene.desired.settings.autolock = true;
         scene.desired.settings.task_history = 3;
     },
     "[] -> 0 update the swarm: autolock, task-history changed (autolock: false → true; task-history: 5 → "
     "3)\n"
     "swarm ok: manager (leader) of 1 manager and 0 workers\n"
     "swarm.node ok\n"
     "swarm.cluster pending: changing autolock, task-history\n"},
    {"20: settings of the swarm, at a manager that does not lead",
     [](SwarmScene& scene) {
         scene.become_manager(3, 0, "m2");
         scene.desired.settings.autolock = true;
     },
     "swarm ok: manager of 3 managers and 0 workers\n"
     "swarm.node ok\n"},
    {"20: what stays as it was initialized",
     [](SwarmScene& scene) {
         scene.become_manager(1, 0);
         scene.desired.settings.address_pools = {"10.30.0.0/16", "10.20.0.1/16"};
         scene.desired.settings.subnet_size = 26;
         scene.desired.settings.advertise = "10.0.0.8";
         scene.observed.addresses.push_back({"eth0", "10.0.0.8", false});
     },
     "swarm ok: manager (leader) of 1 manager and 0 workers; this node advertises 10.0.0.4, and the settings "
     "ask for 10.0.0.8: it has to leave the swarm and join again for that; 10.0.0.8 is not the primary "
     "address of eth0, so overlay networks may lose traffic: advertise the primary one\n"
     "swarm.node ok\n"
     "swarm.cluster unmanaged: swarm.address-pool applies only when a swarm is initialized: this one has "
     "10.0.0.0/8 in networks of /24, the settings ask for 10.20.0.0/16, 10.30.0.0/16 in networks of /26\n"},
    {"20: the same pools",
     [](SwarmScene& scene) {
         scene.become_manager(1, 0);
         scene.desired.settings.address_pools = {"10.30.0.0/16", "10.20.0.1/16"};
         scene.observed.cluster->address_pools = {"10.20.0.0/16", "10.30.0.0/16"};
     },
     "swarm ok: manager (leader) of 1 manager and 0 workers\n"
     "swarm.node ok\n"
     "swarm.cluster ok\n"},
    {"22: no quorum",
     [](SwarmScene& scene) {
         scene.become_manager(3, 0);
         scene.observed.nodes.reset();
         scene.observed.nodes_error = "no quorum of managers answers";
         scene.desired.settings.labels = {{"zone", "1"}};
     },
     "swarm pending (unknown): manager, but the swarm cannot be seen or changed now: no quorum of managers "
     "answers\n"},
    {"an address that overlay networks cannot rely on",
     [](SwarmScene& scene) {
         scene.become_worker();
         scene.observed.addresses.front().primary = false;
     },
     "swarm ok: worker; 10.0.0.9 is not the primary address of eth0, so overlay networks may lose traffic: "
     "advertise the primary one\n"
     "swarm.node ok\n"},
    {"an address that is gone",
     [](SwarmScene& scene) {
         scene.become_worker();
         scene.set_address("10.0.0.77");
     },
     "swarm ok: worker; the swarm knows this node at 10.0.0.9, which is no address of this machine: it has "
     "to leave the swarm and join again\n"
     "swarm.node ok\n"},
    {"an engine that managers of this swarm cannot have",
     [](SwarmScene& scene) {
         scene.become_manager(3, 0, "m2");
         scene.observed.engine_version = "26.1.5";
     },
     "swarm ok: manager of 3 managers and 0 workers; a manager with engine 26.1.5 cannot take part in a "
     "swarm led by engine 20.10.24: it would show as reachable, never replicate, and could stop all writes "
     "(etcd#13741); upgrade the other managers first, or make this machine a worker\n"
     "swarm.node ok\n"},
};

TEST(SwarmPlanner, KeepsAMemberAsTheSettingsAsk) { check_cases(members); }

/// A certificate that is being rotated says nothing about tokens.
TEST(SwarmPlanner, ComparesTokensOnlyWithAKnownCertificate) {
    SwarmScene scene;
    scene.become_manager(1, 0);
    scene.desired.access.worker_token = swarm_token('x', 'w');
    scene.observed.cluster->ca_digest.clear();
    EXPECT_EQ(scene.plan().parts.at(0).state, PartState::ok);
}

TEST(SwarmPlanner, SaysWhatStaysWithoutSettings) {
    SwarmScene scene;
    EXPECT_FALSE(left_membership(scene.observed, scene.history.record));
    scene.become_manager(2, 0);
    const auto left = left_membership(scene.observed, scene.history.record);
    ASSERT_TRUE(left);
    EXPECT_EQ(left->state, PartState::unmanaged);
    EXPECT_EQ(
        left->message,
        "still a manager of a swarm; to take this machine out of it, run first `docker node demote own` on "
        "another manager, then `docker swarm leave` here");
    scene.observed.manager = false;
    EXPECT_EQ(left_membership(scene.observed, scene.history.record)->message,
              "still a worker of a swarm; to take this machine out of it, run `docker swarm leave` here");
    EXPECT_FALSE(left_membership(scene.observed, {})) << "not through us";
}

}  // namespace
}  // namespace dockerext::plan
