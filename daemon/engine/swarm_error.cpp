#include "engine/swarm_error.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace dockerext::engine {
namespace {

struct SwarmMessage {
    std::string_view sign;
    ErrorKind kind;
    std::string_view text;  ///< "" for the engine's own
};

constexpr std::string_view locked = "the swarm is locked on this machine; it needs its unlock key";
constexpr std::string_view wrong_key =
    "the engine refuses the unlock key; deploy the one that `docker swarm unlock-key` prints on a manager "
    "that "
    "is not locked";
constexpr std::string_view no_leader =
    "the swarm has no leader: more than half of its managers must be running and reach each other";

/// Of 20.10 and 26.1, which use the same words.
constexpr auto messages = std::to_array<SwarmMessage>({
    {"update out of sequence", ErrorKind::conflict, "it was changed meanwhile"},
    {"already part of a swarm", ErrorKind::conflict,
     "this machine is part of a swarm already, or still tries to join one"},
    {"is in use by the following service", ErrorKind::conflict, ""},
    {"in use by service", ErrorKind::conflict, ""},
    {"in use by task", ErrorKind::conflict, ""},
    {"secret not found", ErrorKind::conflict, "a secret that it uses is gone"},
    {"config not found", ErrorKind::conflict, "a config that it uses is gone"},
    {"not part of a swarm", ErrorKind::not_found, "this machine is not part of a swarm"},
    {"not a swarm manager", ErrorKind::conflict, "this machine is not a manager of a swarm"},
    {"needs to be unlocked before it can be used", ErrorKind::unavailable, locked},
    {"Swarm is encrypted and locked", ErrorKind::unavailable, locked},
    {"participating as a manager", ErrorKind::conflict,
     "this machine is a manager of the swarm; it has to be demoted to a worker first"},
    {"attempting to demote the last manager", ErrorKind::conflict, "it is the swarm's last manager"},
    {"would result in a loss of quorum", ErrorKind::conflict,
     "the swarm would lose its quorum: too many of its managers do not answer"},
    {"must be demoted to worker before removal", ErrorKind::conflict,
     "it is a manager of the swarm; it has to be demoted to a worker first"},
    {"is not down and can't be removed", ErrorKind::conflict, "it is not down"},
    {"invalid key provided", ErrorKind::invalid_input, wrong_key},
    {"invalid key string", ErrorKind::invalid_input, wrong_key},
    {"invalid join token", ErrorKind::invalid_input, "the engine cannot read the join token"},
    {"A valid join token is necessary", ErrorKind::invalid_input,
     "the manager refuses the join token; if the tokens were rotated, deploy those that `dockerextd swarm "
     "tokens` prints on a manager"},
    {"remote CA does not match fingerprint", ErrorKind::invalid_input,
     "the manager belongs to another swarm than the join token"},
    {"Timeout was reached before node joined", ErrorKind::timeout,
     "no answer from the manager yet; the engine continues to try"},
    {"does not have a leader", ErrorKind::unavailable, no_leader},
    {"lost leader status", ErrorKind::unavailable,
     "the swarm lost its leader meanwhile; the change may have been made or not"},
    {"context deadline exceeded", ErrorKind::unavailable,
     "the swarm did not answer in time; it may have no leader"},
});

/// "rpc error: code = Unavailable desc = connection refused" → "connection refused"
std::string_view without_rpc(std::string_view message) {
    constexpr std::string_view head = "rpc error: code = ", description = " desc = ";
    if (!message.starts_with(head)) return message;
    const std::size_t at = message.find(description);
    return at == std::string_view::npos ? message : message.substr(at + description.size());
}

}  // namespace

Error swarm_error(const Error& error, const Redactor& redact) {
    const auto* const known = std::find_if(
        messages.begin(), messages.end(),
        [&](const SwarmMessage& message) { return redact.contains_phrase(error.message(), message.sign); });
    const bool is_known = known != messages.end();
    const std::string_view text = is_known ? known->text : "";
    return {is_known ? known->kind : error.kind(),
            std::string(text.empty() ? without_rpc(error.message()) : text)};
}

}  // namespace dockerext::engine
