#include "faults.hpp"

#include "base/iso_time.hpp"
#include "model/labels.hpp"

#include <cerrno>
#include <iterator>

namespace dockerext::sim {
namespace {

using namespace std::chrono_literals;

/// Lost events are only noticed by the next full check.
constexpr Duration full_check = 7min;

std::string path_of(const Container& container) { return "/containers/" + container.id; }

template <typename Act>
void with_own_container(Faults& faults, Random& random, bool alive, Act act) {
    if (Container* const container = faults.random_own_container(random, alive)) act(*container);
}

void foreign_client_stops(Faults& faults, Random& random) {
    with_own_container(faults, random, true, [&](Container& container) {
        faults.machine.call_as_foreign_client("POST", path_of(container) + "/stop");
    });
}
void foreign_client_kills(Faults& faults, Random& random) {
    with_own_container(faults, random, true, [&](Container& container) {
        faults.machine.call_as_foreign_client("POST", path_of(container) + "/kill");
    });
}
void foreign_client_restarts(Faults& faults, Random& random) {
    with_own_container(faults, random, true, [&](Container& container) {
        faults.machine.call_as_foreign_client("POST", path_of(container) + "/restart");
    });
}
void foreign_client_removes(Faults& faults, Random& random) {
    with_own_container(faults, random, false, [&](Container& container) {
        faults.machine.call_as_foreign_client("DELETE", path_of(container) + "?force=1");
    });
}
void foreign_client_renames(Faults& faults, Random& random) {
    with_own_container(faults, random, false, [&](Container& container) {
        faults.machine.call_as_foreign_client(
            "POST", path_of(container) + "/rename?name=renamed-" + std::to_string(random.below(100)));
    });
}
void foreign_client_pauses(Faults& faults, Random& random) {
    with_own_container(faults, random, true, [&](Container& container) {
        faults.machine.call_as_foreign_client("POST", path_of(container) + "/pause");
        if (!random.one_in(2)) return;
        faults.machine.schedule.after(random.up_to(1min), [&faults, path = path_of(container)] {
            faults.machine.call_as_foreign_client("POST", path + "/unpause");
        });
    });
}
void foreign_client_disconnects(Faults& faults, Random& random) {
    with_own_container(faults, random, true, [&](Container& container) {
        if (container.networks.empty()) return;
        faults.machine.call_as_foreign_client(
            "POST", "/networks/" + container.networks.begin()->first + "/disconnect",
            "{\"Container\":\"" + container.id + "\"}");
    });
}
void foreign_client_updates(Faults& faults, Random& random) {
    with_own_container(faults, random, false, [&](Container& container) {
        const bool memory = random.one_in(2);
        faults.machine.call_as_foreign_client(
            "POST", path_of(container) + "/update",
            memory ? R"({"Memory":99000000})" : R"({"RestartPolicy":{"Name":"no"}})");
    });
}
void foreign_client_prunes(Faults& faults, Random&) {
    std::vector<std::string> stopped;
    for (const auto& [id, container] : faults.machine.engine.containers) {
        if (!container->alive() && container->state != Container::State::restarting) stopped.push_back(id);
    }
    for (const std::string& id : stopped)
        faults.machine.call_as_foreign_client("DELETE", "/containers/" + id);
    std::vector<std::string> networks;
    for (const auto& [id, network] : faults.machine.engine.networks) networks.push_back(id);
    for (const std::string& id : networks) faults.machine.call_as_foreign_client("DELETE", "/networks/" + id);
}
void foreign_client_removes_image(Faults& faults, Random& random) {
    faults.machine.engine.images.erase("app:" + std::to_string(1 + random.below(images)));
    faults.machine.engine.events.emit("image", "delete", "sha256:gone", {});
}
/// Preferably an image that the daemon is probably pulling at this moment.
void foreign_client_pulls_image(Faults& faults, Random& random) {
    std::vector<std::string> missing, wanted;
    for (unsigned i = 1; i <= images; ++i) {
        const std::string reference = "app:" + std::to_string(i);
        if (faults.machine.engine.images.contains(reference)) continue;
        missing.push_back(reference);
        if (faults.people.desired() && faults.people.desired()->has_image(reference))
            wanted.push_back(reference);
    }
    if (missing.empty()) return;
    faults.machine.engine.load(random.pick(wanted.empty() ? missing : wanted),
                               Engine::Caller::foreign_client);
}
void tag_moves(Faults& faults, Random& random) {
    std::vector<std::string> wanted;
    for (unsigned i = 1; i <= images; ++i) {
        const std::string reference = "app:" + std::to_string(i);
        if (faults.people.desired() && faults.people.desired()->has_image(reference))
            wanted.push_back(reference);
    }
    if (!wanted.empty()) faults.machine.engine.move_tag(random.pick(wanted));
}
void foreign_client_uses_image(Faults& faults, Random& random) {
    const auto& present = faults.machine.engine.images;
    if (present.empty()) return;
    const auto image = std::next(present.begin(), static_cast<std::ptrdiff_t>(random.below(present.size())));
    faults.machine.call_as_foreign_client(
        "POST", "/containers/create?name=borrower-" + std::to_string(random.below(3)),
        R"({"Image":")" + image->first + R"(","Cmd":["app"],"Labels":{"visitor":"yes"}})");
}
void foreign_client_joins_network(Faults& faults, Random& random) {
    if (const Network* const network = faults.random_own_network(random))
        faults.start_foreign_container("visitor-" + std::to_string(random.below(3)), network->name);
}
void foreign_client_takes_name(Faults& faults, Random& random) {
    with_own_container(faults, random, false, [&](Container& container) {
        const std::string name = container.name;
        faults.machine.call_as_foreign_client("DELETE", path_of(container) + "?force=1");
        faults.machine.schedule.after(50ms,
                                      [&faults, name] { faults.start_foreign_container(name, "bridge"); });
    });
}
void foreign_client_removes_network(Faults& faults, Random& random) {
    const Network* const network = faults.random_own_network(random);
    if (network == nullptr) return;
    const std::string id = network->id;
    for (const auto& [container_id, container] : faults.machine.engine.containers) {
        if (!container->networks.contains(network->name)) continue;
        faults.machine.call_as_foreign_client("POST", "/networks/" + id + "/disconnect",
                                              "{\"Container\":\"" + container_id + "\"}");
    }
    faults.machine.call_as_foreign_client("DELETE", "/networks/" + id);
}
/// Another program undoes whatever the daemon does to one container.
void adversary_stops(Faults& faults, Random& random) {
    with_own_container(faults, random, false, [&](Container& container) {
        const bool removes = random.one_in(3);
        faults.repeat(500ms, 20s, random, [&faults, removes, name = container.name](Random&) {
            Container* const found = faults.machine.engine.find(name);
            if (found == nullptr || !found->alive()) return;
            faults.machine.call_as_foreign_client(removes ? "DELETE" : "POST",
                                                  path_of(*found) + (removes ? "?force=1" : "/stop"));
        });
    });
}

/// With restart: "no", the program ends with code 0, because the daemon need not repair a failure there.
void program_ends(Faults& faults, Random& random) {
    with_own_container(faults, random, true, [&](Container& container) {
        const std::string policy = json::string_at(json::at(container.host_config, "RestartPolicy"), "Name");
        const bool is_restarted_by_policy = policy == "always" || policy == "unless-stopped";
        if (!is_restarted_by_policy && container.check)
            return;  // services that wait until it is healthy would never start
        faults.machine.engine.end(container, is_restarted_by_policy ? static_cast<int>(random.below(4)) : 0);
    });
}
void program_becomes_unhealthy(Faults& faults, Random& random) {
    with_own_container(faults, random, true,
                       [&](Container& container) { faults.machine.engine.make_unhealthy(container); });
}

void engine_restarts(Faults& faults, Random& random) {
    const Duration away = random.up_to(30s);
    faults.machine.disturb(away + 30s);
    faults.machine.exit_events_may_be_lost = true;
    faults.machine.engine.restart(away,
                                  random.one_in(2) ? Engine::Outage::live_restore : Engine::Outage::restart);
    faults.machine.schedule.after(away, [&faults] { faults.machine.reset_backoff(); });
}
void engine_hangs(Faults& faults, Random& random) {
    const Duration hung = random.up_to(1min);
    faults.machine.disturb(hung + 6min);
    faults.machine.wire.hang_until(faults.machine.schedule.now() + hung);
}
template <unsigned Wire::Odds::*odds, unsigned one_in>
void calls_fail(Faults& faults, Random& random) {
    const Duration lasts = random.up_to(1min);
    if (odds == &Wire::Odds::no_event) faults.machine.exit_events_may_be_lost = true;
    faults.machine.disturb(lasts + full_check);
    faults.machine.wire.odds.*odds = one_in;
    faults.machine.schedule.after(lasts, [&faults] { faults.machine.wire.odds.*odds = 0; });
}
void object_fails(Faults& faults, Random& random) {
    const Duration lasts = random.up_to(3min);
    faults.machine.disturb(lasts + full_check);
    const std::vector<std::string> lists = {"/volumes", "/networks", "/images/json", "/info"};
    std::string part = random.pick(lists);
    if (random.one_in(2)) with_own_container(faults, random, false, [&](Container& each) { part = each.id; });
    faults.machine.wire.fail_object(part, faults.machine.schedule.now() + lasts, random.one_in(2));
}
void event_stream_breaks(Faults& faults, Random&) { faults.machine.wire.cut_streams(); }
void registry_is_unreachable(Faults& faults, Random& random) {
    faults.machine.engine.registry_down = true;
    faults.machine.schedule.after(random.up_to(5min),
                                  [&faults] { faults.machine.engine.registry_down = false; });
}

void daemon_is_killed(Faults& faults, Random& random) {
    switch (random.below(3)) {
    case 0: return faults.machine.kill_daemon();
    case 1: return faults.machine.disk.kill_at_sync(1 + random.below(25));
    default: faults.machine.process.kill_after_steps(1 + random.below(400));
    }
}
void daemon_is_stopped(Faults& faults, Random&) { faults.machine.process.terminate(); }
void power_is_cut(Faults& faults, Random& random) {
    if (random.one_in(2)) return faults.machine.cut_power();
    faults.machine.disk.kill_at_sync(1 + random.below(25));
    faults.machine.schedule.after(random.up_to(2s), [&faults] { faults.machine.cut_power(); });
}
void disk_is_full(Faults& faults, Random& random) {
    faults.machine.disk.set_failing(random.one_in(2) ? ENOSPC : EIO);
    faults.machine.schedule.after(random.up_to(1min), [&faults] { faults.machine.disk.set_failing(0); });
}
void clock_is_set(Faults& faults, Random& random) {
    const auto by = std::chrono::duration_cast<WallTime::duration>(random.between(-2h, 2h));
    faults.machine.exit_events_may_be_lost = true;
    faults.machine.set_clock(by);
}

void settings_change(Faults& faults, Random& random) {
    Document document = faults.people.desired().value_or(faults.before);
    faults.before = document;
    change(document, random);
    faults.people.apply(document);
}
void settings_change_and_revert(Faults& faults, Random& random) {
    if (!faults.people.desired()) return;
    const Document first = *faults.people.desired();
    settings_change(faults, random);
    faults.machine.schedule.after(random.up_to(20s), [&faults, first] { faults.people.apply(first); });
}
void settings_are_reapplied(Faults& faults, Random& random) {
    for (std::uint64_t i = 0; i <= random.below(4); ++i)
        faults.machine.schedule.after(random.up_to(10s), [&faults] { faults.people.apply_again(); });
}
void project_is_renamed(Faults& faults, Random& random) {
    Document document = faults.people.desired().value_or(faults.before);
    const std::vector<std::string> names = {"demo", "shop", "blog"};
    document.project = random.pick(names);
    faults.people.apply(document);
}
void project_is_taken_down(Faults& faults, Random& random) {
    if (faults.people.desired()) faults.before = *faults.people.desired();
    faults.people.down(random.one_in(3));
    faults.machine.disturb(1min);
    if (random.one_in(2))
        faults.machine.schedule.after(random.up_to(1min), [&faults] { faults.people.apply(faults.before); });
}
void people_pause(Faults& faults, Random& random) {
    faults.people.pause(static_cast<unsigned>(1 + random.below(120)));
    if (random.one_in(2))
        faults.machine.schedule.after(random.up_to(1min), [&faults] { faults.people.resume(); });
}
void people_retry(Faults& faults, Random&) { faults.people.retry(); }

struct Kind {
    const char* name;
    unsigned weight;
    void (*inject)(Faults&, Random&);
};

constexpr Kind kinds[] = {
    {"stranger-stop", 8, foreign_client_stops},
    {"stranger-kill", 8, foreign_client_kills},
    {"stranger-restart", 3, foreign_client_restarts},
    {"stranger-remove", 8, foreign_client_removes},
    {"stranger-rename", 5, foreign_client_renames},
    {"stranger-pause", 5, foreign_client_pauses},
    {"stranger-disconnect", 6, foreign_client_disconnects},
    {"stranger-update", 5, foreign_client_updates},
    {"stranger-prune", 4, foreign_client_prunes},
    {"stranger-image-rm", 3, foreign_client_removes_image},
    {"stranger-pulls-image", 4, foreign_client_pulls_image},
    {"stranger-uses-image", 4, foreign_client_uses_image},
    {"stranger-on-network", 4, foreign_client_joins_network},
    {"stranger-takes-name", 4, foreign_client_takes_name},
    {"stranger-network-rm", 4, foreign_client_removes_network},
    {"adversary", 2, adversary_stops},
    {"program-ends", 10, program_ends},
    {"program-sick", 4, program_becomes_unhealthy},
    {"engine-restart", 6, engine_restarts},
    {"engine-hang", 4, engine_hangs},
    {"calls-refused", 4, calls_fail<&Wire::Odds::refused, 4>},
    {"answers-lost", 5, calls_fail<&Wire::Odds::lost, 3>},
    {"connections-closed", 4, calls_fail<&Wire::Odds::closed, 4>},
    {"events-lost", 4, calls_fail<&Wire::Odds::no_event, 2>},
    {"events-doubled", 3, calls_fail<&Wire::Odds::twice, 2>},
    {"stream-cut", 5, event_stream_breaks},
    {"object-sick", 5, object_fails},
    {"registry-away", 3, registry_is_unreachable},
    {"tag-moves", 10, tag_moves},
    {"daemon-killed", 14, daemon_is_killed},
    {"daemon-stopped", 4, daemon_is_stopped},
    {"power-cut", 6, power_is_cut},
    {"disk-full", 4, disk_is_full},
    {"clock-set", 3, clock_is_set},
    {"settings-change", 16, settings_change},
    {"settings-there-and-back", 6, settings_change_and_revert},
    {"settings-again", 4, settings_are_reapplied},
    {"project-renamed", 3, project_is_renamed},
    {"down", 3, project_is_taken_down},
    {"pause", 3, people_pause},
    {"retry", 2, people_retry},
};

const Kind& random_kind(Random& random) {
    unsigned all = 0;
    for (const Kind& kind : kinds) all += kind.weight;
    auto chosen = random.below(all);
    for (const Kind& kind : kinds) {
        if (chosen < kind.weight) return kind;
        chosen -= kind.weight;
    }
    return kinds[0];
}

}  // namespace

Faults::Faults(Machine& on, Operator& with, std::uint64_t seed) : machine(on), people(with), random_(seed) {}

void Faults::plan(Duration length, unsigned count) {
    calm_ = false;
    ++storm_;
    for (unsigned i = 0; i < count; ++i) {
        const Duration when = random_.up_to(length);
        const std::uint64_t seed = random_.next(), number = ++last_number;
        machine.schedule.after(when, [this, number, seed, storm = storm_] {
            if (!calm_ && storm == storm_ && !left_out.contains(number)) inject(number, seed);
        });
    }
}

void Faults::inject(std::uint64_t number, std::uint64_t seed) {
    Random random(seed);
    const Kind& kind = random_kind(random);
    ++counts[kind.name];
    fault_log.push_back(iso_time(wall_now()) + " #" + std::to_string(number) + " " + kind.name);
    machine.trace("fault #" + std::to_string(number) + " " + kind.name);
    kind.inject(*this, random);
}

void Faults::repeat(Duration least, Duration most, Random random, std::function<void(Random&)> act) {
    if (calm_) return;
    const Duration wait = random.between(least, most);
    machine.schedule.after(wait, [this, least, most, random, act = std::move(act), storm = storm_]() mutable {
        if (calm_ || storm != storm_) return;
        act(random);
        repeat(least, most, random, std::move(act));
    });
}

Container* Faults::random_own_container(Random& random, bool alive) {
    std::vector<Container*> all;
    for (const auto& [id, container] : machine.engine.containers) {
        if (!container->is_foreign && !container->removing && (!alive || container->alive()))
            all.push_back(container.get());
    }
    return all.empty() ? nullptr : random.pick(all);
}

Network* Faults::random_own_network(Random& random) {
    std::vector<Network*> all;
    for (auto& [id, network] : machine.engine.networks) {
        if (!network.is_foreign) all.push_back(&network);
    }
    return all.empty() ? nullptr : random.pick(all);
}

void Faults::start_foreign_container(const std::string& name, const std::string& network) {
    if (calm_ || machine.engine.images.empty()) return;
    const std::string image = machine.engine.images.begin()->first;
    machine.call_as_foreign_client(
        "POST", "/containers/create?name=" + name,
        R"({"Image":")" + image +
            R"(","Cmd":["app"],"Labels":{"visitor":"yes"},"HostConfig":{"NetworkMode":")" + network +
            R"("}})");
    machine.call_as_foreign_client("POST", "/containers/" + name + "/start");
}

void Faults::stop() {
    calm_ = true;
    machine.wire.end_faults();
    machine.disk.set_failing(0);
    machine.engine.registry_down = false;
    machine.engine.end_updates();
    remove_foreign_containers();
}

/// Removes the strangers' objects, as soon as the engine is up.
void Faults::remove_foreign_containers() {
    if (!calm_) return;
    if (!machine.engine.up()) return machine.schedule.after(1s, [this] { remove_foreign_containers(); });
    std::vector<std::string> foreign_containers;
    for (const auto& [id, container] : machine.engine.containers) {
        if (container->labels.contains("visitor")) foreign_containers.push_back(id);
    }
    for (const std::string& id : foreign_containers)
        machine.call_as_foreign_client("DELETE", "/containers/" + id + "?force=1");
}

}  // namespace dockerext::sim
