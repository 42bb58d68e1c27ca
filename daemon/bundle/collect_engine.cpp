#include "bundle/collect.hpp"

#include "base/timeout.hpp"
#include "base/url.hpp"
#include "bundle/hidden.hpp"
#include "engine/client.hpp"
#include "engine/containers.hpp"
#include "model/labels.hpp"

#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <array>

namespace dockerext::bundle {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t max_containers = 200;
constexpr std::array questions{std::pair{"engine/version.json", "/version"},
                               std::pair{"engine/info.json", "/info"},
                               std::pair{"engine/containers.json", "/containers/json?all=1"},
                               std::pair{"engine/images.json", "/images/json"},
                               std::pair{"engine/networks.json", "/networks"},
                               std::pair{"engine/volumes.json", "/volumes"}};

Task<Result<std::string>> ask(engine::Client& client, std::string target) {
    HttpRequest request{.method = "GET", .target = std::move(target)};
    auto answer = co_await client.call(std::move(request), engine::limits::inspect);
    if (!answer) co_return answer.error();
    co_return std::move(answer->body);
}

Task<Result<std::string>> inspect(engine::Client& client, std::string id) {
    auto asking = ask(client, "/containers/" + percent_encoded(id) + "/json");
    const auto text = co_await std::move(asking);
    if (!text) co_return text.error();
    co_return without_environment(*text);
}

/// Adds what is there before the limit to `parts`.
Task<Result<>> inspect_containers(engine::Client& client, std::string project, Parts& parts) {
    auto listing = engine::list_containers(client);
    auto list = co_await std::move(listing);
    if (!list) co_return list.error();
    std::erase_if(*list, [&](const engine::ContainerSummary& each) {
        const auto label = each.labels.find(std::string(model::labels::project));
        return label == each.labels.end() || label->second != project;
    });
    list->resize(std::min(list->size(), max_containers));
    for (const engine::ContainerSummary& each : *list) {
        auto inspecting = inspect(client, each.id);
        auto text = co_await std::move(inspecting);
        parts.push_back({"engine/containers/" + (each.names.empty() ? each.id : each.names.front()) + ".json",
                         std::move(text)});
    }
    co_return Result<>();
}

}  // namespace

Task<Parts> collect_engine(const Sources& sources) {
    Parts parts;
    const auto socket = engine::parse_docker_host(sources.docker_host);
    Result<> answers = socket ? Result<>() : socket.error();
    const auto executor = co_await asio::this_coro::executor;
    const std::filesystem::path path = socket ? *socket : std::filesystem::path("/");
    engine::Client client(executor, path);
    if (answers) {
        auto negotiating = with_timeout(5s, "the engine does not answer within 5 s", client.negotiate());
        const auto version = co_await std::move(negotiating);
        if (!version) answers = version.error();
    }
    for (const auto& [name, target] : questions) {
        Result<std::string> text = answers ? Result<std::string>() : answers.error();
        if (answers) {
            auto asking = with_timeout(part_limit / 6, "no answer within 5 s", ask(client, target));
            text = co_await std::move(asking);
        }
        parts.push_back({name, std::move(text)});
    }
    if (sources.project.empty()) answers = Error(ErrorKind::not_found, "the settings have no services");
    if (answers) {
        auto inspecting = with_timeout(part_limit, "no answer within 30 s",
                                       inspect_containers(client, sources.project, parts));
        answers = co_await std::move(inspecting);
    }
    if (!answers) parts.push_back({"engine/containers", answers.error()});
    co_return parts;
}

}  // namespace dockerext::bundle
