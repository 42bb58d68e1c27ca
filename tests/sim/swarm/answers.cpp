#include "swarm/answers.hpp"

#include "base/iso_time.hpp"
#include "docker/json.hpp"
#include "docker/request.hpp"
#include "schedule.hpp"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

namespace dockerext::sim {
namespace {

using namespace std::chrono_literals;
using json::string_text;
using Reply = std::function<void(HttpResponse)>;

constexpr Duration until_timeout = 20s;  ///< of the call that joins; the engine goes on by itself
constexpr const char* cluster_spec =
    R"({"EncryptionConfig":{"AutoLockManagers":false},"Orchestration":{"TaskHistoryRetentionLimit":5}})";

std::string address_of(const Swarms& swarms, const Swarms::Member& member) {
    return swarms.machines[member.machine].address;
}

std::string managers_text(const Swarms& swarms, const Swarms::Cluster& cluster) {
    std::string list;
    for (const Swarms::Member& member : cluster.members) {
        if (!member.in_raft) continue;
        list += (list.empty() ? "" : ",") + ("{\"NodeID\":" + string_text(member.id)) +
                ",\"Addr\":" + string_text(address_of(swarms, member) + ":2377") + "}";
    }
    return "[" + list + "]";
}

std::string cluster_text(const Swarms::Cluster& cluster) {
    return "{\"ID\":" + string_text(cluster.id) + R"(,"Version":{"Index":1},"Spec":)" + cluster_spec +
           ",\"TLSInfo\":{\"TrustRoot\":" + string_text(cluster.trust_root) +
           R"(},"RootRotationInProgress":false,"DefaultAddrPool":["10.0.0.0/8"],"SubnetSize":24})";
}

std::string info_text(Swarms& swarms, std::size_t machine) {
    const Swarms::Machine& asked = swarms.machines[machine];
    std::string text =
        "{\"LocalNodeState\":" + string_text(asked.state) + ",\"NodeID\":" + string_text(asked.node);
    if (!asked.node.empty()) {
        const bool manages = swarms.is_manager(machine);
        text += ",\"NodeAddr\":" + string_text(asked.address) +
                ",\"ControlAvailable\":" + (manages ? "true" : "false") +
                ",\"RemoteManagers\":" + managers_text(swarms, swarms.clusters[asked.cluster]);
        const Swarms::Cluster* const cluster = swarms.led_by_somebody(machine);
        if (cluster != nullptr) text += ",\"Cluster\":" + cluster_text(*cluster);
    }
    return R"({"LoggingDriver":"json-file","DefaultRuntime":"runc","DockerRootDir":"/var/lib/docker",)"
           R"("ServerVersion":"20.10.24","Swarm":)" +
           text + "}}";
}

std::string spec_text(const Swarms::Member& member) {
    return "{\"Role\":" + string_text(member.role) + ",\"Availability\":" + string_text(member.availability) +
           ",\"Labels\":" + json::text_of(member.labels) + "}";
}

std::string node_text(const Swarms& swarms, const Swarms::Cluster& cluster, const Swarms::Member& member) {
    const std::string address = address_of(swarms, member);
    std::string text =
        "{\"ID\":" + string_text(member.id) + ",\"Version\":{\"Index\":" + std::to_string(member.version) +
        "},\"CreatedAt\":" + string_text(iso_time(member.created_at)) + ",\"Spec\":" + spec_text(member) +
        ",\"Description\":{\"Hostname\":" + string_text(address) +
        R"(,"Engine":{"EngineVersion":"20.10.24"}},"Status":{"State":)" +
        string_text(swarms.node_state(member)) + ",\"Addr\":" + string_text(address) + "}";
    if (member.in_raft) {
        // Whoever answers at the address counts as reachable.
        const bool answers = swarms.is_manager(member.machine) && !swarms.machines[member.machine].is_cut &&
                             swarms.machines[member.machine].is_up;
        text += ",\"ManagerStatus\":{\"Addr\":" + string_text(address + ":2377") +
                ",\"Reachability\":" + (answers ? "\"reachable\"" : "\"unreachable\"") +
                (cluster.leader == member.id ? ",\"Leader\":true" : "") + "}";
    }
    return text + "}";
}

/// Only a change of the wanted role is checked (swarmkit, manager/controlapi/node.go).
std::string why_not_demoted(const Swarms& swarms, const Swarms::Cluster& cluster,
                            const Swarms::Member& member, const std::string& role) {
    if (member.role != "manager" || role != "worker") return "";
    if (!member.in_raft) return "can't find manager in raft memberlist";
    const auto managers = std::count_if(cluster.members.begin(), cluster.members.end(),
                                        [](const Swarms::Member& each) { return each.role == "manager"; });
    if (managers == 1) return "attempting to demote the last manager of the swarm";
    return swarms.has_quorum_without(cluster, member)
               ? ""
               : "can't remove member from the raft: this would result in a loss of quorum";
}

HttpResponse update_node(Swarms& swarms, Swarms::Cluster& cluster, Swarms::Member& member,
                         const Request& request) {
    if (request.asked("version") != std::to_string(member.version))
        return refusal(500, "rpc error: code = Unknown desc = update out of sequence");
    const json::Document spec = json::parse(request.body);
    const std::string role = json::string_at(spec, "Role");
    if (const std::string why = why_not_demoted(swarms, cluster, member, role); !why.empty())
        return refusal(400, "rpc error: code = FailedPrecondition desc = " + why);
    ++member.version;
    member.availability = json::string_at(spec, "Availability");
    member.labels = json::texts_at(spec, "Labels");
    if (member.role != role) swarms.set_role(cluster, member, role);
    swarms.note_change(cluster);
    return {200, ""};
}

HttpResponse remove_node(Swarms& swarms, Swarms::Cluster& cluster, const Swarms::Member& member) {
    if (member.role == "manager" && member.in_raft)
        return refusal(400,
                       "rpc error: code = FailedPrecondition desc = node " + member.id +
                           " is a cluster manager and is a member of the raft cluster. It must be demoted to "
                           "worker before removal");
    if (swarms.node_state(member) != "down")
        return refusal(400, "rpc error: code = FailedPrecondition desc = node " + member.id +
                                " is not down and can't be removed");
    swarms.remove(cluster, std::string(member.id));
    return {200, ""};
}

HttpResponse answer_about_nodes(Swarms& swarms, Swarms::Cluster& cluster, const Request& request) {
    if (request.path.size() == 1) {
        std::string list;
        for (const Swarms::Member& member : cluster.members)
            list += (list.empty() ? "" : ",") + node_text(swarms, cluster, member);
        return {200, "[" + list + "]"};
    }
    Swarms::Member* const member = Swarms::find(cluster, request.part(1));
    if (member == nullptr) return refusal(404, "node " + request.part(1) + " not found");
    if (request.method == "DELETE") return remove_node(swarms, cluster, *member);
    if (request.part(2) == "update") return update_node(swarms, cluster, *member, request);
    return {200, node_text(swarms, cluster, *member)};
}

std::string swarm_text(const Swarms::Cluster& cluster) {
    return "{\"ID\":" + string_text(cluster.id) + R"(,"Version":{"Index":1},"Spec":)" + cluster_spec +
           ",\"JoinTokens\":{\"Worker\":" + string_text(Swarms::token(cluster, "worker")) +
           ",\"Manager\":" + string_text(Swarms::token(cluster, "manager")) + "}}";
}

/// Calls that only a manager answers, and none while the swarm has no leader.
void answer_as_manager(Swarms& swarms, std::size_t machine, const Request& request, const Reply& reply) {
    if (!swarms.is_manager(machine))
        return reply(refusal(503,
                             "This node is not a swarm manager. Use \"docker swarm init\" or \"docker swarm "
                             "join\" to connect this node to swarm and try again."));
    Swarms::Cluster* const cluster = swarms.led_by_somebody(machine);
    if (cluster == nullptr) {
        const HttpResponse late =
            refusal(500,
                    "rpc error: code = Unknown desc = The swarm does not have a leader. "
                    "It's possible that too few managers are online.");
        Schedule& schedule = Schedule::current();
        return schedule.after(schedule.random.up_to(until_timeout), [reply, late] { reply(late); });
    }
    if (request.part(0) == "nodes") return reply(answer_about_nodes(swarms, *cluster, request));
    reply(request.method == "GET" ? HttpResponse{200, swarm_text(*cluster)} : HttpResponse{200, ""});
}

/// A manager asks its leader first, and waits for one.
void answer_info(Swarms& swarms, std::size_t machine, const Reply& reply) {
    const bool has_leader = !swarms.is_manager(machine) || swarms.led_by_somebody(machine) != nullptr;
    Schedule& schedule = Schedule::current();
    schedule.after(has_leader ? Duration::zero() : schedule.random.up_to(until_timeout),
                   [&swarms, machine, reply] {
                       reply({200, info_text(swarms, machine)});
                   });
}

void join(Swarms& swarms, std::size_t machine, const Request& request, const Reply& reply) {
    const json::Document body = json::parse(request.body);
    const std::string manager = json::strings_at(body, "RemoteAddrs").at(0);
    const auto is_answered = std::make_shared<bool>(false);
    const auto answer_once = [reply, is_answered](HttpResponse response) {
        if (!std::exchange(*is_answered, true)) reply(std::move(response));
    };
    swarms.join(machine, manager.substr(0, manager.rfind(':')), json::string_at(body, "JoinToken"),
                json::string_at(body, "Availability"), [answer_once](const std::string& refused) {
                    answer_once(refused.empty() ? HttpResponse{200, ""} : refusal(503, refused));
                });
    Schedule::current().after(until_timeout, [answer_once] {
        answer_once(
            refusal(503,
                    "Timeout was reached before node joined. The attempt to join the swarm will continue in "
                    "the background."));
    });
}

void answer_about_membership(Swarms& swarms, std::size_t machine, const Request& request,
                             const Reply& reply) {
    const std::string& what = request.part(1);
    const bool is_member = swarms.machines[machine].state != "inactive";
    if (what == "leave") {
        if (!is_member) return reply(refusal(503, "This node is not part of a swarm"));
        if (swarms.is_manager(machine) && request.asked("force").empty())
            return reply(refusal(503,
                                 "You are attempting to leave the swarm on a node that is participating as a "
                                 "manager."));
        swarms.leave(machine);
        return reply({200, ""});
    }
    if (is_member)
        return reply(refusal(503,
                             "This node is already part of a swarm. Use \"docker swarm leave\" to leave this "
                             "swarm and join another one."));
    if (what == "join") return join(swarms, machine, request, reply);
    swarms.found(machine, json::string_at(json::parse(request.body), "Availability"));
    reply({200, string_text(swarms.machines[machine].node)});
}

}  // namespace

bool answer_about_swarm(Swarms& swarms, std::size_t machine, const HttpRequest& http, const Reply& reply) {
    const Request request = parse_request(http);
    const std::string& kind = request.part(0);
    const std::string& what = request.part(1);
    if (kind == "info") answer_info(swarms, machine, reply);
    else if (kind == "swarm" && (what == "init" || what == "join" || what == "leave"))
        answer_about_membership(swarms, machine, request, reply);
    else if (kind == "swarm" || kind == "nodes") answer_as_manager(swarms, machine, request, reply);
    else return false;
    return true;
}

}  // namespace dockerext::sim
