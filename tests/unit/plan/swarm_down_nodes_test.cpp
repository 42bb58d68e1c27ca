// Nodes that are down, row 21 of the decision table (plan/README.md).
#include "plan/swarm_planner.hpp"

#include "swarm_scene.hpp"

#include <gtest/gtest.h>

namespace dockerext::plan {
namespace {

using namespace model;
using namespace std::chrono_literals;
using test::check_cases;
using test::swarm_noon;
using test::SwarmCase;
using test::SwarmScene;

const SwarmCase down_nodes[] = {
    {"21: down for too short a time",
     [](SwarmScene& scene) {
         scene.become_manager(1, 1);
         scene.desired.settings.forget_after = 1h;
         scene.node("w1").state = NodeState::down;
         scene.history.record.down_since = {{"w1", swarm_noon - 59min}};
     },
     "swarm ok: manager (leader) of 1 manager and 1 worker\n"
     "swarm.node ok\n"
     "swarm.cluster ok\n"},
    {"21: down for longer",
     [](SwarmScene& scene) {
         scene.become_manager(1, 2);
         scene.desired.settings.forget_after = 1h;
         for (const char* id : {"w1", "w2"}) scene.node(id).state = NodeState::down;
         scene.history.record.down_since = {{"w1", swarm_noon - 60min}, {"w2", swarm_noon - 61min}};
     },
     "[] -> 0 remove node w1-host (w1): down since 2024-10-03T23:00:00.000Z, longer than swarm.forget-after\n"
     "[] -> 1 remove node w2-host (w2): down since 2024-10-03T22:59:00.000Z, longer than swarm.forget-after\n"
     "swarm ok: manager (leader) of 1 manager and 2 workers\n"
     "swarm.node ok\n"
     "swarm.cluster ok\n"},
    {"21: down for longer, without forget-after",
     [](SwarmScene& scene) {
         scene.become_manager(1, 1);
         scene.node("w1").state = NodeState::down;
         scene.history.record.down_since = {{"w1", swarm_noon - 600h}};
     },
     "swarm ok: manager (leader) of 1 manager and 1 worker\n"
     "swarm.node ok\n"
     "swarm.cluster ok\n"},
    {"21: at a manager that does not lead",
     [](SwarmScene& scene) {
         scene.become_manager(3, 1, "m2");
         scene.desired.settings.forget_after = 1h;
         scene.node("w1").state = NodeState::down;
         scene.history.record.down_since = {{"w1", swarm_noon - 2h}};
     },
     "swarm ok: manager of 3 managers and 1 worker\n"
     "swarm.node ok\n"},
    {"21: a removal that failed",
     [](SwarmScene& scene) {
         scene.become_manager(1, 2);
         scene.desired.settings.forget_after = 1h;
         for (const char* id : {"w1", "w2"}) scene.node(id).state = NodeState::down;
         scene.history.record.down_since = {{"w1", swarm_noon - 2h}, {"w2", swarm_noon - 2h}};
         scene.history.failure_records[{Subject::Kind::part, "swarm.node.w1"}] = {
             .failures = 1, .last_error = "remove node: refused", .next_attempt = SteadyTime{} + 2s};
     },
     "[] -> 0 remove node w2-host (w2): down since 2024-10-03T22:00:00.000Z, longer than swarm.forget-after\n"
     "held part swarm.node.w1: backoff: remove node: refused\n"
     "swarm ok: manager (leader) of 1 manager and 2 workers\n"
     "swarm.node ok\n"
     "swarm.cluster unmanaged: w1-host (w1) is not removed yet: remove node: refused\n"},
    {"21: two managers, one after the other",
     [](SwarmScene& scene) {
         scene.become_manager(5, 0);
         scene.desired.settings.forget_after = 1h;
         for (const char* id : {"m2", "m3"}) {
             scene.node(id).state = NodeState::down;
             scene.node(id).reachable = false;
             scene.history.record.down_since[id] = swarm_noon - 2h;
         }
     },
     "[] -> 0 update node m2-host (m2): down since 2024-10-03T22:00:00.000Z, longer than swarm.forget-after "
     "(role: manager → worker)\n"
     "swarm ok: manager (leader) of 5 managers and 0 workers\n"
     "swarm.node ok\n"
     "swarm.cluster ok\n"},
    {"21: a manager that has become a worker",
     [](SwarmScene& scene) {
         scene.become_manager(3, 1);
         scene.desired.settings.forget_after = 1h;
         scene.node("w1").state = NodeState::down;
         scene.node("m3").role = SwarmRole::worker;
         scene.node("m3").state = NodeState::down;
         scene.history.record.down_since = {{"m3", swarm_noon - 2h}, {"w1", swarm_noon - 2h}};
     },
     "[] -> 0 remove node w1-host (w1): down since 2024-10-03T22:00:00.000Z, longer than swarm.forget-after\n"
     "swarm ok: manager (leader) of 3 managers and 1 worker\n"
     "swarm.node ok\n"
     "swarm.cluster ok\n"},
    {"21: a manager without which there is no quorum",
     [](SwarmScene& scene) {
         scene.become_manager(4, 0);
         scene.desired.settings.forget_after = 1h;
         for (const char* id : {"m3", "m4"}) {
             scene.node(id).state = NodeState::down;
             scene.history.record.down_since[id] = swarm_noon - 2h;
         }
     },
     "held part swarm.node.m3: policy: m3-host (m3) stays: down since 2024-10-03T22:00:00.000Z, longer than "
     "swarm.forget-after, but the swarm has 4 managers, 2 of them reachable, and a quorum is 3\n"
     "held part swarm.node.m4: policy: m4-host (m4) stays: down since 2024-10-03T22:00:00.000Z, longer than "
     "swarm.forget-after, but the swarm has 4 managers, 2 of them reachable, and a quorum is 3\n"
     "swarm ok: manager (leader) of 4 managers and 0 workers\n"
     "swarm.node ok\n"
     "swarm.cluster unmanaged: m3-host (m3) stays: down since 2024-10-03T22:00:00.000Z, longer than "
     "swarm.forget-after, but the swarm has 4 managers, 2 of them reachable, and a quorum is 3; m4-host (m4) "
     "stays: down since 2024-10-03T22:00:00.000Z, longer than swarm.forget-after, but the swarm has 4 "
     "managers, 2 of them reachable, and a quorum is 3\n"},
    {"21: the entry that a reimaged manager has left",
     [](SwarmScene& scene) {
         scene.become_manager(4, 0);
         scene.desired.settings.forget_after = 1h;
         scene.node("m2").state = NodeState::down;
         scene.node("m4").manager_address = scene.node("m2").manager_address;
         scene.node("m4").created_at = swarm_noon;
     },
     "[] -> 0 update node m2-host (m2): the same machine has joined anew as m4-host (m4) (role: manager → "
     "worker)\n"
     "swarm ok: manager (leader) of 4 managers and 0 workers\n"
     "swarm.node ok\n"
     "swarm.cluster ok\n"},
    {"21: the entry that a reimaged worker has left",
     [](SwarmScene& scene) {
         scene.become_manager(1, 2);
         scene.desired.settings.forget_after = 1h;
         scene.node("w1").state = NodeState::down;
         scene.node("w2").hostname = scene.node("w1").hostname;
         scene.node("w2").address = scene.node("w1").address;
         scene.node("w2").created_at = swarm_noon;
     },
     "[] -> 0 remove node w1-host (w1): the same machine has joined anew as w1-host (w2)\n"
     "swarm ok: manager (leader) of 1 manager and 2 workers\n"
     "swarm.node ok\n"
     "swarm.cluster ok\n"},
    {"21: the same, without forget-after",
     [](SwarmScene& scene) {
         scene.become_manager(1, 2);
         scene.node("w1").state = NodeState::down;
         scene.node("w2").hostname = scene.node("w1").hostname;
         scene.node("w2").address = scene.node("w1").address;
         scene.node("w2").created_at = swarm_noon;
     },
     "swarm ok: manager (leader) of 1 manager and 2 workers\n"
     "swarm.node ok\n"
     "swarm.cluster unmanaged: w1-host (w1) stays in the list, though the same machine has joined anew as "
     "w1-host (w2): remove it with `docker node rm`, or set swarm.forget-after\n"},
    {"21: machines of one name without a known address",
     [](SwarmScene& scene) {
         scene.become_manager(1, 2);
         scene.desired.settings.forget_after = 1h;
         scene.node("w1").state = NodeState::down;
         scene.node("w2").hostname = scene.node("w1").hostname;
         scene.node("w1").address = scene.node("w2").address = "0.0.0.0";
         scene.node("w2").created_at = swarm_noon;
     },
     "swarm ok: manager (leader) of 1 manager and 2 workers\n"
     "swarm.node ok\n"
     "swarm.cluster ok\n"},
    {"21: this node itself, as others may see it",
     [](SwarmScene& scene) {
         scene.become_manager(3, 0);
         scene.desired.settings.forget_after = 1h;
         scene.node("own").state = NodeState::down;
         scene.history.record.down_since = {{"own", swarm_noon - 2h}};
     },
     "swarm ok: manager (leader) of 3 managers and 0 workers\n"
     "swarm.node ok\n"
     "swarm.cluster ok\n"},
    {"21: this node becomes a worker first",
     [](SwarmScene& scene) {
         scene.become_manager(5, 0);
         scene.desired.settings.role = SwarmRole::worker;
         scene.desired.settings.forget_after = 1h;
         scene.node("m2").state = NodeState::down;
         scene.history.record.down_since = {{"m2", swarm_noon - 2h}};
     },
     "[] -> 0 update node own-host (own): role changed (role: manager → worker)\n"
     "swarm ok: manager (leader) of 5 managers and 0 workers\n"
     "swarm.node pending: changing role\n"
     "swarm.cluster ok\n"},
};

TEST(SwarmDownNodes, TheLeaderRemovesThem) { check_cases(down_nodes); }

}  // namespace
}  // namespace dockerext::plan
