#include "plan/swarm_planner.hpp"

#include "base/joined.hpp"
#include "model/join_token.hpp"
#include "plan/swarm_cluster.hpp"
#include "plan/swarm_departure.hpp"
#include "plan/swarm_down_nodes.hpp"
#include "plan/swarm_membership.hpp"
#include "plan/swarm_node.hpp"
#include "plan/swarm_quorum.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

namespace dockerext::plan {

using namespace model;

namespace {

/// Whether one of the swarm's managers, as the engine knows them, is one of the settings.
bool shares_manager(const SwarmWork& work) {
    const auto is_listed = [&](std::string_view host) {
        const auto& managers = work.desired.settings.managers;
        return std::any_of(managers.begin(), managers.end(),
                           [&](const TcpAddress& manager) { return manager.host == host; });
    };
    const auto& remote = work.observed.remote_managers;
    return is_listed(work.observed.node_address) ||
           std::any_of(remote.begin(), remote.end(), [&](const std::string& text) {
               const auto address = parse_tcp_address(text);
               return address && is_listed(address->host);
           });
}

/// Whether the settings' tokens are certain to be for a swarm with another root certificate.
bool has_foreign_token(const SwarmAccess& access, const ObservedCluster& cluster) {
    for (const Secret* const token : {&access.manager_token, &access.worker_token}) {
        const auto parsed = parse_join_token(token->reveal());
        if (parsed && !cluster.ca_digest.empty() && parsed->digest != cluster.ca_digest) return true;
    }
    return false;
}

/// Why the swarm that this machine is in is not the one of the settings; "" if it may be.
std::string other_swarm(const SwarmWork& work) {
    const SwarmRecord& record = work.record;
    const auto& cluster = work.observed.cluster;
    const std::string leave =
        "; correct the settings, or take this machine out of that swarm with `docker swarm leave --force`, "
        "and dockerextd joins the other one (it leaves no swarm in order to join another)";
    // What was begun here may have made it a member of a swarm that is not known yet.
    const bool is_begun = record.doing != SwarmRecord::Doing::nothing;
    const bool knows_cluster = cluster && !record.cluster.empty();
    if (!is_begun && knows_cluster && cluster->id != record.cluster)
        return "this machine was in swarm " + record.cluster + ", and is in swarm " + cluster->id + " now" +
               leave;
    const bool is_known = is_begun || knows_cluster || work.observed.node_id == record.node;
    if (!is_known && !shares_manager(work))
        return "this machine is in a swarm with the managers " + joined(work.observed.remote_managers, ", ") +
               ", and none of them is in swarm.managers" + leave;
    const bool is_certain = knows_cluster && is_departing(work);  // new tokens may come too late
    if (cluster && !is_certain && has_foreign_token(work.desired.access, *cluster))
        return "the join tokens of the settings are for another swarm, or are older than this swarm's "
               "certificate: deploy what `dockerextd swarm tokens` prints on a manager of the right swarm";
    return "";
}

/// Takes the membership as ours, whoever has brought it about.
void adopt(SwarmWork& work) {
    const bool is_begun = work.record.doing != SwarmRecord::Doing::nothing;
    const auto& cluster = work.observed.cluster;
    if (cluster && !work.record.cluster.empty() && work.record.cluster != cluster->id) {
        work.record.stack = {};  // it was of another swarm
        work.record.attempts.clear();
        work.record.logins.clear();
    }
    work.is_member = true;
    if (work.observed.cluster) work.record.cluster = work.observed.cluster->id;
    else if (is_begun) work.record.cluster.clear();
    work.record.node = work.observed.node_id;
    work.record.doing = SwarmRecord::Doing::nothing;
    work.record.doing_since.reset();
}

/// What of this node's membership is wrong, and stays so until the machine joins again.
std::string membership_warnings(const SwarmWork& work, const ObservedNode* leader) {
    const ObservedSwarm& observed = work.observed;
    const SwarmSettings& settings = work.desired.settings;
    const std::string& address = observed.node_address;
    std::vector<std::string> warnings;
    const auto wanted = swarm_addresses(settings, observed);
    if (!is_own_address(observed, address))
        warnings.push_back("the swarm knows this node at " + address +
                           ", which is no address of this machine: it has to leave the swarm and join again");
    else if (wanted && wanted->advertise != address)
        warnings.push_back("this node advertises " + address + ", and the settings ask for " +
                           wanted->advertise + ": it has to leave the swarm and join again for that");
    const std::string unreliable = wanted ? wanted->warning : address_warning(observed, address);
    if (!unreliable.empty()) warnings.push_back(unreliable);
    const std::string mismatch =
        leader == nullptr ? "" : engine_mismatch(observed.engine_version, leader->engine_version);
    if (!mismatch.empty()) warnings.push_back(mismatch);
    return joined(warnings, "; ");
}

void report_member(SwarmWork& work, const std::string& what, const ObservedNode* leader = nullptr) {
    const std::string warnings = membership_warnings(work, leader);
    work.report(membership_part.name, PartState::ok, what + (warnings.empty() ? "" : "; " + warnings));
}

std::string counted(std::ptrdiff_t count, const std::string& what) {
    return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

/// "manager (leader) of 3 managers and 2 workers".
std::string manager_text(const std::vector<ObservedNode>& nodes, bool leads) {
    const auto managers = std::count_if(nodes.begin(), nodes.end(), is_manager);
    return std::string(leads ? "manager (leader)" : "manager") + " of " + counted(managers, "manager") +
           " and " + counted(std::ssize(nodes) - managers, "worker");
}

/// Of a manager that has nothing to say without the other ones: it can neither see nor change anything, and
/// what was so before still runs.
void hold_unknown_nodes(SwarmWork& work) {
    const std::string why =
        "manager, but the swarm cannot be seen or changed now: " + work.observed.nodes_error;
    work.report(membership_part.name, PartState::pending, why);
    work.hold(membership_part, Held::Why::unknown, why);
}

void maintain_manager(SwarmWork& work, const std::vector<ObservedNode>& nodes) {
    const auto find = [&](const auto& matches) {
        const auto found = std::find_if(nodes.begin(), nodes.end(), matches);
        return found == nodes.end() ? nullptr : &*found;
    };
    const ObservedNode* const leader = find([](const ObservedNode& node) { return node.leader; });
    const ObservedNode* const own = find([&](const auto& node) { return node.id == work.observed.node_id; });
    const bool leads = own != nullptr && own == leader;
    report_member(work, manager_text(nodes, leads), leader);
    track_down_nodes(work, nodes, leads);
    if (own != nullptr) plan_own_node(work, nodes, *own);
    if (!leads) return;
    remove_down_nodes(work, nodes);
    plan_cluster(work);
}

void maintain_membership(SwarmWork& work) {
    const std::string why = other_swarm(work);
    if (!why.empty()) return work.fail_and_hold(membership_part, Held::Why::conflict, why);
    adopt(work);
    if (is_departing(work)) return plan_departure(work);
    if (awaits_departure(work)) return;
    if (is_departure_over(work)) work.record.has_departed = false;
    if (!work.observed.manager) {
        report_member(work, "worker");
        report_worker(work);
    } else if (work.observed.nodes) maintain_manager(work, *work.observed.nodes);
    else hold_unknown_nodes(work);
}

}  // namespace

bool has_token(const SwarmAccess& access) {
    return !access.worker_token.reveal().empty() || !access.manager_token.reveal().empty();
}

SwarmPlan plan_swarm(const SwarmDesired& desired, const ObservedSwarm& observed, const SwarmHistory& history,
                     SteadyTime now, WallTime wall_now) {
    SwarmWork work{{history.failure_records, now},         desired, observed, history, wall_now,
                   wanted_role(desired.settings, observed)};
    work.record.had_tokens = work.record.had_tokens || has_token(desired.access);
    if (observed.state == LocalNodeState::active) maintain_membership(work);
    else if (is_departing(work)) plan_departure(work);
    else if (observed.state != LocalNodeState::inactive || !awaits_departure(work)) plan_membership(work);
    return {std::move(work.plan), std::move(work.parts), std::move(work.record), work.is_member,
            work.nobody_answers};
}

std::optional<PartStatus> left_membership(const ObservedSwarm& observed, const SwarmRecord& record) {
    if (observed.state == LocalNodeState::inactive || record.node.empty()) return std::nullopt;
    const std::string demote =
        observed.manager ? "first `docker node demote " + observed.node_id + "` on another manager, then "
                         : "";
    return PartStatus{membership_part.name, PartState::unmanaged,
                      std::string("still a ") + (observed.manager ? "manager" : "worker") +
                          " of a swarm; to take this machine out of it, run " + demote +
                          "`docker swarm leave` here"};
}

}  // namespace dockerext::plan
