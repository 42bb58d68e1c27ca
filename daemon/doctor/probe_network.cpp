#include "doctor/probes.hpp"

#include "azure/registry_identity.hpp"
#include "base/overloaded.hpp"
#include "base/resolver.hpp"
#include "base/task_group.hpp"
#include "base/timeout.hpp"
#include "base/web_client.hpp"
#include "doctor/machine_files.hpp"
#include "doctor/read_fact.hpp"
#include "engine/system.hpp"
#include "model/registry.hpp"
#include "registry/manifests.hpp"
#include "state/report_target.hpp"

#include <unistd.h>
#include <boost/asio/this_coro.hpp>

#include <cerrno>
#include <map>
#include <optional>
#include <variant>

/// Registries, and Azure's services.
namespace dockerext::doctor {
namespace {

using namespace std::chrono_literals;

constexpr Duration name_limit = 4s, reach_limit = 5s, login_limit = 8s, azure_limit = 3s;
constexpr std::string_view docker_hub = "https://index.docker.io/v1/";
constexpr std::size_t max_registries = 16;

struct AskedRegistry {
    WebServer server;
    const model::RegistryLogin* login = nullptr;
};

/// By key (model/registry.hpp). `settings` outlives the result.
std::map<std::string, AskedRegistry> registries_of(const LoadedSettings& settings) {
    std::map<std::string, AskedRegistry> all;
    const auto add = [&](const std::string& key) -> AskedRegistry& {
        const std::string image = key == docker_hub ? "x" : key + "/x";
        return all.try_emplace(key, AskedRegistry{registry::parse_reference(image).server}).first->second;
    };
    for (const std::string& image : settings.stored.images) add(model::registry_of(image));
    for (const model::RegistryLogin& login : settings.logins)
        add(model::registry_key(login.server)).login = &login;
    return all;
}

Task<void> ask_reach(AskedRegistry asked, RegistryFacts& facts) {
    auto resolving = resolve(asked.server.host, asked.server.port, name_limit);
    const auto addresses = co_await std::move(resolving);
    facts.resolves = addresses ? Found<bool>(true) : addresses.error();
    if (!addresses) {
        facts.answer = addresses.error();
        co_return;
    }
    auto reaching = with_timeout(reach_limit, "no answer within 5 s", registry::reach(asked.server));
    const auto reached = co_await std::move(reaching);
    facts.answer = reached ? Found<unsigned>(reached->status) : reached.error();
    if (reached && reached->time)
        facts.clock_ahead = std::chrono::floor<std::chrono::seconds>(*reached->time - wall_now());
}

/// The engine verifies a login as it would for a pull.
Task<Result<>> try_password(Result<std::filesystem::path> socket, std::string key,
                            model::PasswordLogin login) {
    if (!socket) co_return socket.error();
    engine::Client client(co_await asio::this_coro::executor, *socket);
    auto negotiating = client.negotiate();
    const auto version = co_await std::move(negotiating);
    if (!version) co_return version.error();
    Secret body = model::login_json(key, login.username, login.password);
    auto verifying = engine::verify_login(client, key, std::move(body), login.password);
    co_return co_await std::move(verifying);
}

Task<Result<>> try_identity(azure::RegistryIdentity who) {
    auto requesting = azure::request_token(std::move(who));
    const auto answer = co_await std::move(requesting);
    if (!answer.token) co_return answer.error;
    co_return Result<>();
}

Task<Result<>> try_login(const Places& places, const LoadedSettings& settings, std::string key,
                         model::RegistryLogin login) {
    if (const auto* identity = std::get_if<model::IdentityLogin>(&login.method))
        return try_identity({key, identity->identity, settings.azure_environment});
    return try_password(places.engine_socket, std::move(key), std::get<model::PasswordLogin>(login.method));
}

Task<void> ask_login(Task<Result<>> trying, RegistryFacts& facts) {
    auto limited = with_timeout(login_limit, "no answer within 8 s", std::move(trying));
    const auto accepted = co_await std::move(limited);
    facts.login = accepted ? Found<bool>(true) : accepted.error();
}

/// Where Azure's agent reads our status.
struct StatusFolder {
    std::optional<std::string> path;
    bool can_write = false;
};

Found<StatusFolder> read_status_folder(const std::filesystem::path& state) {
    if (::access(state.c_str(), R_OK | X_OK) != 0 && errno == EACCES)
        return Error(ErrorKind::unavailable, "needs root");
    const auto target = state::ReportTargetStore(state).load();
    if (!target) return StatusFolder{};
    return StatusFolder{target->folder.native(), ::access(target->folder.c_str(), W_OK | X_OK) == 0};
}

Task<void> ask_status_folder(const Places& places, AzureFacts& azure) {
    std::function<Found<StatusFolder>()> reading = [state = places.paths.state] {
        return read_status_folder(state);
    };
    Found<StatusFolder> folder = not_examined();
    auto waiting = read_fact<StatusFolder>(std::move(reading), folder);
    co_await std::move(waiting);
    if (!folder) set_unknown(folder.error(), azure.status_folder, azure.can_write_status);
    else azure.status_folder = folder->path;
    if (folder && folder->path) azure.can_write_status = folder->can_write;
}

Task<void> ask_web(std::string host, HttpRequest request, Found<unsigned>& status) {
    WebServer server{WebServer::Scheme::http, std::move(host), 80};
    auto asking = send_web_request(std::move(server), std::move(request), azure_limit);
    const auto answer = co_await std::move(asking);
    status = answer ? Found<unsigned>(answer->status) : answer.error();
}

}  // namespace

Task<void> probe_registries(const Places& places, const LoadedSettings& settings,
                            std::vector<RegistryFacts>& registries) {
    auto asked = registries_of(settings);
    while (asked.size() > max_registries) asked.erase(std::prev(asked.end()));
    registries.resize(asked.size());
    TaskGroup group(co_await asio::this_coro::executor);
    auto facts = registries.begin();
    for (const auto& [key, registry] : asked) {
        facts->server = key == docker_hub ? "docker.io" : key;
        group.spawn(ask_reach(registry, *facts));
        if (registry.login != nullptr) {
            facts->login = not_examined();
            group.spawn(ask_login(try_login(places, settings, key, *registry.login), *facts));
        }
        ++facts;
    }
    co_await group.join();
}

Task<void> probe_azure(const Places& places, AzureFacts& azure) {
    std::function<Found<bool>()> reading = [root = places.root] { return read_is_azure(root); };
    auto recognising = read_fact<bool>(std::move(reading), azure.is_azure);
    co_await std::move(recognising);
    auto asking = ask_status_folder(places, azure);
    co_await std::move(asking);
    if (!azure.is_azure || !*azure.is_azure) co_return;
    TaskGroup group(co_await asio::this_coro::executor);
    HttpRequest metadata{.method = "GET", .target = "/metadata/instance?api-version=2021-02-01"};
    metadata.headers.emplace_back("Metadata", "true");
    group.spawn(ask_web("169.254.169.254", std::move(metadata), azure.metadata));
    HttpRequest versions{.method = "GET", .target = "/?comp=versions"};
    if (::geteuid() == 0) group.spawn(ask_web("168.63.129.16", std::move(versions), azure.wire_server));
    else
        azure.wire_server =
            Error(ErrorKind::unavailable, "needs root");  // the agent's firewall lets only root in
    co_await group.join();
}

}  // namespace dockerext::doctor
