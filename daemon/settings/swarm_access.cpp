#include "settings/swarm_access.hpp"

#include "base/ascii.hpp"
#include "base/json_reader.hpp"
#include "model/join_token.hpp"

#include <algorithm>
#include <cctype>
#include <string_view>

namespace dockerext::settings {
namespace {

/// "SWMKEY-1-" and 32 bytes in base64 without padding (swarmkit, manager/encryption: HumanReadableKey).
bool is_unlock_key(std::string_view text) {
    constexpr std::string_view beginning = "SWMKEY-1-";
    constexpr std::size_t size = 43;
    if (!text.starts_with(beginning)) return false;
    text.remove_prefix(beginning.size());
    return text.size() == size && std::all_of(text.begin(), text.end(), [](unsigned char c) {
               return std::isalnum(c) != 0 || c == '+' || c == '/';
           });
}

/// "20.10.24", "26.1.5+dfsg1".
bool is_engine_version(std::string_view text) {
    constexpr std::string_view others = ".+~:-_";
    return !text.empty() && is_digit(text.front()) && text.find('.') != std::string_view::npos &&
           std::all_of(text.begin(), text.end(), [&](unsigned char c) {
               return std::isalnum(c) != 0 || others.find(static_cast<char>(c)) != std::string_view::npos;
           });
}

Secret read_token(ObjectReader& reader, std::string_view key, Problems& problems) {
    Secret token = reader.secret(key).value_or(Secret());
    if (!token.reveal().empty() && !model::parse_join_token(token.reveal()))
        problems.add(reader.cursor().pointer() + "/" + std::string(key),
                     "expected a whole join token, SWMTKN-1-…, as `dockerextd swarm tokens` prints it");
    return token;
}

void check_tokens(const model::SwarmAccess& access, const std::string& pointer, Problems& problems) {
    const auto worker = model::parse_join_token(access.worker_token.reveal());
    const auto manager = model::parse_join_token(access.manager_token.reveal());
    if (!worker || !manager) return;
    if (worker->digest != manager->digest)
        problems.add(pointer + "/manager-token",
                     "is of another swarm than worker-token; take both from one manager");
    else if (worker->secret == manager->secret)
        problems.add(pointer + "/manager-token",
                     "is the same as worker-token; take both from `dockerextd swarm tokens`");
}

}  // namespace

model::SwarmAccess read_swarm_access(const JsonCursor& swarm, Problems& problems) {
    ObjectReader reader(swarm, problems);
    model::SwarmAccess access;
    access.worker_token = read_token(reader, "worker-token", problems);
    access.manager_token = read_token(reader, "manager-token", problems);
    access.unlock_key = reader.secret("unlock-key").value_or(Secret());
    if (!access.unlock_key.reveal().empty() && !is_unlock_key(access.unlock_key.reveal()))
        problems.add(swarm.pointer() + "/unlock-key",
                     "expected a whole unlock key, SWMKEY-1-…, as `dockerextd swarm tokens` prints it");
    access.manager_engine = reader.string("manager-engine").value_or("");
    if (!access.manager_engine.empty() && !is_engine_version(access.manager_engine))
        problems.add(swarm.pointer() + "/manager-engine",
                     "expected the version of an engine, such as \"20.10.24\"");
    reader.finish("swarm");
    check_tokens(access, swarm.pointer(), problems);
    return access;
}

}  // namespace dockerext::settings
