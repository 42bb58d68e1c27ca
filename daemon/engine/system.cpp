#include "engine/system.hpp"

#include "engine/exchange.hpp"

namespace dockerext::engine {

Task<Result<>> ping(Client& client) {
    HttpRequest request{"GET", "/_ping", {}, {}};
    return order(client, std::move(request), limits::query, 0, "ping the engine");
}

Task<Result<JsonDocument>> info(Client& client) {
    HttpRequest request{"GET", "/info", {}, {}};
    return ask(client, std::move(request), "engine info");
}

}  // namespace dockerext::engine
