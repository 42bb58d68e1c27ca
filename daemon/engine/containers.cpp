#include "engine/containers.hpp"

#include "base/timeout.hpp"
#include "base/url.hpp"
#include "engine/api_call.hpp"
#include "engine/log_text.hpp"
#include "engine/response.hpp"

namespace dockerext::engine {
namespace {

constexpr unsigned not_modified = 304;

std::string path_of(std::string_view id) { return "/containers/" + percent_encoded(id); }

/// A container that never ran knows its networks only by name, and is connected to none.
std::vector<std::string> networks_in(const JsonCursor& container) {
    std::vector<std::string> ids;
    const auto settings = object_in(container, "NetworkSettings");
    const auto networks = settings ? object_in(*settings, "Networks") : std::nullopt;
    if (!networks) return ids;
    const auto members = networks->members();
    if (!members) return ids;
    for (const auto& [name, network] : *members) {
        if (std::string id = string_in(network, "NetworkID"); !id.empty()) ids.push_back(std::move(id));
    }
    return ids;
}

ContainerSummary summary_of(const JsonCursor& container) {
    ContainerSummary summary{.id = string_in(container, "Id"),
                             .image_id = string_in(container, "ImageID"),
                             .names = strings_in(container, "Names"),
                             .labels = string_map_in(container, "Labels"),
                             .state = string_in(container, "State"),
                             .networks = networks_in(container)};
    for (std::string& name : summary.names) {
        if (name.starts_with('/')) name.erase(0, 1);
    }
    return summary;
}

Result<std::vector<ContainerSummary>> summaries_in(const JsonDocument& list) {
    const auto items = list.root().items();
    if (!items) return Error(ErrorKind::unavailable, to_text(items.error()));
    std::vector<ContainerSummary> all;
    for (const JsonCursor& item : *items) {
        all.push_back(summary_of(item));
        if (all.back().id.empty()) return Error(ErrorKind::unavailable, to_text(item.problem("no Id")));
    }
    return all;
}

Task<Result<std::vector<ContainerSummary>>> summaries(Client& client, std::string query) {
    HttpRequest request{"GET", "/containers/json?" + query, {}, {}};
    const auto list = co_await get_json(client, std::move(request), "list containers");
    if (!list) co_return list.error();
    auto all = summaries_in(*list);
    if (!all) co_return all.error().within("list containers");
    co_return all;
}

/// Recognizes Docker's message for a container that another call is removing at this moment.
bool is_being_removed(const Error& error, const Redactor& redact) {
    return error.kind() == ErrorKind::conflict &&
           redact.contains_phrase(error.message(), "already in progress");
}

/// `since` includes the time that it names.
std::string parameters_of(const LogQuery& query) {
    using namespace std::chrono;
    std::string text = "&tail=" + (query.lines ? std::to_string(*query.lines) : "all");
    if (query.timestamps) text += "&timestamps=1";
    if (!query.after) return text;
    const auto since = *query.after + 1ns;
    const auto whole = floor<seconds>(since);
    const std::string fraction = std::to_string((since - whole).count());
    return text + "&since=" + std::to_string(whole.time_since_epoch().count()) + "." +
           std::string(9 - fraction.size(), '0') + fraction;
}

Task<Result<std::string>> read_logs(Client& client, HttpRequest request, std::size_t limit) {
    auto stream = co_await client.open(std::move(request), limits::query);
    if (!stream) co_return stream.error();
    LogText text(limit, client.redact());
    for (;;) {
        const auto piece = co_await stream->read(limits::query.time);
        if (!piece) co_return piece.error();
        if (piece->empty()) co_return text.text();
        text.take(*piece);
    }
}

}  // namespace

Task<Result<std::vector<ContainerSummary>>> list_containers(Client& client) {
    return summaries(client, "all=1");
}

Task<Result<std::vector<ContainerSummary>>> list_containers_of_image(Client& client, std::string image) {
    return summaries(client, "all=1&" + filter_parameter("ancestor", {image}));
}

Task<Result<std::vector<ContainerSummary>>> list_containers_publishing(Client& client, std::string port) {
    return summaries(client, filter_parameter("publish", {port}));
}

Task<Result<JsonDocument>> inspect_container(Client& client, std::string id) {
    HttpRequest request{"GET", path_of(id) + "/json", {}, {}};
    return get_json(client, std::move(request), "inspect container " + short_id(id));
}

Task<Result<std::string>> create_container(Client& client, std::string name, std::string body,
                                           std::string platform) {
    HttpRequest request{"POST", "/containers/create?name=" + percent_encoded(name), std::move(body), {}};
    if (!platform.empty()) request.target += "&platform=" + percent_encoded(platform);
    return create(client, std::move(request), "create container " + name);
}

Task<Result<>> start_container(Client& client, std::string id) {
    HttpRequest request{"POST", path_of(id) + "/start", {}, {}};
    return send_command(client, std::move(request), limits::start, not_modified,
                        "start container " + short_id(id));
}

Task<Result<>> stop_container(Client& client, std::string id, std::chrono::seconds grace) {
    HttpRequest request{"POST", path_of(id) + "/stop", {}, {}};
    return send_command(client, std::move(request), limits::stop(grace), not_modified,
                        "stop container " + short_id(id));
}

Task<Result<>> restart_container(Client& client, std::string id, std::chrono::seconds grace) {
    HttpRequest request{"POST", path_of(id) + "/restart", {}, {}};
    return send_command(client, std::move(request), limits::stop(grace), 0,
                        "restart container " + short_id(id));
}

Task<Result<>> unpause_container(Client& client, std::string id) {
    HttpRequest request{"POST", path_of(id) + "/unpause", {}, {}};
    return send_command(client, std::move(request), limits::query, 0, "unpause container " + short_id(id));
}

Task<Result<>> rename_container(Client& client, std::string id, std::string name) {
    HttpRequest request{"POST", path_of(id) + "/rename?name=" + percent_encoded(name), {}, {}};
    return send_command(client, std::move(request), limits::query, 0,
                        "rename container " + short_id(id) + " to " + name);
}

Task<Result<>> update_container(Client& client, std::string id, std::string body) {
    HttpRequest request{"POST", path_of(id) + "/update", std::move(body), {}};
    return send_command(client, std::move(request), limits::query, 0, "update container " + short_id(id));
}

Task<Result<>> put_archive(Client& client, std::string id, std::string tar, Owners owners) {
    const std::string copy = owners == Owners::of_archive ? "&copyUIDGID=true" : "";
    HttpRequest request{
        "PUT", path_of(id) + "/archive?path=%2F" + copy, std::move(tar), {}, "application/x-tar"};
    return send_command(client, std::move(request), limits::create, 0,
                        "put files into container " + short_id(id));
}

Task<Result<>> remove_container(Client& client, std::string id) {
    HttpRequest request{"DELETE", path_of(id) + "?force=1", {}, {}};
    const std::string doing = "remove container " + short_id(id);
    const auto done =
        co_await send_command(client, std::move(request), limits::remove, http_not_found, doing);
    if (!done && is_being_removed(done.error(), client.redact())) co_return Result<>{};
    co_return done;
}

Task<Result<std::string>> container_logs(Client& client, std::string id, LogQuery query) {
    const std::string doing = "logs of container " + short_id(id);
    HttpRequest request{"GET", path_of(id) + "/logs?stdout=1&stderr=1" + parameters_of(query), {}, {}};
    auto reading = read_logs(client, std::move(request), query.limit);
    const auto text = co_await with_timeout(limits::logs, "reading the log timed out", std::move(reading));
    if (!text) co_return text.error().within(doing);
    co_return text;
}

}  // namespace dockerext::engine
