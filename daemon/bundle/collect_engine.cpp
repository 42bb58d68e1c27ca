#include "bundle/collect.hpp"

#include "base/child_process.hpp"
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
constexpr std::string_view containers_file = "engine/containers.json";
constexpr std::array questions{std::pair{"engine/version.json", "/version"},
                               std::pair{"engine/info.json", "/info"},
                               std::pair{containers_file.data(), "/containers/json?all=1"},
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
    co_return without_values(*text);
}

/// Without what may be a secret.
Result<std::string> presentable(std::string_view name, const std::string& text, const std::string& project) {
    return name == containers_file ? without_strangers(text, project) : without_values(text);
}

/// Whether a connection to the engine's usual socket would make systemd start the engine.
Task<bool> would_start(const Sources& sources, std::filesystem::path socket) {
    const bool is_usual = socket == "/run/docker.sock" || socket == "/var/run/docker.sock";
    if (sources.root != "/" || !is_usual) co_return false;
    Command command{"systemctl",     "--no-pager",    "show", "--property=Id,ActiveState,SubState",
                    "docker.socket", "docker.service"};
    ChildOptions options{.limit = 5s};
    auto running = run_child(std::move(command), std::move(options));
    const auto shown = co_await std::move(running);
    co_return shown&& would_start_engine(shown->out);
}

/// Fails if the engine does not answer, or must not be asked.
Task<Result<>> reach(engine::Client& client, const Sources& sources, std::filesystem::path socket) {
    auto finding_out = would_start(sources, std::move(socket));
    const bool is_to_be_spared = co_await std::move(finding_out);
    if (is_to_be_spared)
        co_return Error(ErrorKind::not_found, "docker.service is stopped; connecting would start it");
    auto negotiating = with_timeout(5s, "the engine does not answer within 5 s", client.negotiate());
    const auto version = co_await std::move(negotiating);
    co_return version ? Result<>() : version.error();
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

bool would_start_engine(std::string_view shown) {
    bool is_listening = false, is_stopped = false;
    for (std::size_t begin = 0; begin < shown.size();) {
        const std::size_t end = std::min(shown.find("\n\n", begin), shown.size());
        const std::string unit = "\n" + std::string(shown.substr(begin, end - begin)) + "\n";
        const auto has = [&](std::string_view line) { return unit.find(line) != std::string::npos; };
        if (has("\nId=docker.socket\n")) is_listening = has("\nSubState=listening\n");
        if (has("\nId=docker.service\n"))
            is_stopped = has("\nActiveState=inactive\n") || has("\nActiveState=failed\n");
        begin = end + 2;
    }
    return is_listening && is_stopped;
}

Task<Parts> collect_engine(const Sources& sources) {
    Parts parts;
    const auto socket = engine::parse_docker_host(sources.docker_host);
    Result<> answers = socket ? Result<>() : socket.error();
    const auto executor = co_await asio::this_coro::executor;
    const std::filesystem::path path = socket ? *socket : std::filesystem::path("/");
    engine::Client client(executor, path);
    if (answers) {
        auto reaching = reach(client, sources, path);
        answers = co_await std::move(reaching);
    }
    for (const auto& [name, target] : questions) {
        Result<std::string> text = answers ? Result<std::string>() : answers.error();
        if (answers) {
            auto asking = with_timeout(part_limit / 6, "no answer within 5 s", ask(client, target));
            text = co_await std::move(asking);
            if (text) text = presentable(name, *text, sources.project);
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
