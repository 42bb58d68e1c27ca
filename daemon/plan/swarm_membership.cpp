#include "plan/swarm_membership.hpp"

#include "base/joined.hpp"
#include "plan/swarm_join_order.hpp"

#include <algorithm>
#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dockerext::plan {

using namespace model;
using namespace std::chrono_literals;

namespace {

/// After that, the engine is told to give up, and another manager is tried; by itself it goes on for ever.
constexpr auto longest_join = 60s;
/// The engine sends no event when a node becomes a member.
constexpr auto look_at_pending = 10s;

bool is_set(const Secret& secret) { return !secret.reveal().empty(); }

const Secret& token_for(const SwarmWork& work, SwarmRole role) {
    const SwarmAccess& access = work.desired.access;
    return role == SwarmRole::manager ? access.manager_token : access.worker_token;
}

SwarmRole other(SwarmRole role) {
    return role == SwarmRole::manager ? SwarmRole::worker : SwarmRole::manager;
}

std::string token_name(SwarmRole role) { return std::string(to_string(role)) + "-token"; }

std::string text_of_all(const std::vector<TcpAddress>& addresses) {
    return joined(addresses, ", ", [](const TcpAddress& each) { return to_string(each); });
}

/// Without this machine itself.
std::vector<TcpAddress> others_of(const SwarmWork& work, const std::vector<TcpAddress>& managers) {
    std::vector<TcpAddress> others;
    std::copy_if(managers.begin(), managers.end(), std::back_inserter(others),
                 [&](const TcpAddress& manager) { return !is_own_address(work.observed, manager.host); });
    return others;
}

void begin_membership(SwarmWork& work, SwarmRecord::Doing doing, Operation operation, std::string object,
                      const std::string& reason) {
    work.record.doing = doing;
    work.record.doing_since = work.wall_now;
    work.add({.operation = std::move(operation),
              .subject = membership_part,
              .object = std::move(object),
              .reason = reason,
              .changes = {{"role", "", std::string(to_string(work.role))}}});
}

// The rows of the table. Each returns whether it decides.

bool refuse_live_restore(SwarmWork& work) {
    if (!work.observed.live_restore) return false;
    work.fail_and_hold(
        membership_part, Held::Why::conflict,
        "an engine with live-restore cannot be in a swarm: remove live-restore from daemon.json, or "
        "--live-restore from the options of dockerd");
    return true;
}

/// Otherwise sets `work.addresses`.
bool refuse_addresses(SwarmWork& work) {
    if (work.observed.state != LocalNodeState::inactive) return false;
    const auto own = own_manager_address(work.desired.settings, work.observed);
    auto addresses = swarm_addresses(work.desired.settings, work.observed);
    std::string why;
    if (work.role == SwarmRole::worker && own)
        why = "swarm.role is \"worker\", but " + to_string(*own) +
              ", one of swarm.managers, is an address of this machine: change one of the two";
    else if (!addresses) why = addresses.error().message();
    else work.addresses = std::move(*addresses);
    if (why.empty()) return false;
    work.fail_and_hold(membership_part, Held::Why::conflict, why);
    return true;
}

void unlock_with_key(SwarmWork& work) {
    if (work.history.key_refused)
        return work.fail_and_hold(
            membership_part, Held::Why::failed,
            "the engine refuses the unlock-key of the settings, so this manager stays locked: deploy the one "
            "that `dockerextd swarm tokens` prints on another manager, or the former one if the key was "
            "rotated while this machine was down");
    if (!work.begin(membership_part, "unlocking")) return;
    work.add({.operation = UnlockSwarm{work.desired.access.unlock_key},
              .subject = membership_part,
              .object = "this manager",
              .reason = "locked since the engine's start (autolock)"});
}

bool unlock_manager(SwarmWork& work) {
    if (work.observed.state != LocalNodeState::locked) return false;
    if (is_set(work.desired.access.unlock_key)) return unlock_with_key(work), true;
    work.fail_and_hold(
        membership_part, Held::Why::policy,
        "this manager is locked since its engine started (autolock): deploy the unlock-key that "
        "`dockerextd swarm tokens` prints on another manager");
    return true;
}

bool report_error(SwarmWork& work) {
    if (work.observed.state != LocalNodeState::error) return false;
    const std::string& error = work.observed.error;
    work.fail_and_hold(
        membership_part, Held::Why::failed,
        "the engine cannot take part in its swarm: " +
            (error.empty() ? std::string("it does not say why") : error) +
            "; if the node was removed or its certificates have expired, run `docker swarm leave --force` "
            "here, and dockerextd joins again");
    return true;
}

/// Of a join that has not become a membership in time.
void give_up_join(SwarmWork& work) {
    if (!work.begin(membership_part, "giving up a join that has not ended")) return;
    work.add({.operation = LeaveSwarm{.force = true},
              .subject = membership_part,
              .object = "the swarm",
              .reason = "not a member " + std::to_string(longest_join.count()) + " s after the join began"});
}

bool await_membership(SwarmWork& work) {
    if (work.observed.state != LocalNodeState::pending) return false;
    const SwarmRecord& record = work.record;
    const bool joins =
        record.doing == SwarmRecord::Doing::join && record.doing_since && work.observed.node_id.empty();
    // The clock may have been set back since.
    if (joins && std::chrono::abs(work.wall_now - *record.doing_since) >= longest_join)
        return give_up_join(work), true;
    const std::string why = (joins ? "joining" : "the engine tries to reach the managers of its swarm") +
                            (work.observed.error.empty() ? "" : ": " + work.observed.error);
    work.report(membership_part.name, PartState::pending, why);
    work.hold(membership_part, Held::Why::unproven, why, work.now + look_at_pending);
    return true;
}

void wait_for_answer(SwarmWork& work) {
    const auto others = others_of(work, work.desired.settings.managers);
    const std::string why =
        others.empty() ? "swarm.managers names no other machine to join through; if the swarm is lost, run "
                         "`dockerextd swarm recover`"
                       : "no manager answers at " + text_of_all(others) +
                             ": check that their engines run, and that no firewall is between";
    work.report(membership_part.name, PartState::pending, why);
    work.hold(membership_part, Held::Why::backoff, why, work.now + wait_for_managers(work.history));
    work.nobody_answers = true;
}

void join_through(SwarmWork& work, const TcpAddress& manager) {
    if (!work.begin(membership_part, "joining through " + to_string(manager))) return;
    const SwarmAddresses& addresses = *work.addresses;
    begin_membership(work, SwarmRecord::Doing::join,
                     JoinSwarm{.manager = manager,
                               .token = token_for(work, work.role),
                               .role = work.role,
                               .advertise = addresses.advertise,
                               .listen = addresses.listen,
                               .data_path = addresses.data_path,
                               .availability = work.desired.settings.availability},
                     to_string(manager), "not in a swarm");
}

bool join_with_token(SwarmWork& work) {
    if (!is_set(token_for(work, work.role))) return false;
    const std::string mismatch =
        work.role == SwarmRole::manager
            ? engine_mismatch(work.observed.engine_version, work.desired.access.manager_engine)
            : "";
    const auto answering = others_of(work, work.observed.answering);
    if (!mismatch.empty())
        work.fail_and_hold(membership_part, Held::Why::conflict,
                           mismatch +
                               "; if they are upgraded already, deploy what `dockerextd swarm tokens` "
                               "prints now");
    else if (answering.empty()) wait_for_answer(work);
    else join_through(work, next_manager(answering, work.history));
    return true;
}

bool miss_token(SwarmWork& work) {
    if (!is_set(token_for(work, other(work.role)))) return false;
    work.fail_and_hold(membership_part, Held::Why::policy,
                       "this machine is to be a " + std::string(to_string(work.role)) +
                           ", but the settings have no " + token_name(work.role) + ", only a " +
                           token_name(other(work.role)) +
                           ": deploy all that `dockerextd swarm tokens` prints on a manager");
    return true;
}

/// Of a swarm that this machine belonged to, or could have joined, there may be other members.
bool never_init_again(SwarmWork& work) {
    const SwarmRecord& record = work.record;
    if (!record.had_tokens && record.cluster.empty() && record.node.empty()) return false;
    const std::string before =
        record.had_tokens ? "the settings had join tokens before" : "this machine was in a swarm before";
    work.fail_and_hold(membership_part, Held::Why::policy,
                       before +
                           ", so no other swarm is initialized here: deploy what `dockerextd swarm tokens` "
                           "prints on a manager; if that swarm is lost, run `dockerextd swarm recover`");
    return true;
}

void init_swarm(SwarmWork& work) {
    if (!work.begin(membership_part, "initializing the swarm")) return;
    const SwarmSettings& settings = work.desired.settings;
    const SwarmAddresses& addresses = *work.addresses;
    begin_membership(work, SwarmRecord::Doing::init, initialization(settings, addresses), addresses.advertise,
                     "first of swarm.managers, and no other manager answers");
}

bool init_first_manager(SwarmWork& work) {
    if (!is_own_address(work.observed, work.desired.settings.managers.front().host)) return false;
    const auto others = others_of(work, work.observed.answering);
    if (others.empty()) return init_swarm(work), true;
    work.fail_and_hold(membership_part, Held::Why::conflict,
                       "a manager answers at " + text_of_all(others) +
                           ", so there is a swarm already, and none is initialized here: deploy what "
                           "`dockerextd swarm tokens` prints on that manager");
    return true;
}

bool wait_for_tokens(SwarmWork& work) {
    const std::string why = "waiting for join tokens: deploy what `dockerextd swarm tokens` prints on " +
                            work.desired.settings.managers.front().host;
    work.report(membership_part.name, PartState::pending, why);
    work.hold(membership_part, Held::Why::policy, why);
    return true;
}

/// The first that decides is the last that is asked.
constexpr bool (*membership_rows[])(SwarmWork&) = {
    refuse_live_restore, refuse_addresses, unlock_manager,   report_error,       await_membership,
    join_with_token,     miss_token,       never_init_again, init_first_manager, wait_for_tokens,
};

}  // namespace

void plan_membership(SwarmWork& work) {
    if (work.observed.state == LocalNodeState::inactive) {  // what was begun has ended without success
        work.record.doing = SwarmRecord::Doing::nothing;
        work.record.doing_since.reset();
        work.record.has_departed = false;
    }
    for (const auto row : membership_rows) {
        if (row(work)) return;
    }
}

}  // namespace dockerext::plan
