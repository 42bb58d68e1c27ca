#include "engine/swarm.hpp"

#include "base/json_writer.hpp"
#include "engine/response.hpp"
#include "engine/swarm_call.hpp"

namespace dockerext::engine {
namespace {

/// The status of an unlock of a swarm that is not locked, and of no other failure of that call.
constexpr unsigned not_locked = 409;

Result<Swarm> swarm_in(const JsonDocument& json) {
    const JsonCursor root = json.root();
    const auto version = object_in(root, "Version");
    const auto spec = object_in(root, "Spec");
    const auto tokens = object_in(root, "JoinTokens");
    if (!version || !spec || !tokens)
        return Error(ErrorKind::unavailable, "the engine's answer has no Version, Spec or JoinTokens");
    return Swarm{.id = string_in(root, "ID"),
                 .version = static_cast<std::uint64_t>(integer_in(*version, "Index")),
                 .spec = spec->text(),
                 .worker_token = Secret(string_in(*tokens, "Worker")),
                 .manager_token = Secret(string_in(*tokens, "Manager"))};
}

std::string unlock_body(const Secret& key) {
    JsonWriter json;
    json.begin_object();
    json.text("UnlockKey", key.reveal());
    json.end_object();
    return json.take();
}

std::string_view rotation_parameter(SwarmSecret secret) {
    switch (secret) {
    case SwarmSecret::worker_token: return "&rotateWorkerToken=true";
    case SwarmSecret::manager_token: return "&rotateManagerToken=true";
    case SwarmSecret::unlock_key: return "&rotateManagerUnlockKey=true";
    }
    return "";
}

}  // namespace

Task<Result<Swarm>> inspect_swarm(Client& client) {
    const std::string doing = "inspect swarm";
    const auto json = co_await query_swarm(client, "/swarm", doing);
    if (!json) co_return json.error();
    auto swarm = swarm_in(*json);
    if (!swarm) co_return swarm.error().within(doing);
    co_return swarm;
}

Task<Result<Secret>> swarm_unlock_key(Client& client) {
    const auto json = co_await query_swarm(client, "/swarm/unlockkey", "read the swarm's unlock key");
    if (!json) co_return json.error();
    co_return Secret(string_in(json->root(), "UnlockKey"));
}

Task<Result<>> init_swarm(Client& client, std::string body) {
    HttpRequest request{"POST", "/swarm/init", std::move(body), {}};
    const auto done = co_await change_swarm(client, std::move(request), 0, "initialize swarm");
    const bool is_member = !done && done.error().kind() == ErrorKind::conflict;
    co_return is_member ? Result<>{} : done;
}

Task<Result<>> join_swarm(Client& client, std::string manager, Secret body, Secret token) {
    HttpRequest request{"POST", "/swarm/join", std::string(body.reveal()), {}};
    return change_swarm(client, std::move(request), 0, "join swarm through " + manager, std::move(token));
}

Task<Result<>> unlock_swarm(Client& client, Secret key) {
    HttpRequest request{"POST", "/swarm/unlock", unlock_body(key), {}};
    return change_swarm(client, std::move(request), not_locked, "unlock swarm", std::move(key));
}

Task<Result<>> leave_swarm(Client& client, LeaveMode mode) {
    HttpRequest request{"POST", "/swarm/leave", {}, {}};
    if (mode == LeaveMode::forced) request.target += "?force=1";
    const auto done = co_await change_swarm(client, std::move(request), 0, "leave swarm");
    const bool is_no_member = !done && done.error().kind() == ErrorKind::not_found;
    co_return is_no_member ? Result<>{} : done;
}

Task<Result<>> update_swarm(Client& client, std::uint64_t version, std::string spec,
                            std::optional<SwarmSecret> rotate) {
    HttpRequest request{"POST", "/swarm/update?version=" + std::to_string(version), std::move(spec), {}};
    if (rotate) request.target += rotation_parameter(*rotate);
    return change_swarm(client, std::move(request), 0, "update swarm");
}

}  // namespace dockerext::engine
