#include "swarm_scene.hpp"

#include "plan/parts_work.hpp"
#include "plan/plan_text.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace dockerext::test {

using namespace model;

namespace {

ObservedNode node_called(const std::string& id, const std::string& address, SwarmRole role) {
    ObservedNode node{.id = id,
                      .version = 7,
                      .hostname = id + "-host",
                      .address = address,
                      .engine_version = "20.10.24",
                      .role = role,
                      .state = NodeState::ready};
    if (role == SwarmRole::manager) node.manager_address = address + ":2377";
    node.reachable = role == SwarmRole::manager;
    node.created_at = swarm_noon - std::chrono::hours(24);
    return node;
}

}  // namespace

std::string swarm_digest(char digest) { return std::string(50, digest); }

Secret swarm_token(char digest, char secret) {
    return Secret("SWMTKN-1-" + swarm_digest(digest) + "-" + std::string(25, secret));
}

TcpAddress manager_at(const std::string& host) { return {host, SwarmSettings::default_port}; }

SwarmScene::SwarmScene() {
    desired.settings.managers = {manager_at("10.0.0.4"), manager_at("10.0.0.5"), manager_at("10.0.0.6")};
    observed.engine_version = "20.10.24";
    set_address("10.0.0.9");
}

plan::SwarmPlan SwarmScene::plan() const {
    return plan::plan_swarm(desired, observed, history, SteadyTime{}, swarm_noon);
}

std::string SwarmScene::text() const {
    plan::SwarmPlan made = plan();
    std::string text;
    for (const PartStatus& part : made.parts) {
        text += part.name + " " + std::string(to_string(part.state)) + (part.is_final ? " for good" : "");
        const auto held = std::find_if(made.plan.held.begin(), made.plan.held.end(), [&](const Held& each) {
            return each.subject == plan::part(part.name) && each.reason == part.message;
        });
        if (held != made.plan.held.end()) {
            text += " (" + std::string(to_string(held->why)) + ")";
            made.plan.held.erase(held);
        }
        text += (part.message.empty() ? "" : ": " + part.message) + "\n";
    }
    return plan::to_text(made.plan) + text;
}

void SwarmScene::set_address(const std::string& address) {
    observed.addresses = {{"eth0", address, true}, {"docker0", "172.17.0.1", true}};
}

void SwarmScene::give_tokens() {
    desired.access.worker_token = swarm_token('c', 'w');
    desired.access.manager_token = swarm_token('c', 'm');
}

void SwarmScene::become_worker() {
    observed.state = LocalNodeState::active;
    observed.node_id = history.record.node = "own";
    observed.node_address = observed.addresses.front().address;
    observed.remote_managers = {"10.0.0.4:2377", "10.0.0.5:2377"};
    history.record.had_tokens = true;
}

void SwarmScene::become_manager(unsigned managers, unsigned workers, const std::string& leader) {
    set_address("10.0.0.4");
    become_worker();
    observed.manager = true;
    observed.cluster = ObservedCluster{
        .id = "cluster", .address_pools = {"10.0.0.0/8"}, .subnet_size = 24, .ca_digest = swarm_digest('c')};
    history.record.cluster = "cluster";
    observed.nodes.emplace();
    for (unsigned number = 1; number <= managers; ++number) {
        const std::string id = number == 1 ? "own" : "m" + std::to_string(number);
        observed.nodes->push_back(
            node_called(id, "10.0.0." + std::to_string(3 + number), SwarmRole::manager));
        observed.nodes->back().leader = id == leader;
    }
    for (unsigned number = 1; number <= workers; ++number)
        observed.nodes->push_back(
            node_called("w" + std::to_string(number), "10.0.1." + std::to_string(number), SwarmRole::worker));
}

ObservedNode& SwarmScene::node(const std::string& id) {
    return *std::find_if(observed.nodes->begin(), observed.nodes->end(),
                         [&](const ObservedNode& each) { return each.id == id; });
}

void check_cases(std::span<const SwarmCase> cases) {
    for (const SwarmCase& tested : cases) {
        SCOPED_TRACE(tested.what);
        SwarmScene scene;
        tested.arrange(scene);
        EXPECT_EQ(scene.text(), tested.expected);
    }
}

}  // namespace dockerext::test
