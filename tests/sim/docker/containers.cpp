// The part of Engine that is asked about containers.
#include "docker/engine.hpp"
#include "schedule.hpp"

namespace dockerext::sim {
namespace {

using json::Value;

HttpResponse no_such_container(const std::string& id) { return refusal(404, "No such container: " + id); }

/// What the engine adds to what it was given.
void complete_host_config(json::Document& host) {
    using rapidjson::StringRef;
    json::put_default(host, "NetworkMode", Value(StringRef("default")));
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
    json::put_default(body, "Hostname", Value(id.substr(0, 12), allocator));
    body.RemoveMember("HostConfig");
    body.RemoveMember("NetworkingConfig");
    return json::text_of(body);
}

std::optional<HealthCheck> check_in(const Value& body) {
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

Endpoint endpoint_in(const Value& asked) {
    Endpoint endpoint;
    const auto text = [&](const char* key) {
        const Value& value = json::at(asked, key);
        return value.IsNull() ? "null" : json::text_of(value);
    };
    endpoint.ipam = text("IPAMConfig");
    endpoint.links = text("Links");
    endpoint.driver_options = text("DriverOpts");
    endpoint.aliases = json::strings_at(asked, "Aliases");
    endpoint.mac = json::string_at(asked, "MacAddress");
    return endpoint;
}

bool is_alone(const std::string& mode) {
    return mode == "host" || mode == "none" || mode.starts_with("container:");
}

void take_networks(Container& container, const Value& body) {
    const Value& asked = json::at(json::at(body, "NetworkingConfig"), "EndpointsConfig");
    if (asked.IsObject()) {
        for (const auto& member : asked.GetObject())
            container.networks[member.name.GetString()] = endpoint_in(member.value);
    }
    const std::string mode = json::string_at(container.host_config, "NetworkMode");
    if (container.networks.empty() && !is_alone(mode))
        container.networks[mode == "default" ? "bridge" : mode];
}

/// "NAME:TARGET:OPTIONS" of volumes; paths of the host are of no interest here.
void take_volumes(Container& container) {
    for (const std::string& bind : json::strings_at(container.host_config, "Binds")) {
        const std::string name = bind.substr(0, bind.find(':'));
        if (name.starts_with('/')) continue;
        const std::string rest = bind.substr(name.size() + 1);
        container.volumes.push_back(name);
        container.mounts_text += (container.mounts_text.empty() ? "" : ",") +
                                 ("{\"Type\":\"volume\",\"Name\":" + json::quoted(name)) +
                                 ",\"Destination\":" + json::quoted(rest.substr(0, rest.find(':'))) +
                                 ",\"RW\":true}";
    }
    container.mounts_text = "[" + container.mounts_text + "]";
}

}  // namespace

HttpResponse Engine::on_container(const Request& request, Caller caller, Reply& reply) {
    const std::string& id = request.part(1);
    const std::string& verb = request.part(2);
    if (request.part(0) == "exec") return {200, verb == "json" ? R"({"Running":false,"ExitCode":0})" : ""};
    if (id == "create") return create_container(request, caller);
    if (id == "json") return list_containers();
    Container* const container = find(id);
    if (container == nullptr) return no_such_container(id);
    if (request.method == "GET" && verb == "json") return {200, inspect_text(*container)};
    touch(container->strangers, caller, request.method + " " + verb + " " + container->name);
    if (request.method == "DELETE") return remove(*container, request.asked("force") == "1", reply);
    if (verb == "start") return start_container(*container, caller);
    if (verb == "rename") return rename(*container, request.asked("name"));
    if (verb == "update") return update(*container, request.body);
    if (verb == "pause" || verb == "unpause") return pause(*container, verb == "pause");
    if (verb == "exec") return exec(*container);
    if (verb == "kill") return kill(*container);
    if (verb == "archive") return {200, ""};
    if (verb != "stop" && verb != "restart") return refusal(404, "page not found");
    stop(*container, std::exchange(reply, {}), verb == "restart");
    return {204, ""};
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
    made->strangers = caller == Caller::stranger;
    made->image_id = image->second.id;
    made->labels = json::texts_at(body, "Labels");
    made->host_config = json::parse(json::text_of(json::at(body, "HostConfig")));
    complete_host_config(made->host_config);
    made->host_config_text = json::text_of(made->host_config);
    made->check = check_in(body);
    if (const std::int64_t grace = json::number_at(body, "StopTimeout"))
        made->grace = std::chrono::seconds(grace);
    take_networks(*made, body);
    take_volumes(*made);
    const std::vector<std::string> words = json::strings_at(body, "Cmd");
    made->behaviour = behaviour_of(words.empty() ? image->second.command : words);
    made->config_text = config_text(body, made->id, image->second);
    made->created = wall_now();
    made->down_since = steady_now();
    for (const std::string& volume : made->volumes)
        create_volume("{\"Name\":" + json::quoted(volume) + "}", caller);
    Container& container = *(containers[made->id] = std::move(made));
    tell(container, "create");
    return {201, "{\"Id\":\"" + container.id + "\",\"Warnings\":[]}"};
}

HttpResponse Engine::list_containers() const {
    std::string list = "[";
    for (const auto& [id, container] : containers)
        list += (list.size() > 1 ? "," : "") + summary_text(*container);
    return {200, list + "]"};
}

HttpResponse Engine::start_container(Container& container, Caller caller) {
    if (container.paused) return refusal(409, "cannot start a paused container, try unpause instead");
    if (container.alive()) return {304, ""};
    if (container.removing) return refusal(409, "container is marked for removal and cannot be started");
    if (caller == Caller::daemon) starts[container.name].note(steady_now());
    for (const auto& [name, endpoint] : container.networks) {
        const std::string& wanted = endpoint.network_id.empty() ? name : endpoint.network_id;
        if (find_network(wanted) != nullptr) continue;
        container.error = "network " + wanted + " not found";
        return refusal(404, container.error);
    }
    if (container.behaviour.fails_to_start) {
        container.exit_code = 127;
        container.error =
            "failed to create task for container: exec: \"app\": executable file not found in $PATH";
        return refusal(400, container.error);
    }
    container.stopped_by_hand = false;
    container.restarts = 0;
    container.restart_delay = {};
    run(container);
    return {204, ""};
}

HttpResponse Engine::rename(Container& container, const std::string& name) {
    for (const auto& [id, other] : containers) {
        if (other->name == name)
            return refusal(
                409, "Conflict. The container name \"/" + name + "\" is already in use by container \"" + id +
                         "\". You have to remove (or rename) that container to be able to reuse that name.");
    }
    if (container.state == Container::State::restarting)
        return refusal(500, "renaming a restarting container: sandbox not found");
    const std::string before = std::exchange(container.name, name);
    tell(container, "rename", {{"oldName", "/" + before}});
    return {204, ""};
}

HttpResponse Engine::update(Container& container, const std::string& body) {
    json::Document changes = json::parse(body);
    for (auto& member : changes.GetObject()) {
        Value copy(member.value, container.host_config.GetAllocator());
        json::put(container.host_config, member.name.GetString(), std::move(copy));
    }
    container.host_config_text = json::text_of(container.host_config);
    tell(container, "update");
    return {200, R"({"Warnings":[]})"};
}

HttpResponse Engine::pause(Container& container, bool paused) {
    if (!container.alive()) return refusal(409, "Container " + container.id + " is not running");
    if (container.paused == paused)
        return refusal(paused ? 409 : 500,
                       "Container " + container.id + (paused ? " is already paused" : " is not paused"));
    container.paused = paused;
    tell(container, paused ? "pause" : "unpause");
    return {204, ""};
}

HttpResponse Engine::exec(const Container& container) {
    if (!container.alive()) return refusal(409, "Container " + container.id + " is not running");
    return {201, "{\"Id\":\"" + next_id() + "\"}"};
}

HttpResponse Engine::kill(Container& container) {
    if (!container.alive()) return refusal(409, "Cannot kill container: " + container.id + " is not running");
    container.stopped_by_hand = true;
    tell(container, "kill", {{"signal", "9"}});
    end(container, 137);
    return {204, ""};
}

/// Answered once it is gone.
HttpResponse Engine::remove(Container& container, bool by_force, Reply& reply) {
    if (container.removing)
        return refusal(409, "removal of container " + container.id + " is already in progress");
    if (container.alive() && !by_force)
        return refusal(409, "You cannot remove a running container " + container.id +
                                ". Stop the container before attempting removal or force remove");
    if (container.alive()) kill(container);
    container.removing = true;
    ++container.run;
    Schedule& schedule = Schedule::current();
    schedule.after(schedule.random.up_to(std::chrono::milliseconds(30)),
                   [this, id = container.id, reply = std::exchange(reply, {})] {
                       gone[id] = steady_now();
                       if (const auto removed = containers.extract(id)) tell(*removed.mapped(), "destroy");
                       if (reply) reply({204, ""});
                   });
    return {204, ""};
}

/// Answered once it has ended, and runs again where that is asked for.
void Engine::stop(Container& container, Reply reply, bool again) {
    container.stopped_by_hand = true;
    if (container.state == Container::State::restarting) {
        container.state = Container::State::exited;
        ++container.run;
    }
    if (!container.alive()) {
        if (again) return stop_now(container, again, reply);
        if (reply) reply({304, ""});
        return;
    }
    tell(container, "kill", {{"signal", "15"}});
    container.paused = false;
    const bool in_time = container.behaviour.stops_in <= container.grace;
    const int code = in_time ? 143 : 137;
    Schedule::current().after(
        in_time ? container.behaviour.stops_in : container.grace,
        [this, id = container.id, run = container.run, reply = std::move(reply), again, code] {
            Container* const stopped = find(id);
            if (stopped != nullptr && stopped->run == run) end(*stopped, code);
            if (stopped != nullptr) return stop_now(*stopped, again, reply);
            if (reply) reply({204, ""});
        });
}

void Engine::stop_now(Container& container, bool again, const Reply& reply) {
    if (!container.alive()) tell(container, "stop");
    if (again && up_) {
        const HttpResponse started = start_container(container, Caller::stranger);
        tell(container, "restart");
        if (reply) reply(started);
        return;
    }
    if (reply) reply({204, ""});
}

}  // namespace dockerext::sim
