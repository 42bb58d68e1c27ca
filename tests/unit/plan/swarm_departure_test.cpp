// A machine that is about to go leaves its swarm: rows 23 to 28 of the decision table (plan/README.md).
#include "plan/swarm_planner.hpp"

#include "swarm_scene.hpp"

#include <gtest/gtest.h>

namespace dockerext::plan {
namespace {

using namespace model;
using namespace std::chrono_literals;
using test::check_cases;
using test::SwarmCase;
using test::SwarmScene;

void depart(SwarmScene& scene) { scene.desired.departure = {.reason = "Azure is about to terminate it"}; }

const SwarmCase departures[] = {
    {"23: a worker",
     [](SwarmScene& scene) {
         scene.become_worker();
         depart(scene);
     },
     "[] -> 0 leave the swarm: Azure is about to terminate it\n"
     "swarm pending: leaving the swarm\n"},
    {"23: a worker that does not reach its managers",
     [](SwarmScene& scene) {
         scene.become_worker();
         scene.observed.state = LocalNodeState::pending;
         depart(scene);
     },
     "[] -> 0 leave the swarm: Azure is about to terminate it\n"
     "swarm pending: leaving the swarm\n"},
    {"24: a manager that can be spared",
     [](SwarmScene& scene) {
         scene.become_manager(4, 0, "m2");
         depart(scene);
     },
     "[] -> 0 update node own-host (own): a worker without tasks can leave: Azure is about to terminate it\n"
     "swarm pending: becoming a worker, to leave the swarm\n"},
    {"24: it becomes a worker",
     [](SwarmScene& scene) {
         scene.become_manager(4, 0, "m2");
         scene.node("own").role = SwarmRole::worker;
         depart(scene);
     },
     "swarm pending (unproven): becoming a worker, to leave the swarm\n"},
    {"24: another manager becomes a worker",
     [](SwarmScene& scene) {
         scene.become_manager(4, 0, "m2");
         scene.node("m3").role = SwarmRole::worker;
         depart(scene);
     },
     "swarm pending (unproven): m3-host (m3) is being made a worker first\n"},
    {"25: the last manager",
     [](SwarmScene& scene) {
         scene.become_manager(1, 3);
         depart(scene);
     },
     "swarm failed for good (policy): this manager does not leave the swarm: it is the only manager; `docker "
     "swarm leave --force` removes it all the same\n"},
    {"25: the others would be no quorum",
     [](SwarmScene& scene) {
         scene.become_manager(3, 0);
         scene.node("m2").state = NodeState::down;
         depart(scene);
     },
     "swarm failed for good (policy): this manager does not leave the swarm: the swarm would have 2 "
     "managers, 1 "
     "of them reachable, and a quorum is 2; `docker swarm leave --force` removes it all the same\n"},
    {"26: a manager without a quorum",
     [](SwarmScene& scene) {
         scene.become_manager(3, 0);
         scene.observed.nodes.reset();
         scene.observed.nodes_error = "no leader";
         depart(scene);
     },
     "swarm pending (unknown): this manager cannot leave while the swarm cannot be changed: no leader\n"},
    {"26: a locked manager",
     [](SwarmScene& scene) {
         scene.become_worker();
         scene.observed.state = LocalNodeState::locked;
         depart(scene);
     },
     "swarm failed for good (failed): this machine is a locked manager; to take it out, run `docker swarm "
     "leave "
     "--force`\n"},
    {"14: a member of another swarm",
     [](SwarmScene& scene) {
         scene.become_worker();
         scene.observed.node_id = "other";
         scene.observed.remote_managers = {"10.9.0.4:2377"};
         depart(scene);
     },
     "swarm failed for good (conflict): this machine is in a swarm with the managers 10.9.0.4:2377, and none "
     "of them is in swarm.managers; correct the settings, or take this machine out of that swarm with "
     "`docker swarm leave --force`, and dockerextd joins the other one (it leaves no swarm in order to "
     "join another)\n"},
    {"27: it has left",
     [](SwarmScene& scene) {
         scene.give_tokens();
         scene.history.record.has_departed = true;
         depart(scene);
     },
     "swarm unmanaged: in no swarm: Azure is about to terminate it\n"},
    {"27: it has left, and Azure has not answered since the daemon's start",
     [](SwarmScene& scene) {
         scene.give_tokens();
         scene.observed.answering = {test::manager_at("10.0.0.4")};
         scene.history.record.has_departed = true;
         scene.desired.departure.is_known = false;
     },
     "swarm pending (unknown): waiting for Azure's answer: this machine has begun to leave the swarm before "
     "its "
     "end, and joins again if it stays\n"},
    {"27: it leaves, and Azure has not answered since the daemon's start",
     [](SwarmScene& scene) {
         scene.become_manager(4, 0, "m2");
         scene.node("own").role = SwarmRole::worker;
         scene.history.record.has_departed = true;
         scene.desired.departure.is_known = false;
     },
     "swarm pending (unknown): waiting for Azure's answer: this machine has begun to leave the swarm before "
     "its "
     "end, and joins again if it stays\n"},
    {"28: a manager's departure is called off when it is a worker already",
     [](SwarmScene& scene) {
         scene.set_address("10.0.0.5");
         scene.become_worker();
         scene.history.record.has_departed = true;
     },
     "[] -> 0 leave the swarm: to join again as a manager\n"
     "swarm pending: leaving the swarm\n"},
    {"28: a worker's departure is called off",
     [](SwarmScene& scene) {
         scene.become_worker();
         scene.history.record.has_departed = true;
     },
     "swarm ok: worker\n"
     "swarm.node ok\n"},
    {"26: the engine of a manager is starting",
     [](SwarmScene& scene) {
         scene.set_address("10.0.0.5");
         scene.become_worker();
         scene.observed.state = LocalNodeState::pending;
         depart(scene);
     },
     "swarm pending (unknown): the engine tries to reach the managers of its swarm; after that it leaves\n"},
    {"26: pending in a swarm that is not known",
     [](SwarmScene& scene) {
         scene.become_worker();
         scene.observed.state = LocalNodeState::pending;
         scene.observed.node_id = "other";
         depart(scene);
     },
     "swarm pending (unknown): the engine tries to reach the managers of its swarm; after that it leaves\n"},
    {"9: Azure has not answered yet, and nothing was left",
     [](SwarmScene& scene) {
         scene.give_tokens();
         scene.observed.answering = {test::manager_at("10.0.0.4")};
         scene.desired.departure.is_known = false;
     },
     "[] -> 0 join swarm 10.0.0.4:2377: not in a swarm (role: (none) → worker)\n"
     "swarm pending: joining through 10.0.0.4:2377\n"},
    {"9: the machine stays after all",
     [](SwarmScene& scene) {
         scene.give_tokens();
         scene.observed.answering = {test::manager_at("10.0.0.4")};
         scene.history.record.has_departed = true;
     },
     "[] -> 0 join swarm 10.0.0.4:2377: not in a swarm (role: (none) → worker)\n"
     "swarm pending: joining through 10.0.0.4:2377\n"},
};

TEST(SwarmDeparture, IsPlannedAsTheTableSays) { check_cases(departures); }

TEST(SwarmDeparture, IsRememberedUntilTheMachineStays) {
    SwarmScene scene;
    scene.become_worker();
    depart(scene);
    EXPECT_TRUE(scene.plan().record.has_departed) << "on disk before the step";
    EXPECT_FALSE(scene.plan().is_member);
    scene.history.record = scene.plan().record;
    scene.desired.departure = {.is_known = false};
    EXPECT_TRUE(scene.plan().record.has_departed);
    scene.desired.departure = {};
    EXPECT_FALSE(scene.plan().record.has_departed);
}

TEST(SwarmDeparture, IsRememberedWhileADemotionMayStillEnd) {
    SwarmScene scene;
    scene.become_manager(3, 0);
    scene.history.record.has_departed = true;
    EXPECT_FALSE(scene.plan().record.has_departed);
    scene.node("own").role =
        SwarmRole::worker;  // called off too late: it may become a worker before this is undone
    EXPECT_TRUE(scene.plan().record.has_departed);
    scene.observed.nodes.reset();
    EXPECT_TRUE(scene.plan().record.has_departed);
}

TEST(SwarmDeparture, ForcesOnlyAJoinThatHasNotEnded) {
    SwarmScene scene;
    scene.become_worker();
    depart(scene);
    EXPECT_FALSE(std::get<LeaveSwarm>(scene.plan().plan.steps.at(0).operation).force);
    scene.observed.state = LocalNodeState::pending;
    scene.observed.node_id.clear();
    scene.history.record.doing = SwarmRecord::Doing::join;
    EXPECT_TRUE(std::get<LeaveSwarm>(scene.plan().plan.steps.at(0).operation).force);
}

}  // namespace
}  // namespace dockerext::plan
