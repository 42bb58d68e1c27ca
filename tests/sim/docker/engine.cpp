#include "docker/engine.hpp"

#include "schedule.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace dockerext::sim {

namespace {

const Engine* only_engine = nullptr;

}  // namespace

const Engine* Engine::current() { return only_engine; }

Engine::Engine(std::string version) : version_(std::move(version)) {
    only_engine = this;
    for (const char* name : {"bridge", "host", "none"}) {
        const std::string id = next_id();
        networks[id] = {.id = id, .name = name, .is_foreign = true, .driver = name};
    }
}

std::string Engine::next_id() {
    Random mixed(next_++);
    std::string id;
    for (int i = 0; i < 4; ++i) {
        std::array<char, 17> part{};
        std::snprintf(part.data(), part.size(), "%016llx", static_cast<unsigned long long>(mixed.next()));
        id += part.data();
    }
    return id;
}

/// Records a broken promise if the daemon changes a stranger's object.
void Engine::check_foreign_access(bool is_foreign, Caller caller, const std::string& what) {
    if (is_foreign && caller == Caller::daemon && broken.empty())
        broken = "touched a stranger's object: " + what;
}

void Engine::perform(const HttpRequest& http, Caller caller, Reply reply, std::weak_ptr<Stream> stream) {
    const Request request = parse_request(http);
    const std::string& kind = request.part(0);
    HttpResponse response = refusal(404, "page not found");
    if (kind == "containers" || kind == "exec") response = on_container(request, caller, reply, stream);
    else if (kind == "networks") response = on_network(request, caller, reply);
    else if (kind == "volumes") response = on_volume(request, caller);
    else if (kind == "images") response = on_image(request, caller, stream);
    else if (kind == "distribution") response = on_distribution(request);
    else if (kind == "_ping") response = {200, "OK"};
    else if (kind == "info")
        response = {
            200,
            R"({"LoggingDriver":"json-file","DefaultRuntime":"runc","DockerRootDir":"/var/lib/docker"})"};
    else if (kind == "version") {
        const bool old = is_old();
        response = {200, "{\"Version\":\"" + version_ + "\",\"ApiVersion\":\"" + (old ? "1.41" : "1.45") +
                             R"(","MinAPIVersion":"1.24"})"};
    } else if (kind == "events") {
        const auto time = [&](const char* key) {
            return WallTime(std::chrono::nanoseconds(
                static_cast<std::int64_t>(std::strtold(request.asked(key).c_str(), nullptr) * 1e9L)));
        };
        const bool ends = !request.asked("until").empty();
        response = {200, ""};
        if (const auto listener = stream.lock()) {
            const std::string past = events.past(time("since"), ends ? time("until") : wall_now());
            if (!past.empty()) listener->push(past);
            if (ends) listener->close();
            else events.subscribe(stream);
        }
    }
    if (response.status == 404 && response.body.find("page not found") != std::string::npos && broken.empty())
        broken = "a call that the model does not know: " + http.method + " " + http.target;
    if (reply) reply(std::move(response));
}

Container* Engine::find(const std::string& id_or_name) {
    const auto found = containers.find(id_or_name);
    if (found != containers.end()) return found->second.get();
    for (const auto& [id, container] : containers) {
        const bool meant =
            container->name == id_or_name || (id_or_name.size() >= 12 && id.starts_with(id_or_name));
        if (meant) return container.get();
    }
    return nullptr;
}

Network* Engine::find_network(const std::string& id_or_name) {
    const auto found = networks.find(id_or_name);
    if (found != networks.end()) return &found->second;
    for (auto& [id, network] : networks) {
        const bool meant =
            network.name == id_or_name || (id_or_name.size() >= 12 && id.starts_with(id_or_name));
        if (meant) return &network;
    }
    return nullptr;
}

std::string Engine::ambiguity(const std::string& id_or_name) const {
    const auto matches = std::count_if(networks.begin(), networks.end(),
                                       [&](const auto& each) { return each.second.name == id_or_name; });
    if (matches < 2) return "";
    return "network " + id_or_name + " is ambiguous (" + std::to_string(matches) + " matches found on name)";
}

/// Whether a running container has an endpoint on the network.
bool Engine::is_attached(const Network& network) const {
    for (const auto& [id, container] : containers) {
        const auto endpoint = container->networks.find(network.name);
        const bool on_it = endpoint != container->networks.end() && endpoint->second.network_id == network.id;
        if (on_it && container->alive()) return true;
    }
    return false;
}

}  // namespace dockerext::sim
