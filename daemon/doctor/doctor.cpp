#include "doctor/doctor.hpp"

#include "base/log.hpp"
#include "base/spawn.hpp"
#include "base/task_group.hpp"
#include "doctor/examine.hpp"
#include "doctor/probes.hpp"

#include <boost/asio/this_coro.hpp>

namespace dockerext::doctor {
namespace {

struct Collected {
    Facts facts;
    Redactor redact;
};

/// The settings, and what depends on them.
Task<void> probe_settings(const Places& places, Facts& facts, Redactor& redact) {
    auto loading = load_settings(places);
    const auto loaded = co_await std::move(loading);
    facts.settings = loaded ? Found<StoredSettings>(loaded->stored) : loaded.error();
    TaskGroup group(co_await asio::this_coro::executor);
    group.spawn(probe_swarm(places, loaded ? loaded->stored.swarm : std::nullopt, facts.swarm));
    if (loaded) {
        redact = loaded->redact;
        group.spawn(probe_registries(places, *loaded, facts.registries));
    }
    co_await group.join();
}

Task<Collected> collect(Places places) {
    auto sparing = spare_stopped_engine(places);
    co_await std::move(sparing);
    Collected all;
    Facts& facts = all.facts;
    facts.now = wall_now();
    TaskGroup group(co_await asio::this_coro::executor);
    group.spawn(probe_machine(places, facts));
    group.spawn(probe_daemon(places, facts));
    group.spawn(probe_engine(places, facts.engine, facts.machine.engine_space));
    group.spawn(probe_systemd(places, facts));
    group.spawn(probe_settings(places, facts, all.redact));
    group.spawn(probe_azure(places, facts.azure));
    co_await group.join();
    co_return all;
}

}  // namespace

std::vector<model::Finding> examine_machine(const std::filesystem::path& root,
                                            const std::string& docker_host) {
    log::set_level(log::Level::error);  // what does not answer becomes a finding
    Places places{.root = root};
    places.engine_socket = engine::parse_docker_host(docker_host);
    asio::io_context io(1);
    const Collected all = run_alone(io, collect(places));
    auto findings = examine(all.facts);
    for (model::Finding& finding : findings) finding.message = all.redact(finding.message);
    return findings;
}

}  // namespace dockerext::doctor
