#include "engine/system.hpp"

#include "engine/exchange.hpp"

namespace dockerext::engine {

Task<Result<JsonDocument>> info(Client& client) {
    HttpRequest request{"GET", "/info", {}, {}};
    return ask(client, std::move(request), "engine info");
}

}  // namespace dockerext::engine
