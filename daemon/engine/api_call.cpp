#include "engine/api_call.hpp"

#include "base/json_writer.hpp"
#include "base/url.hpp"
#include "engine/response.hpp"

namespace dockerext::engine {

Task<Result<JsonDocument>> get_json(Client& client, HttpRequest request, std::string doing, Limit limit) {
    const auto response = co_await client.call(std::move(request), limit);
    if (!response) co_return response.error().within(doing);
    auto json = parse_json(response->body);
    if (!json) co_return redacted(json.error(), client.redact()).within(doing);
    co_return json;
}

Task<Result<>> send_command(Client& client, HttpRequest request, Limit limit, unsigned also_accepted,
                            std::string doing) {
    const auto response = co_await client.call(std::move(request), limit, also_accepted);
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

std::string filter_parameter(std::string_view key, const std::vector<std::string>& words) {
    JsonWriter json;
    json.begin_object();
    json.begin_array(key);
    for (const std::string& word : words) json.text(word);
    json.end_array();
    json.end_object();
    return "filters=" + percent_encoded(json.take());
}

std::string short_id(std::string_view id) {
    constexpr std::size_t id_size = 64;
    constexpr std::size_t shown_size = 12;
    const bool is_id =
        id.size() == id_size && id.find_first_not_of("0123456789abcdef") == std::string_view::npos;
    return std::string(id.substr(0, is_id ? shown_size : id.size()));
}

}  // namespace dockerext::engine
