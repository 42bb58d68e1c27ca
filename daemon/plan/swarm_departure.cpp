#include "plan/swarm_departure.hpp"

#include "plan/swarm_quorum.hpp"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

namespace dockerext::plan {

using namespace model;
using namespace std::chrono_literals;

namespace {

/// The engine tells nobody that it has become a worker.
constexpr auto look_at_demotion = 1s;

/// Apart from the membership, whose earlier failures and repairs delay no departure.
const Subject departure = part("swarm.departure");

std::string reason_of(const SwarmWork& work) {
    const std::string& reason = work.desired.departure.reason;
    return reason.empty() ? "to join again as a manager" : reason;
}

/// This node, as the swarm lists it; nullptr if that is unknown.
const ObservedNode* own_node(const SwarmWork& work) {
    const auto& nodes = work.observed.nodes;
    if (!nodes) return nullptr;
    const auto own = std::find_if(nodes->begin(), nodes->end(),
                                  [&](const ObservedNode& node) { return node.id == work.observed.node_id; });
    return own == nodes->end() ? nullptr : &*own;
}

void wait(SwarmWork& work, Held::Why why, const std::string& reason) {
    work.report(membership_part.name, PartState::pending, reason);
    work.hold(membership_part, why, reason, work.now + look_at_demotion);
}

/// Whether it may be tried now.
bool begin(SwarmWork& work, const std::string& doing) {
    const std::string failed = work.backing_off(departure);
    work.report(membership_part.name, failed.empty() ? PartState::pending : PartState::failed,
                failed.empty() ? doing : failed);
    const bool begins = !work.is_held(departure);
    if (begins) work.record.has_departed = true;
    return begins;
}

void leave(SwarmWork& work) {
    if (!begin(work, "leaving the swarm")) return;
    // A join that has not ended yet is given up; nothing is lost with it.
    work.add({.operation = LeaveSwarm{.force = work.observed.node_id.empty()},
              .subject = departure,
              .object = "the swarm",
              .reason = reason_of(work)});
}

void demote(SwarmWork& work, const ObservedNode& own) {
    if (!begin(work, "becoming a worker, to leave the swarm")) return;
    work.add(
        {.operation =
             UpdateNode{.id = own.id, .role = SwarmRole::worker, .availability = NodeAvailability::drain},
         .subject = departure,
         .object = node_name(own),
         .reason = "a worker without tasks can leave: " + reason_of(work)});
}

void leave_as_manager(SwarmWork& work) {
    const auto& nodes = work.observed.nodes;
    if (!nodes)
        return wait(
            work, Held::Why::unknown,
            "this manager cannot leave while the swarm cannot be changed: " + work.observed.nodes_error);
    const ObservedNode* const own = own_node(work);
    if (own == nullptr)
        return wait(work, Held::Why::unknown, "the swarm does not list this node, so it cannot leave now");
    if (own->role == SwarmRole::worker)
        return wait(work, Held::Why::unproven, "becoming a worker, to leave the swarm");
    if (const ObservedNode* const first = demotion_under_way(*nodes))
        return wait(work, Held::Why::unproven, node_name(*first) + " is being made a worker first");
    const std::string problem = demotion_problem(*nodes, own->id);
    if (problem.empty()) return demote(work, *own);
    work.fail_and_hold(membership_part, Held::Why::policy,
                       "this manager does not leave the swarm: " + problem +
                           "; `docker swarm leave --force` removes it all the same");
}

/// Its swarm is out of reach, or its engine is starting: only what is certain to be a worker of ours, or to
/// be no member yet, leaves.
void leave_while_pending(SwarmWork& work) {
    const SwarmRecord& record = work.record;
    const std::string& node = work.observed.node_id;
    const bool joins = node.empty() && record.doing == SwarmRecord::Doing::join;
    const bool is_own_worker =
        !work.observed.manager && work.role == SwarmRole::worker && !node.empty() && node == record.node;
    if (joins || is_own_worker) return leave(work);
    wait(work, Held::Why::unknown,
         "the engine tries to reach the managers of its swarm; after that it leaves");
}

}  // namespace

bool is_departing(const SwarmWork& work) {
    const Departure& announced = work.desired.departure;
    const bool is_called_off = announced.is_known && announced.reason.empty() && work.record.has_departed;
    const bool is_stranded = work.observed.state == LocalNodeState::active && !work.observed.manager &&
                             work.role == SwarmRole::manager;
    return !announced.reason.empty() || (is_called_off && is_stranded);
}

bool awaits_departure(SwarmWork& work) {
    if (work.desired.departure.is_known || !work.record.has_departed) return false;
    wait(work, Held::Why::unknown,
         "waiting for Azure's answer: this machine has begun to leave the swarm before its end, and joins "
         "again if it stays");
    return true;
}

bool is_departure_over(const SwarmWork& work) {
    if (work.role == SwarmRole::worker) return true;
    const ObservedNode* const own = own_node(work);
    return own != nullptr && own->role == SwarmRole::manager;
}

void plan_departure(SwarmWork& work) {
    work.is_member = false;
    switch (work.observed.state) {
    case LocalNodeState::inactive:
        work.record.doing = SwarmRecord::Doing::nothing;
        work.record.doing_since.reset();
        return work.report(membership_part.name, PartState::unmanaged, "in no swarm: " + reason_of(work));
    case LocalNodeState::pending: return leave_while_pending(work);
    case LocalNodeState::active: return work.observed.manager ? leave_as_manager(work) : leave(work);
    case LocalNodeState::locked:
    case LocalNodeState::error:
        return work.fail_and_hold(membership_part, Held::Why::failed,
                                  "this machine is " +
                                      std::string(work.observed.state == LocalNodeState::locked
                                                      ? "a locked manager"
                                                      : "a member of a swarm that it cannot take part in") +
                                      "; to take it out, run `docker swarm leave --force`");
    }
}

}  // namespace dockerext::plan
