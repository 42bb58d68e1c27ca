#include "engine/swarm_files.hpp"

#include "base/url.hpp"
#include "engine/api_call.hpp"
#include "engine/swarm_call.hpp"

namespace dockerext::engine {
namespace {

/// "config" or "secret".
std::string word_of(SwarmFile kind) { return kind == SwarmFile::config ? "config" : "secret"; }

std::string collection_of(SwarmFile kind) { return "/" + word_of(kind) + "s"; }

}  // namespace

Task<Result<JsonDocument>> list_swarm_files(Client& client, SwarmFile kind) {
    return query_swarm(client, collection_of(kind), "list " + word_of(kind) + "s");
}

Task<Result<>> create_swarm_file(Client& client, SwarmFile kind, std::string name, Secret body,
                                 Secret content) {
    HttpRequest request{"POST", collection_of(kind) + "/create", std::string(body.reveal()), {}};
    return change_swarm(client, std::move(request), 0, "create " + word_of(kind) + " " + name,
                        std::move(content));
}

Task<Result<>> remove_swarm_file(Client& client, SwarmFile kind, std::string id) {
    HttpRequest request{"DELETE", collection_of(kind) + "/" + percent_encoded(id), {}, {}};
    return change_swarm(client, std::move(request), http_not_found, "remove " + word_of(kind) + " " + id);
}

}  // namespace dockerext::engine
