// The calls of Engine for volumes and images.
#include "docker/engine.hpp"
#include "schedule.hpp"

#include <algorithm>

namespace dockerext::sim {
namespace {

using namespace std::chrono_literals;

std::string layer_line(std::int64_t done) {
    return "{\"status\":\"Downloading\",\"id\":\"1\",\"progressDetail\":{\"current\":" +
           std::to_string(done) + ",\"total\":100}}\n";
}

std::string status_line(const std::string& status) {
    return "{\"status\":" + json::string_text("Status: " + status) + "}\n";
}

}  // namespace

HttpResponse Engine::on_volume(const Request& request, Caller caller) {
    if (request.part(1) == "create") return create_volume(request.body, caller);
    if (request.method == "DELETE") return remove_volume(request.part(1), caller);
    return list_volumes();
}

HttpResponse Engine::create_volume(const std::string& text, Caller caller) {
    const json::Document body = json::parse(text);
    const std::string name = json::string_at(body, "Name");
    if (volumes.contains(name)) {
        if (is_old()) events.emit("volume", "create", name, {{"driver", "local"}});
        return {201, "{\"Name\":" + json::string_text(name) + "}"};
    }
    Volume volume{.name = name,
                  .is_foreign = caller == Caller::foreign_client,
                  .labels = json::texts_at(body, "Labels")};
    volume.number = next_volume_++;
    volumes[name] = volume;
    events.emit("volume", "create", name, {{"driver", "local"}});
    return {201, "{\"Name\":" + json::string_text(name) + "}"};
}

HttpResponse Engine::list_volumes() const {
    std::string list;
    for (const auto& [name, volume] : volumes) {
        list += (list.empty() ? "" : ",") + ("{\"Name\":" + json::string_text(name)) +
                ",\"Driver\":\"local\",\"Options\":" + volume.options +
                ",\"Labels\":" + json::text_of(volume.labels) + "}";
    }
    return {200, "{\"Volumes\":[" + list + "],\"Warnings\":null}"};
}

HttpResponse Engine::remove_volume(const std::string& name, Caller caller) {
    const auto found = volumes.find(name);
    if (found == volumes.end()) return refusal(404, "get " + name + ": no such volume");
    std::string users;
    for (const auto& [id, container] : containers) {
        const auto& used = container->volumes;
        if (std::find(used.begin(), used.end(), name) != used.end())
            users += (users.empty() ? "" : ", ") + id;
    }
    if (!users.empty()) return refusal(409, "remove " + name + ": volume is in use - [" + users + "]");
    check_foreign_access(found->second.is_foreign, caller, "remove volume " + name);
    if (caller == Caller::daemon) removed_volumes.insert(name);
    volumes.erase(found);
    events.emit("volume", "destroy", name, {{"driver", "local"}});
    return {204, ""};
}

HttpResponse Engine::on_image(const Request& request, Caller caller, const std::weak_ptr<Stream>& stream) {
    if (request.method == "DELETE") return remove_image(request.part(1), caller);
    if (request.part(1) == "create")
        return pull(request.asked("fromImage") + ":" + request.asked("tag"), stream);
    const auto text = [](const std::string& reference, const Image& image) {
        const bool is_nameless = reference == image.id;
        const std::string digest = image.digest.empty() ? "" : json::string_text("app@" + image.digest);
        return "{\"Id\":" + json::string_text(image.id) + ",\"RepoTags\":[" +
               (is_nameless ? "" : json::string_text(reference)) + "],\"RepoDigests\":[" + digest +
               "],\"Size\":" + std::to_string(image_size) +
               ",\"Os\":\"linux\",\"Architecture\":\"amd64\",\"Config\":{\"Cmd\":" +
               json::text_of(image.command) + ",\"Labels\":null}}";
    };
    if (request.part(1) == "json") {
        std::string list = "[";
        for (const auto& [reference, image] : images)
            list += (list.size() > 1 ? "," : "") + text(reference, image);
        return {200, list + "]"};
    }
    for (const auto& [reference, image] : images) {
        if (reference == request.part(1) || image.id == request.part(1)) return {200, text(reference, image)};
    }
    const std::string missing = "No such image: " + request.part(1);
    return refusal(404, is_old() ? "no such image: " + request.part(1) + ": " + missing : missing);
}

void Engine::publish(const std::string& reference, std::vector<std::string> command, Duration takes) {
    registry_[reference] = {std::move(command), takes, "sha256:" + next_id()};
}

void Engine::move_tag(const std::string& reference) {
    const auto found = registry_.find(reference);
    if (found != registry_.end()) found->second.digest = "sha256:" + next_id();
}

void Engine::end_updates() {
    for (const auto& [reference, image] : images) {
        const auto found = registry_.find(reference);
        if (found != registry_.end()) found->second.digest = image.digest;
    }
}

std::string Engine::registry_digest(const std::string& reference) const {
    const auto found = registry_.find(reference);
    return found == registry_.end() ? "" : found->second.digest;
}

HttpResponse Engine::on_distribution(const Request& request) const {
    const std::string digest = registry_digest(request.part(1));
    if (registry_down || digest.empty())
        return refusal(500, "Get \"https://registry/v2/\": dial tcp: connection refused");
    return {200, R"({"Descriptor":{"digest":")" + digest + "\"}}"};
}

