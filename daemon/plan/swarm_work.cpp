#include "plan/swarm_work.hpp"

#include <charconv>

namespace dockerext::plan {

using namespace model;

namespace {

/// The first number of "20.10.24+dfsg1"; nullopt for "dev".
std::optional<unsigned> major_version(const std::string& version) {
    unsigned number = 0;
    const auto parsed = std::from_chars(version.data(), version.data() + version.size(), number);
    return parsed.ec == std::errc() ? std::optional(number) : std::nullopt;
}

}  // namespace

std::string node_name(const ObservedNode& node) { return node.hostname + " (" + node.id + ")"; }

std::string engine_mismatch(const std::string& own, const std::string& leader) {
    // Its raft (etcd 3.5) cannot restore a snapshot of older ones, which lacks the state of the members.
    constexpr unsigned first_with_new_raft = 23;
    const auto own_major = major_version(own), leader_major = major_version(leader);
    const bool can_differ = own_major && leader_major;
    if (!can_differ || *own_major < first_with_new_raft || *leader_major >= first_with_new_raft) return "";
    return "a manager with engine " + own + " cannot take part in a swarm led by engine " + leader +
           ": it would show as reachable, never replicate, and could stop all writes (etcd#13741); upgrade "
           "the other managers first, or make this machine a worker";
}

}  // namespace dockerext::plan
