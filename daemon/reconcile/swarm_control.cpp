#include "reconcile/swarm_control.hpp"

#include "apply/swarm_bodies.hpp"
#include "base/json_writer.hpp"
#include "base/log.hpp"
#include "engine/swarm.hpp"
#include "observe/swarm_observer.hpp"
#include "plan/swarm_recovery.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

namespace dockerext::reconcile {

using report::ControlResponse;

namespace {

/// As `docker swarm update` retries: another manager may have changed the swarm in between.
constexpr int rotation_attempts = 3;

std::optional<engine::SwarmSecret> secret_named(const std::string& what) {
    if (what == "worker") return engine::SwarmSecret::worker_token;
    if (what == "manager") return engine::SwarmSecret::manager_token;
    if (what == "unlock-key") return engine::SwarmSecret::unlock_key;
    return std::nullopt;
}

std::string leader_engine(const std::optional<model::SwarmStatus>& status) {
    if (!status) return "";
    const auto leader =
        std::find_if(status->nodes.begin(), status->nodes.end(),
                     [](const model::NodeStatus& node) { return node.reachability == "leader"; });
    return leader == status->nodes.end() ? "" : leader->engine;
}

}  // namespace

Task<Result<ControlResponse>> SwarmControl::tokens() {
    const auto swarm = co_await engine::inspect_swarm(client_);
    if (!swarm) co_return swarm.error();
    const auto key = co_await engine::swarm_unlock_key(client_);
    if (!key) co_return key.error();
    JsonWriter json;
    json.begin_object();
    json.text("workerToken", swarm->worker_token.reveal());
    json.text("managerToken", swarm->manager_token.reveal());
    json.text("unlockKey", key->reveal());
    json.text("managerEngine", leader_engine(swarm_.status()));
    json.end_object();
    co_return ControlResponse{200, json.take()};
}

Task<Result<ControlResponse>> SwarmControl::rotate(std::string what) {
    const auto secret = secret_named(what);
    if (!secret)
        co_return Error(ErrorKind::invalid_input,
                        "what: expected worker, manager or unlock-key, found '" + what + "'");
    Result<> rotated;
    for (int attempt = 0; attempt < rotation_attempts; ++attempt) {
        const auto swarm = co_await engine::inspect_swarm(client_);
        if (!swarm) co_return swarm.error();
        rotated = co_await engine::update_swarm(client_, swarm->version, swarm->spec, secret);
        if (rotated || rotated.error().kind() != ErrorKind::conflict) break;
    }
    if (!rotated) co_return rotated.error();
    log::info("rotated the swarm's " + what + (what == "unlock-key" ? "" : " token"), {});
    swarm_.check_everything();
    co_return ControlResponse{};
}

Task<Result<ControlResponse>> SwarmControl::recover() {
    if (!swarm_.desired()) co_return Error(ErrorKind::conflict, "the settings have no member swarm");
    const model::SwarmDesired desired = *swarm_.desired();
    auto looking = observe::observe_swarm(client_, desired.settings);
    const auto observed = co_await std::move(looking);
    if (!observed) co_return observed.error().within("cannot inspect the swarm");
    const auto recovery = plan::swarm_recovery(desired, *observed);
    if (!recovery) co_return recovery.error();
    const auto founded = co_await engine::init_swarm(client_, apply::init_swarm_body(*recovery));
    if (!founded) co_return founded.error();
    if (auto noted = swarm_.expect_own_swarm(); !noted) co_return noted.error();
    log::warning(recovery->force_new_cluster ? "recovered the swarm, with this machine as its only manager"
                                             : "founded a new swarm, because an operator asked for it",
                 {});
    swarm_.check_everything();
    co_return ControlResponse{};
}

}  // namespace dockerext::reconcile
