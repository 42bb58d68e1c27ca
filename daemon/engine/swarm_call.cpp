#include "engine/swarm_call.hpp"

#include "engine/response.hpp"
#include "engine/swarm_error.hpp"

namespace dockerext::engine {

Task<Result<JsonDocument>> query_swarm(Client& client, std::string target, std::string doing) {
    HttpRequest request{"GET", std::move(target), {}, {}};
    const auto response = co_await client.call(std::move(request), limits::swarm_query);
    if (!response) co_return swarm_error(response.error(), client.redact()).within(doing);
    auto json = parse_json(response->body);
    if (!json) co_return Error(json.error().kind(), "the engine's answer is not JSON").within(doing);
    co_return json;
}

Task<Result<>> change_swarm(Client& client, HttpRequest request, unsigned also_accepted, std::string doing,
                            Secret secret) {
    const auto response = co_await client.call(std::move(request), limits::swarm_change, also_accepted);
    if (response) co_return Result<>{};
    const Error error = swarm_error(response.error(), client.redact());
    co_return redacted(error, Redactor({secret})).within(doing);
}

}  // namespace dockerext::engine
