#include "doctor/probes.hpp"

#include "base/timeout.hpp"
#include "doctor/machine_text.hpp"
#include "doctor/peer.hpp"
#include "doctor/read_fact.hpp"
#include "engine/containers.hpp"
#include "engine/images.hpp"
#include "engine/networks.hpp"
#include "engine/system.hpp"
#include "model/labels.hpp"
#include "observe/facts_reader.hpp"

#include <boost/asio/this_coro.hpp>

#include <algorithm>

namespace dockerext::doctor {
namespace {

namespace labels = model::labels;
using namespace std::chrono_literals;
using engine::Client;
using observe::text_in;

constexpr Duration answer_limit = 3s;   ///< for one question
constexpr Duration inspect_limit = 5s;  ///< for all inspects of a kind
constexpr Duration all_limit_of_engine = 14s;
constexpr std::size_t max_inspected = 500;

/// [["Backing Filesystem", "extfs"], …]
void read_driver_status(const JsonCursor& status, EngineInfo& info) {
    const auto rows = status.items();
    for (const JsonCursor& row : rows ? *rows : std::vector<JsonCursor>{}) {
        const auto cells = row.items();
        if (!cells || cells->size() != 2) continue;
        const auto key = cells->front().string(), value = cells->back().string();
        if (!key || !value) continue;
        if (*key == "Backing Filesystem") info.backing_filesystem = *value;
        if (*key == "Supports d_type") info.supports_d_type = *value == "true";
    }
}

void read_insecure_registries(ObjectReader& reader, Problems& ignored, EngineInfo& info) {
    auto config = observe::object_in(reader, "RegistryConfig", ignored);
    for (const auto& [name, index] : observe::members_in(config, "IndexConfigs", ignored)) {
        if (!ObjectReader(index, ignored).boolean("Secure").value_or(true))
            info.insecure_registries.push_back(name);
    }
}

EngineInfo info_in(const JsonCursor& json) {
    Problems ignored;  // absent members read as empty
    ObjectReader reader(json, ignored);
    EngineInfo info{.storage_driver = text_in(reader, "Driver"),
                    .data_root = text_in(reader, "DockerRootDir"),
                    .cgroup_driver = text_in(reader, "CgroupDriver"),
                    .cgroup_version = text_in(reader, "CgroupVersion"),
                    .log_driver = text_in(reader, "LoggingDriver"),
                    .architecture = text_in(reader, "Architecture"),
                    .is_ipv4_forwarding = reader.boolean("IPv4Forwarding").value_or(true),
                    .proxy = text_in(reader, "HttpsProxy") + text_in(reader, "HttpProxy"),
                    .warnings = reader.strings("Warnings"),
                    .security_options = reader.strings("SecurityOptions")};
    if (const auto status = reader.take("DriverStatus")) read_driver_status(*status, info);
    for (ObjectReader& pool : observe::objects_in(reader, "DefaultAddressPools", ignored))
        info.address_pools.push_back(text_in(pool, "Base"));
    read_insecure_registries(reader, ignored, info);
    return info;
}

void read_inspect(const JsonCursor& json, ContainerFacts& container) {
    Problems ignored;
    ObjectReader reader(json, ignored);
    auto config = observe::object_in(reader, "Config", ignored);
    auto host = observe::object_in(reader, "HostConfig", ignored);
    auto log = observe::object_in(host, "LogConfig", ignored);
    container.image = text_in(config, "Image");
    container.log_driver = text_in(log, "Type");
    container.log_options = observe::text_map_in(log, "Config", ignored);
}

ContainerFacts facts_of(const engine::ContainerSummary& summary) {
    const auto label = [&](std::string_view name) {
        const auto found = summary.labels.find(std::string(name));
        return found == summary.labels.end() ? std::string() : found->second;
    };
    return {.name = summary.names.empty() ? summary.id : summary.names.front(),
            .image_id = summary.image_id,
            .project = label(labels::project),
            .service = label(labels::service),
            .config_files = label(labels::config_files),
            .is_running = summary.state == "running"};
}

/// Containers that are removed meanwhile are left out.
Task<Result<std::vector<ContainerFacts>>> inspect_all(Client& client,
                                                      std::vector<engine::ContainerSummary> list) {
    std::vector<ContainerFacts> all;
    list.resize(std::min(list.size(), max_inspected));
    for (const engine::ContainerSummary& summary : list) {
        auto inspecting = engine::inspect_container(client, summary.id);
        const auto inspect = co_await std::move(inspecting);
        if (!inspect && inspect.error().kind() == ErrorKind::not_found) continue;
        if (!inspect) co_return inspect.error();
        ContainerFacts facts = facts_of(summary);
        read_inspect(inspect->root(), facts);
        all.push_back(std::move(facts));
    }
    co_return all;
}

std::string platform_in(const JsonCursor& json) {
    Problems ignored;
    ObjectReader reader(json, ignored);
    return text_in(reader, "Os") + "/" + text_in(reader, "Architecture");
}

using Platforms = std::map<std::string, std::string>;

Task<Result<Platforms>> inspect_images(Client& client, std::set<std::string> ids) {
    Platforms platforms;
    for (const std::string& id : ids) {
        auto inspecting = engine::inspect_image(client, id);
        const auto inspect = co_await std::move(inspecting);
        if (inspect) platforms[id] = platform_in(inspect->root());
    }
    co_return platforms;
}

NetworkFacts network_in(ObjectReader& reader) {
    Problems ignored;
    NetworkFacts network{.name = text_in(reader, "Name"), .driver = text_in(reader, "Driver")};
    constexpr std::size_t short_id = 12;
    network.bridge = "br-" + text_in(reader, "Id").substr(0, short_id);
    const auto options = observe::text_map_in(reader, "Options", ignored);
    if (const auto name = options.find("com.docker.network.bridge.name"); name != options.end())
        network.bridge = name->second;
    auto ipam = observe::object_in(reader, "IPAM", ignored);
    for (ObjectReader& pool : observe::objects_in(ipam, "Config", ignored))
        network.subnets.push_back(text_in(pool, "Subnet"));
    return network;
}

std::vector<NetworkFacts> networks_in(const JsonCursor& json) {
    Problems ignored;
    std::vector<NetworkFacts> networks;
    const auto items = json.items();
    for (const JsonCursor& item : items ? *items : std::vector<JsonCursor>{}) {
        ObjectReader reader(item, ignored);
        networks.push_back(network_in(reader));
    }
    return networks;
}

Task<void> ask_containers(Client& client, EngineFacts& facts) {
    auto listing = with_timeout(answer_limit, "the engine does not list its containers",
                                engine::list_containers(client));
    auto list = co_await std::move(listing);
    if (!list) {
        set_unknown(list.error(), facts.containers, facts.image_platforms);
        co_return;
    }
    auto inspecting = with_timeout(inspect_limit, "the engine does not describe its containers",
                                   inspect_all(client, std::move(*list)));
    facts.containers = co_await std::move(inspecting);
    std::set<std::string> images;
    if (facts.containers) {
        for (const ContainerFacts& each : *facts.containers) images.insert(each.image_id);
    }
    auto looking = with_timeout(answer_limit, "the engine does not describe its images",
                                inspect_images(client, std::move(images)));
    facts.image_platforms = co_await std::move(looking);
}

Task<void> ask_engine(Client& client, EngineFacts& facts) {
    auto negotiating = with_timeout(answer_limit, "no answer within 3 s", client.negotiate());
    auto version = co_await std::move(negotiating);
    facts.version = with_right(std::move(version));
    if (!facts.version) {
        const Error away(ErrorKind::unavailable, "the engine does not answer");
        set_unknown(away, facts.info, facts.containers, facts.networks, facts.image_platforms);
        co_return;
    }
    auto informing = with_timeout(answer_limit, "the engine does not describe itself", engine::info(client));
    const auto info = co_await std::move(informing);
    facts.info = info ? Found<EngineInfo>(info_in(info->root())) : info.error();
    auto listing =
        with_timeout(answer_limit, "the engine does not list its networks", engine::list_networks(client));
    const auto networks = co_await std::move(listing);
    facts.networks =
        networks ? Found<std::vector<NetworkFacts>>(networks_in(networks->root())) : networks.error();
    auto asking = ask_containers(client, facts);
    co_await std::move(asking);
}

Found<std::vector<std::string>> running_arguments(const std::filesystem::path& socket) {
    const auto process = listener_of(socket);
    if (!process) return without_right(process.error());
    if (*process == 1) return Error(ErrorKind::unavailable, "systemd holds the engine's socket");
    const auto text = read_text("/proc/" + std::to_string(*process) + "/cmdline");
    if (!text) return text.error();
    return arguments_in(*text);
}

}  // namespace

Task<void> probe_engine(const Places& places, EngineFacts& engine, Found<Space>& space) {
    if (places.engine_socket) {
        const std::filesystem::path& socket = *places.engine_socket;
        engine.socket = read_permissions(socket, places.root);
        engine.arguments = running_arguments(socket);
        Client client(co_await asio::this_coro::executor, socket);
        set_unknown(Error(ErrorKind::timeout, "the engine answers too slowly"), engine.info,
                    engine.containers, engine.networks, engine.image_platforms);
        auto asking = race(ask_engine(client, engine), all_limit_of_engine);
        co_await std::move(asking);
    } else {
        set_unknown(places.engine_socket.error(), engine.version, engine.info, engine.containers,
                    engine.networks, engine.image_platforms, engine.socket, engine.arguments);
    }
    std::filesystem::path data = engine.info ? engine.info->data_root : "";
    if (data.empty()) data = "/var/lib/docker";
    std::function<Found<Space>()> reading = [data] { return read_space(data); };
    auto measuring = read_fact<Space>(std::move(reading), space);
    co_await std::move(measuring);
}

}  // namespace dockerext::doctor
