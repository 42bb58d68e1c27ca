#pragma once

#include "base/disk_space.hpp"
#include "base/http_client.hpp"
#include "docker/container.hpp"
#include "docker/events.hpp"
#include "docker/request.hpp"
#include "recent_counter.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace dockerext::sim {

struct Network {
    std::string id, name;
    bool is_foreign = false;
    json::Texts labels;
    std::string driver = "bridge", options = "{}", subnet, gateway;
    bool internal = false, attachable = false, ipv6 = false;
};

/// Whether Docker creates this network itself.
bool is_predefined(const std::string& network);

struct Volume {
    std::string name;
    bool is_foreign = false;
    json::Texts labels;
    std::string driver = "local", options = "null";
    std::uint64_t number = 0;  ///< unique, also among removed volumes
};

struct Image {
    std::string id;
    bool is_foreign = false;
    std::vector<std::string> command;
    std::string digest;  ///< in the registry
};

constexpr std::uint64_t image_size = 90'000'000;

/// A model of the Docker Engine, as far as this daemon can observe it. The daemon and strangers use the same
/// calls. Its time is that of the Schedule. Only one instance exists at a time.
class Engine {
public:
    enum class Caller { daemon, foreign_client };
    using Reply = std::function<void(HttpResponse)>;

    /// "20.10" or "26.1".
    explicit Engine(std::string version);
    Engine(Engine&&) = delete;

    /// Performs a call. Replies at once, or later if the engine takes time for it. A streamed answer goes to
    /// `stream`.
    void perform(const HttpRequest& http, Caller caller, Reply reply, std::weak_ptr<Stream> stream);

    bool up() const { return up_; }
    /// Changes with each restart: answers to calls from before a restart are lost.
    std::uint64_t epoch() const { return epoch_; }
    enum class Outage { restart, live_restore, power_cut };
    /// Restarts the engine, which is down for a while. Containers keep running only with live-restore.
    void restart(Duration down_for, Outage outage);
    void cut_streams() { events.cut(); }

    // Changes that no call causes.
    void end(Container& container, int exit_code);
    void make_unhealthy(Container& container) { container.made_unhealthy = true; }
    /// Puts an image into the registry; a pull takes `takes`.
    void publish(const std::string& reference, std::vector<std::string> command, Duration takes);
    void load(const std::string& reference, Caller caller);
    /// The reference means a new image in the registry from now on.
    void move_tag(const std::string& reference);
    /// The registry has what the engine has.
    void end_updates();
    /// That the reference has in the registry; "" if it is not there.
    std::string registry_digest(const std::string& reference) const;
    DiskSpace disk() const;
    /// The engine, for the daemon's own look at its disk.
    static const Engine* current();

    Container* find(const std::string& id_or_name);
    Network* find_network(const std::string& id_or_name);
    /// Why the name does not say which network is meant; empty if it does.
    std::string ambiguity(const std::string& id_or_name) const;
    bool is_attached(const Network& network) const;

    Events events;
    std::map<std::string, std::unique_ptr<Container>> containers;  ///< by id
    /// Config hashes of containers that have exited with code 0: their jobs count as done.
    std::set<std::string> completed_jobs;
    std::map<std::string, Network> networks;  ///< by id
    std::map<std::string, Volume> volumes;    ///< by name
    std::map<std::string, Image> images;      ///< by reference
    std::map<std::string, SteadyTime> gone;   ///< when a container was removed, by id
    std::set<std::string> removed_volumes;    ///< volumes that the daemon removed
    struct RemovedImage {
        std::string reference, id;
        SteadyTime at;
    };
    std::vector<RemovedImage> removed_images;     ///< images that the daemon removed
    std::map<std::string, RecentCounter> starts;  ///< the daemon's starts, by the container's name
    /// Services of which the daemon stopped a container before it started its successor.
    std::set<std::string> stop_first;
    std::string broken;  ///< the promise that the daemon broke
    bool registry_down = false;

private:
    void record_completed_job(const Container& container);
    struct Published {
        std::vector<std::string> command;
        Duration takes;
        std::string digest;
    };

    // containers.cpp
    HttpResponse on_container(const Request& request, Caller caller, Reply& reply,
                              const std::weak_ptr<Stream>& stream);
    HttpResponse logs(const Container& container, const std::weak_ptr<Stream>& stream) const;
    HttpResponse create_container(const Request& request, Caller caller);
    HttpResponse list_containers(const std::string& filters) const;
    HttpResponse start_container(Container& container, Caller caller);
    bool has_running_successor(const Container& old) const;
    void note_stop_first(const Container& successor);
    HttpResponse rename(Container& container, const std::string& name);
    HttpResponse update(Container& container, const std::string& body);
    HttpResponse pause(Container& container, bool paused);
    HttpResponse remove(Container& container, bool by_force, Reply& reply);
    HttpResponse exec(const Container& container);
    HttpResponse kill(Container& container, const std::string& asked);
    void stop(Container& container, Reply reply, bool again, const std::string& asked);
    void stop_now(Container& container, bool again, const std::string& asked, const Reply& reply);
    void start_again(Container& container, const std::string& asked, const Reply& reply);
    bool attach_all(Container& container);
    bool attach(Container& container, const std::string& name);
    void add_default_aliases(const Container& container, Endpoint& endpoint,
                             const std::string& network) const;

    // life.cpp
    void run(Container& container);
    void start_by_policy(Container& container);
    void stop_health_checks(Container& container);
    void schedule_exit(Container& container);
    void restart_by_policy(Container& container);
    void probe(Container& container);
    void schedule_probe(Container& container, Duration delay);
    void emit(const Container& container, const std::string& action, json::Texts more = {});
    void emit_kill(Container& container, const std::string& number);
    void emit_network_events(const Container& container, const std::string& action);
    void emit_network_event(const Container& container, const std::string& name, const std::string& action);
    void finish_restart();

    // networks.cpp
    HttpResponse on_network(const Request& request, Caller caller, Reply& reply);
    HttpResponse create_network(const Request& request, Caller caller, Reply& reply);
    HttpResponse store_network(Network network);
    HttpResponse list_networks() const;
    HttpResponse remove_network(Network& network);
    HttpResponse connect(Network& network, Container& container, const json::Value& asked);
    HttpResponse disconnect(Network& network, Container& container);
    HttpResponse connect_stopped(Container& container, const Network* network, const std::string& id,
                                 const json::Value& asked);
    HttpResponse disconnect_stopped(Container& container, const Network* network, const std::string& id);

    // storage.cpp
    HttpResponse on_volume(const Request& request, Caller caller);
    HttpResponse create_volume(const std::string& text, Caller caller);
    HttpResponse list_volumes() const;
    HttpResponse remove_volume(const std::string& name, Caller caller);
    HttpResponse on_image(const Request& request, Caller caller, const std::weak_ptr<Stream>& stream);
    HttpResponse on_distribution(const Request& request) const;
    HttpResponse remove_image(const std::string& name, Caller caller);
    HttpResponse pull(const std::string& reference, const std::weak_ptr<Stream>& stream);

    /// The wording of Engine 20.10, or of later versions.
    std::string words(const char* old, const char* later) const { return is_old() ? old : later; }
    bool is_old() const { return version_.starts_with("20."); }
    void check_foreign_access(bool is_foreign, Caller caller, const std::string& what);
    std::string next_id();

    std::string version_;
    bool up_ = true;
    std::uint64_t epoch_ = 0, next_ = 1, next_volume_ = 1, next_subnet_ = 18;
    std::map<std::string, Published> registry_;
};

}  // namespace dockerext::sim
