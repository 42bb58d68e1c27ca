#include "observe/swarm_facts.hpp"

#include "base/sha256.hpp"
#include "observe/facts_reader.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace dockerext::observe {
namespace {

constexpr std::int64_t default_task_history = 5;

std::uint64_t version_in(ObjectReader& object, Problems& problems) {
    ObjectReader version = object_in(object, "Version", problems);
    return static_cast<std::uint64_t>(count_in(version, "Index"));
}

std::string ca_digest_in(ObjectReader& cluster, Problems& problems) {
    ObjectReader tls = object_in(cluster, "TLSInfo", problems);
    const std::string certificates = text_in(tls, "TrustRoot");
    const bool is_being_rotated = flag_in(cluster, "RootRotationInProgress");
    return is_being_rotated || certificates.empty() ? "" : token_digest(certificates);
}

/// Without a quorum, the engine reports a cluster of which it knows nothing.
std::optional<model::ObservedCluster> cluster_in(ObjectReader& swarm, Problems& problems) {
    ObjectReader json = object_in(swarm, "Cluster", problems);
    model::ObservedCluster cluster{.id = text_in(json, "ID")};
    if (cluster.id.empty()) return std::nullopt;
    ObjectReader spec = object_in(json, "Spec", problems);
    ObjectReader encryption = object_in(spec, "EncryptionConfig", problems);
    ObjectReader orchestration = object_in(spec, "Orchestration", problems);
    cluster.version = version_in(json, problems);
    cluster.autolock = flag_in(encryption, "AutoLockManagers");
    cluster.task_history = orchestration.integer("TaskHistoryRetentionLimit").value_or(default_task_history);
    cluster.address_pools = json.strings("DefaultAddrPool");
    cluster.subnet_size = static_cast<std::uint32_t>(count_in(json, "SubnetSize"));
    cluster.ca_digest = ca_digest_in(json, problems);
    return cluster;
}

std::vector<std::string> remote_managers_in(ObjectReader& swarm, Problems& problems) {
    std::vector<std::string> addresses;
    for (ObjectReader& manager : objects_in(swarm, "RemoteManagers", problems))
        addresses.push_back(text_in(manager, "Addr"));
    std::sort(addresses.begin(), addresses.end());
    return addresses;
}

void read_manager_status(ObjectReader& json, model::ObservedNode& node, Problems& problems) {
    ObjectReader status = object_in(json, "ManagerStatus", problems);
    node.manager_address = text_in(status, "Addr");
    node.reachable = text_in(status, "Reachability") == "reachable";
    node.leader = flag_in(status, "Leader");
}

model::ObservedNode read_node(ObjectReader& json, Problems& problems) {
    ObjectReader spec = object_in(json, "Spec", problems);
    ObjectReader description = object_in(json, "Description", problems);
    ObjectReader engine = object_in(description, "Engine", problems);
    ObjectReader status = object_in(json, "Status", problems);
    model::ObservedNode node{
        .id = text_in(json, "ID"),
        .version = version_in(json, problems),
        .hostname = text_in(description, "Hostname"),
        .address = text_in(status, "Addr"),
        .engine_version = text_in(engine, "EngineVersion"),
        .role = word_in<model::SwarmRole>(spec, "Role", problems).value_or(model::SwarmRole::worker),
        .availability = word_in<model::NodeAvailability>(spec, "Availability", problems)
                            .value_or(model::NodeAvailability::active),
        .labels = text_map_in(spec, "Labels", problems),
        .state = from_string<model::NodeState>(text_in(status, "State")).value_or(model::NodeState::unknown),
        .message = text_in(status, "Message"),
        .created_at = time_in(json, "CreatedAt", problems)};
    read_manager_status(json, node, problems);
    return node;
}

unsigned value_of_hex_digit(char digit) {
    return static_cast<unsigned>(digit <= '9' ? digit - '0' : digit - 'a' + 10);
}

}  // namespace

Result<model::ObservedSwarm> read_swarm(const JsonCursor& info) {
    Problems problems;
    ObjectReader json(info, problems);
    ObjectReader swarm = object_in(json, "Swarm", problems);
    const auto state = word_in<model::LocalNodeState>(swarm, "LocalNodeState", problems);
    model::ObservedSwarm observed{.state = state.value_or(model::LocalNodeState::inactive),
                                  .node_id = text_in(swarm, "NodeID"),
                                  .node_address = text_in(swarm, "NodeAddr"),
                                  .manager = flag_in(swarm, "ControlAvailable"),
                                  .error = text_in(swarm, "Error"),
                                  .engine_version = text_in(json, "ServerVersion"),
                                  .live_restore = flag_in(json, "LiveRestoreEnabled"),
                                  .remote_managers = remote_managers_in(swarm, problems),
                                  .cluster = cluster_in(swarm, problems)};
    return unless_problems(std::move(observed), problems);
}

Result<std::vector<model::ObservedNode>> read_nodes(const JsonCursor& list) {
    const auto items = list.items();
    if (!items) return items.error();
    Problems problems;
    std::vector<model::ObservedNode> nodes;
    for (const JsonCursor& item : *items) {
        ObjectReader json(item, problems);
        nodes.push_back(read_node(json, problems));
    }
    return unless_problems(std::move(nodes), problems);
}

std::string token_digest(std::string_view certificates) {
    constexpr std::size_t size = 50;
    constexpr unsigned base = 36, hex_base = 16;
    constexpr std::string_view digits = "0123456789abcdefghijklmnopqrstuvwxyz";
    std::array<unsigned, size> number{};  // in base 36, the lowest digit first
    for (const char hex_digit : sha256_hex(certificates)) {
        unsigned carry = value_of_hex_digit(hex_digit);
        for (unsigned& digit : number) {
            carry += digit * hex_base;
            digit = carry % base;
            carry /= base;
        }
    }
    std::string text;
    std::for_each(number.rbegin(), number.rend(), [&](unsigned digit) { text += digits[digit]; });
    return text;
}

}  // namespace dockerext::observe