/// Never by force; the daemon removes images by id only.
HttpResponse Engine::remove_image(const std::string& name, Caller caller) {
    const auto found = std::find_if(images.begin(), images.end(), [&](const auto& each) {
        return each.first == name || each.second.id == name;
    });
    if (found == images.end()) return refusal(404, "No such image: " + name);
    const std::string id = found->second.id;
    for (const auto& [user, container] : containers) {
        if (container->image_id == id)
            return refusal(409, "conflict: unable to delete " + name +
                                    " (must be forced) - image is being used by " + "container " +
                                    user.substr(0, 12));
    }
    check_foreign_access(found->second.is_foreign, caller, "remove image " + found->first);
    if (caller == Caller::daemon) removed_images.push_back({found->first, id, steady_now()});
    events.emit("image", "untag", id, {{"name", id}});
    images.erase(found);
    events.emit("image", "delete", id, {{"name", id}});
    return {200, "[]"};
}

/// Small enough to become full, but a pull always fits.
DiskSpace Engine::disk() const {
    constexpr std::uint64_t total = 9 * image_size, least = total / 50;
    const std::uint64_t used = images.size() * image_size;
    return {.free = used + least > total ? least : total - used, .total = total};
}

void Engine::load(const std::string& reference, Caller caller) {
    if (auto former = images.extract(reference)) {  // without its name, it stays
        former.key() = former.mapped().id;
        images.insert(std::move(former));
    }
    const Published& published = registry_.at(reference);
    images[reference] = {"sha256:" + next_id(), caller == Caller::foreign_client, published.command,
                         published.digest};
    events.emit("image", "pull", reference, {{"name", reference}});
}

/// Sends the pull's progress in ten pieces, then adds the image.
HttpResponse Engine::pull(const std::string& reference, const std::weak_ptr<Stream>& stream) {
    const auto found = registry_.find(reference);
    if (registry_down) return refusal(500, "Get \"https://registry/v2/\": dial tcp: connection refused");
    if (found == registry_.end())
        return refusal(404, "pull access denied for " + reference +
                                ", repository does not exist or may require 'docker login'");
    Schedule& schedule = Schedule::current();
    constexpr int pieces = 10;
    for (int i = 1; i <= pieces; ++i) {
        schedule.after(found->second.takes * i / pieces, [this, stream, reference, i, epoch = epoch_] {
            const auto listener = stream.lock();
            if (!listener) return;  // Docker ends a pull when its client disconnects
            if (epoch != epoch_) return listener->cut();
            listener->push(layer_line(std::int64_t{10} * i));
            if (i < pieces) return;
            const auto local = images.find(reference);
            const bool is_new = local == images.end() || local->second.digest != registry_digest(reference);
            if (is_new) load(reference, Caller::daemon);
            listener->push("{\"status\":" + json::string_text("Digest: " + registry_digest(reference)) +
                           "}\n");
            listener->push(status_line((is_new ? "Downloaded newer image for " : "Image is up to date for ") +
                                       reference));
            listener->close();
        });
    }
    return {200, ""};
}

}  // namespace dockerext::sim
