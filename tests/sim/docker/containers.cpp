// The calls of Engine for containers.
#include "docker/engine.hpp"
#include "schedule.hpp"

#include <algorithm>

namespace dockerext::sim {
namespace {

using json::Value;

HttpResponse no_such_container(const std::string& id) { return refusal(404, "No such container: " + id); }

/// Without MemorySwap, a container may use as much swap as memory.
void allow_swap(json::Document& host) {
    const std::int64_t memory = json::number_at(host, "Memory");
    if (memory != 0 && json::number_at(host, "MemorySwap") == 0)
        json::put(host, "MemorySwap", Value(2 * memory));
}

/// Adds the engine's defaults to a host configuration.
void complete_host_config(json::Document& host, const char* network_mode, const char* policy) {
    using rapidjson::StringRef;
    json::put_default(host, "NetworkMode", Value(network_mode, host.GetAllocator()));
    allow_swap(host);
    if (*policy != '\0' && !host.HasMember("RestartPolicy")) {
        Value none(rapidjson::kObjectType);
        none.AddMember("Name", Value(policy, host.GetAllocator()), host.GetAllocator());
        json::put(host, "RestartPolicy", std::move(none));
    }
    json::put_default(host, "IpcMode", Value(StringRef("private")));
    json::put_default(host, "CgroupnsMode", Value(StringRef("private")));
    json::put_default(host, "Runtime", Value(StringRef("runc")));
    json::put_default(host, "ShmSize", Value(std::int64_t{67108864}));
    if (host.HasMember("LogConfig")) return;
    Value log(rapidjson::kObjectType);
    log.AddMember("Type", "json-file", host.GetAllocator());
    log.AddMember("Config", Value(rapidjson::kObjectType), host.GetAllocator());
    json::put(host, "LogConfig", std::move(log));
}

std::string config_text(json::Document& body, const std::string& id, const Image& image) {
    auto& allocator = body.GetAllocator();
    if (!body.HasMember("Cmd") && !body.HasMember("Entrypoint")) {
        Value command(rapidjson::kArrayType);
        for (const std::string& word : image.command) command.PushBack(Value(word, allocator), allocator);
        json::put(body, "Cmd", std::move(command));
    }
    const bool uses_host_network = json::string_at(json::at(body, "HostConfig"), "NetworkMode") == "host";
    json::put_default(body, "Hostname", Value(uses_host_network ? "machine" : id.substr(0, 12), allocator));
    body.RemoveMember("HostConfig");
    body.RemoveMember("NetworkingConfig");
    return json::text_of(body);
}

std::optional<HealthCheck> parse_healthcheck(const Value& body) {
    const Value& asked = json::at(body, "Healthcheck");
    if (json::strings_at(asked, "Test").empty() || json::strings_at(asked, "Test")[0] == "NONE")
        return std::nullopt;
    HealthCheck check;
    const auto read = [&](const char* key, Duration& into) {
        if (const std::int64_t count = json::number_at(asked, key)) into = std::chrono::nanoseconds(count);
    };
    read("Interval", check.interval);
    read("StartPeriod", check.start_period);
    if (const std::int64_t retries = json::number_at(asked, "Retries")) check.retries = retries;
    return check;
}

bool shares_network(const std::string& mode) { return mode.starts_with("container:"); }

void set_networks(Container& container, const Value& body) {
    const Value& asked = json::at(json::at(body, "NetworkingConfig"), "EndpointsConfig");
    if (asked.IsObject()) {
        for (const auto& member : asked.GetObject())
            container.networks[member.name.GetString()] = parse_endpoint(member.value);
    }
    const std::string mode = json::string_at(container.host_config, "NetworkMode");
    if (container.networks.empty() && !shares_network(mode))
        container.networks[mode == "default" ? "bridge" : mode];
}

/// Reads the volumes in Binds, "NAME:TARGET:OPTIONS"; ignores paths of the host.
void set_volumes(Container& container) {
    for (const std::string& bind : json::strings_at(container.host_config, "Binds")) {
        const std::string name = bind.substr(0, bind.find(':'));
        if (name.starts_with('/')) continue;
        const std::string rest = bind.substr(name.size() + 1);
        const std::string options =
            "," + bind.substr(std::min(bind.find(':', name.size() + 1), bind.size() - 1) + 1) + ",";
        const bool read_only = options.find(",ro,") != std::string::npos;
        container.volumes.push_back(name);
        container.mounts_text += (container.mounts_text.empty() ? "" : ",") +
                                 ("{\"Type\":\"volume\",\"Name\":" + json::string_text(name)) +
                                 ",\"Destination\":" + json::string_text(rest.substr(0, rest.find(':'))) +
                                 ",\"RW\":" + (read_only ? "false}" : "true}");
    }
    container.mounts_text = "[" + container.mounts_text + "]";
}

}  // namespace

HttpResponse Engine::on_container(const Request& request, Caller caller, Reply& reply,
                                  const std::weak_ptr<Stream>& stream) {
    const std::string& id = request.part(1);
    const std::string& verb = request.part(2);
    if (request.part(0) == "exec") return {200, verb == "json" ? R"({"Running":false,"ExitCode":0})" : ""};
    if (id == "create") return create_container(request, caller);
    if (id == "json") return list_containers(request.asked("filters"));
    Container* const container = find(id);
    if (container == nullptr && verb == "kill")
        return refusal(
            404, words("Cannot kill", "cannot kill") + " container: " + id + ": No such container: " + id);
    if (container == nullptr) return no_such_container(id);
    if (request.method == "GET" && verb == "json") return {200, inspect_text(*container)};
    if (request.method == "GET" && verb == "logs") return logs(*container, stream);
    check_foreign_access(container->is_foreign, caller, request.method + " " + verb + " " + container->name);
    if (request.method == "DELETE") return remove(*container, request.asked("force") == "1", reply);
    if (verb == "start") return start_container(*container, caller);
    if (verb == "rename") return rename(*container, request.asked("name"));
    if (verb == "update") return update(*container, request.body);
    if (verb == "pause" || verb == "unpause") return pause(*container, verb == "pause");
    if (verb == "exec") return exec(*container);
    if (verb == "kill") return kill(*container, id);
    if (verb == "archive") return {200, ""};
    if (verb != "stop" && verb != "restart") return refusal(404, "page not found");
    container->stopped_first = verb == "stop" && caller == Caller::daemon && container->alive() &&
                               !has_running_successor(*container);
    stop(*container, std::exchange(reply, {}), verb == "restart", id);
    return {204, ""};
}

/// One line of the standard output, in its frame.
HttpResponse Engine::logs(const Container& container, const std::weak_ptr<Stream>& stream) const {
    if (container.removing)
        return refusal(409, "can not get logs from container which is dead or marked for removal");
    if (const auto listener = stream.lock()) {
        const std::string line = "output of " + container.name + "\n";
        listener->push(std::string{1, 0, 0, 0, 0, 0, 0, static_cast<char>(line.size())} + line);
        listener->close();
    }
    return {200, ""};
}

HttpResponse Engine::create_container(const Request& request, Caller caller) {
    const std::string name = request.asked("name");
    json::Document body = json::parse(request.body);
    const auto image = images.find(json::string_at(body, "Image"));
    if (image == images.end()) return refusal(404, "No such image: " + json::string_at(body, "Image"));
    for (const auto& [id, other] : containers) {
        if (other->name != name) continue;
        return refusal(
            409, "Conflict. The container name \"/" + name + "\" is already in use by container \"" + id +
                     "\". You have to remove (or rename) that container to be able to reuse that name.");
    }
    auto made = std::make_unique<Container>();
    made->id = next_id();
    made->name = name;
    made->is_foreign = caller == Caller::foreign_client;
    made->image_id = image->second.id;
    made->labels = json::texts_at(body, "Labels");
    made->host_config = json::parse(json::text_of(json::at(body, "HostConfig")));
    complete_host_config(made->host_config, words("default", "bridge").c_str(), words("", "no").c_str());
    made->host_config_text = json::text_of(made->host_config);
    made->check = parse_healthcheck(body);
    if (const std::int64_t grace = json::number_at(body, "StopTimeout"))
        made->grace = std::chrono::seconds(grace);
    set_networks(*made, body);
    set_volumes(*made);
    const std::vector<std::string> words = json::strings_at(body, "Cmd");
    made->behaviour = parse_behaviour(words.empty() ? image->second.command : words);
    made->hostname = json::string_at(body, "Hostname");
    if (made->hostname.empty()) made->hostname = made->id.substr(0, 12);
    made->config_text = config_text(body, made->id, image->second);
    made->created = wall_now();
    made->down_since = steady_now();
    for (const std::string& volume : made->volumes)
        create_volume("{\"Name\":" + json::string_text(volume) + "}", caller);
    Container& container = *(containers[made->id] = std::move(made));
    emit(container, "create");
    return {201, "{\"Id\":\"" + container.id + "\",\"Warnings\":[]}"};
}

/// `filters`: none, or the id of an image ("ancestor").
HttpResponse Engine::list_containers(const std::string& filters) const {
    std::string list = "[";
    for (const auto& [id, container] : containers) {
        if (!filters.empty() && filters.find(container->image_id) == std::string::npos) continue;
        list += (list.size() > 1 ? "," : "") + summary_text(*container);
    }
    return {200, list + "]"};
}

bool Engine::has_running_successor(const Container& old) const {
    return std::any_of(containers.begin(), containers.end(), [&](const auto& entry) {
        return entry.second->alive() && entry.second->name.starts_with(old.id.substr(0, 12) + "_");
    });
}

void Engine::note_stop_first(const Container& successor) {
    for (const auto& [id, container] : containers) {
        if (container->stopped_first && !container->alive() && successor.started == WallTime{} &&
            successor.name.starts_with(id.substr(0, 12) + "_"))
            stop_first.insert(container->labels.at("com.docker.compose.service"));
    }
}

HttpResponse Engine::start_container(Container& container, Caller caller) {
    if (container.paused) return refusal(409, "cannot start a paused container, try unpause instead");
    if (container.alive()) return {304, ""};
    if (container.removing) return refusal(409, "container is marked for removal and cannot be started");
    if (caller == Caller::daemon) {
        starts[container.name].note(steady_now());
        note_stop_first(container);
    }
    if (!attach_all(container)) {
        if (container.exit_code == 0) container.exit_code = 128;
        return refusal(404, container.error);
    }
    if (container.behaviour.fails_to_start) {
        emit_network_events(container, "connect");
        emit_network_events(container, "disconnect");
        container.exit_code = 127;
        container.error = words("", "failed to create task for container: ") +
                          "failed to create shim task: OCI runtime create failed: runc create failed: unable "
                          "to start container process: exec: \"" +
                          container.behaviour.program + "\": executable file not found in $PATH: unknown";
        return refusal(400, container.error);
    }
    container.stopped_manually = container.stopped_first = false;
    container.restarts = 0;
    container.restart_delay = {};
    run(container);
    return {204, ""};
}

HttpResponse Engine::rename(Container& container, const std::string& name) {
    if (container.name == name)
        return refusal(400, "Renaming a container with the same name as its current name");
    for (const auto& [id, other] : containers) {
        if (other->name == name)
            return refusal(
                409, "Error when allocating new name: Conflict. The container name \"/" + name +
                         "\" is already in use by container \"" + id +
                         "\". You have to remove (or rename) that container to be able to reuse that name.");
    }
    if (container.state == Container::State::restarting)
        return refusal(500, "renaming a restarting container: sandbox not found");
    const std::string before = std::exchange(container.name, name);
    emit(container, "rename", {{"oldName", "/" + before}});
    return {204, ""};
}

HttpResponse Engine::update(Container& container, const std::string& body) {
    json::Document changes = json::parse(body);
    for (const auto& member : std::as_const(changes).GetObject()) {
        Value copy(member.value, container.host_config.GetAllocator());
        json::put(container.host_config, member.name.GetString(), std::move(copy));
    }
    container.host_config_text = json::text_of(container.host_config);
    emit(container, "update");
    return {200, R"({"Warnings":[]})"};
}

HttpResponse Engine::pause(Container& container, bool paused) {
    if (!paused && !container.paused) return refusal(500, "Container " + container.id + " is not paused");
    if (paused && !container.alive())
        return refusal(409, words("Container ", "container ") + container.id + " is not running");
    if (paused && container.paused)
        return refusal(409, words("Container ", "container ") + container.id + " is already paused");
    container.paused = paused;
    if (paused) stop_health_checks(container);
    emit(container, paused ? "pause" : "unpause");
    return {204, ""};
}

HttpResponse Engine::exec(const Container& container) {
    if (!container.alive())
        return refusal(409, words("Container ", "container ") + container.id + " is not running");
    return {201, "{\"Id\":\"" + next_id() + "\"}"};
}

HttpResponse Engine::kill(Container& container, const std::string& asked) {
    if (!container.alive())
        return refusal(409, words("Cannot kill container: ", "cannot kill container: ") + asked +
                                words(": Container ", ": container ") + container.id + " is not running");
    container.stopped_manually = true;
    emit_kill(container, "9");
    end(container, 137);
    return {204, ""};
}

/// Replies once the container is removed.
HttpResponse Engine::remove(Container& container, bool by_force, Reply& reply) {
    if (container.removing)
        return refusal(409, "removal of container " + container.id + " is already in progress");
    if (container.alive() && !by_force && is_old())
        return refusal(409, "You cannot remove a running container " + container.id +
                                ". Stop the container before attempting removal or force remove");
    if (container.alive() && !by_force)
        return refusal(409,
                       "cannot remove container \"/" + container.name +
                           "\": container is running: stop the container before removing or force remove");
    if (container.alive()) kill(container, container.id);
    container.removing = true;
    ++container.run;
    Schedule& schedule = Schedule::current();
    schedule.after(schedule.random.up_to(std::chrono::milliseconds(30)),
                   [this, id = container.id, reply = std::exchange(reply, {})] {
                       gone[id] = steady_now();
                       if (const auto removed = containers.extract(id)) emit(*removed.mapped(), "destroy");
                       if (reply) reply({204, ""});
                   });
    return {204, ""};
}

/// Replies once the container has ended and, with `again`, has started again.
void Engine::stop(Container& container, Reply reply, bool again, const std::string& asked) {
    container.stopped_manually = true;
    if (container.state == Container::State::restarting) {
        container.state = Container::State::exited;
        ++container.run;
    }
    if (!container.alive()) {
        if (again) return start_again(container, asked, reply);
        if (reply) reply({304, ""});
        return;
    }
    emit_kill(container, "15");
    const bool in_time = container.behaviour.stops_in <= container.grace;
    const int code = in_time ? 143 : 137;
    Schedule::current().after(
        in_time ? container.behaviour.stops_in : container.grace,
        [this, id = container.id, run = container.run, reply = std::move(reply), again, asked, code] {
            Container* const stopped = find(id);
            const bool is_same_run = stopped != nullptr && stopped->run == run;
            if (is_same_run && code == 137) emit_kill(*stopped, "9");
            if (is_same_run) end(*stopped, code);
            if (stopped != nullptr) return stop_now(*stopped, again, asked, reply);
            if (reply) reply({204, ""});
        });
}

void Engine::stop_now(Container& container, bool again, const std::string& asked, const Reply& reply) {
    if (!container.alive()) emit(container, "stop");
    if (again && up_) return start_again(container, asked, reply);
    if (reply) reply({204, ""});
}

void Engine::start_again(Container& container, const std::string& asked, const Reply& reply) {
    const HttpResponse started = start_container(container, Caller::foreign_client);
    const bool runs = started.status < 300;
    if (runs) emit(container, "restart");
    if (reply)
        reply(runs ? started : refusal(500, "Cannot restart container " + asked + ": " + container.error));
}

}  // namespace dockerext::sim
