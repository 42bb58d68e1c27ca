#include "engine/exchange.hpp"

#include "engine/answer.hpp"

namespace dockerext::engine {

Task<Result<JsonDocument>> ask(Client& client, HttpRequest request, std::string doing) {
    const auto response = co_await client.call(std::move(request), limits::look);
    if (!response) co_return response.error().within(doing);
    auto json = json_of(response->body);
    if (!json) co_return redacted(json.error(), client.redact()).within(doing);
    co_return json;
}

Task<Result<>> order(Client& client, HttpRequest request, Limit limit, unsigned also_fine,
                     std::string doing) {
    const auto response = co_await client.call(std::move(request), limit, also_fine);
    if (!response) co_return response.error().within(doing);
    co_return Result<>{};
}

Task<Result<std::string>> create(Client& client, HttpRequest request, std::string doing) {
    const auto response = co_await client.call(std::move(request), limits::create);
    if (!response) co_return response.error().within(doing);
    auto id = id_in(response->body);
    if (!id) co_return redacted(id.error(), client.redact()).within(doing);
    co_return id;
}

std::string shown(std::string_view id) {
    constexpr std::size_t id_size = 64;
    constexpr std::size_t shown_size = 12;
    const bool is_id =
        id.size() == id_size && id.find_first_not_of("0123456789abcdef") == std::string_view::npos;
    return std::string(id.substr(0, is_id ? shown_size : id.size()));
}

}  // namespace dockerext::engine
