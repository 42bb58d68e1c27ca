#pragma once

#include "plan/swarm_planner.hpp"

#include <span>
#include <string>

namespace dockerext::test {

constexpr model::WallTime swarm_noon{std::chrono::hours(480'000)};

/// A join token whose digest and whose secret repeat one character each.
Secret swarm_token(char digest, char secret);
/// The digest in it, as managers report that of their certificate.
std::string swarm_digest(char digest);

/// A machine with eth0 10.0.0.9 and docker0, whose settings have the managers 10.0.0.4, 10.0.0.5 and 10.0.0.6
/// and no tokens. It is in no swarm and remembers none.
struct SwarmScene {
    SwarmScene();

    model::SwarmDesired desired;
    model::ObservedSwarm observed;
    model::SwarmHistory history;

    plan::SwarmPlan plan() const;
    /// The plan, then a line for each part: "swarm ok: worker". A subject that is held for the reason that
    /// its part gives is not in the plan, but there: "swarm failed for good (conflict): …".
    std::string text() const;

    void set_address(const std::string& address);  ///< of eth0
    void give_tokens();
    /// An active member, as this daemon has made it: node "own".
    void become_worker();
    /// As above, a manager of as many managers, among them node "own", "m2", "m3", …; the first of them leads
    /// unless `leader` is another one.
    void become_manager(unsigned managers, unsigned workers, const std::string& leader = "own");
    model::ObservedNode& node(const std::string& id);
};

/// "10.0.0.4:2377".
TcpAddress manager_at(const std::string& host);

struct SwarmCase {
    const char* what;
    void (*arrange)(SwarmScene&);
    const char* expected;  ///< SwarmScene::text
};
void check_cases(std::span<const SwarmCase> cases);

}  // namespace dockerext::test
