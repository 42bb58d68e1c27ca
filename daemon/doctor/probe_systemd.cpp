#include "doctor/probes.hpp"

#include "base/task_group.hpp"
#include "base/timeout.hpp"
#include "doctor/machine_files.hpp"
#include "doctor/read_fact.hpp"
#include "observe/host_observer.hpp"
#include "settings/x509.hpp"
#include "systemd/systemd.hpp"

#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <array>

namespace dockerext::doctor {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

constexpr Duration unit_limit = 4s, all_limit = 12s, spare_limit = 3s;
constexpr std::array units_examined{"dockerextd.service", "docker.service",       "docker.socket",
                                    "containerd.service", "walinuxagent.service", "waagent.service"};

/// The earliest end of the certificates in a PEM.
std::optional<std::chrono::sys_seconds> end_of(std::string_view pem) {
    std::optional<std::chrono::sys_seconds> end;
    for (const settings::PemBlock& block : settings::pem_blocks(pem)) {
        const auto certificate = settings::read_certificate(block);
        if (!certificate) continue;
        const auto this_end = settings::not_after(*certificate);
        end = end ? std::min(*end, this_end) : this_end;
    }
    return end;
}

Task<void> ask_unit(systemd::Systemd& systemd, std::string name, SystemdFacts& facts) {
    auto asking = with_timeout(unit_limit, "systemd does not answer", systemd.unit(name));
    auto unit = co_await std::move(asking);
    facts.units.insert_or_assign(name, std::move(unit));
}

Task<void> ask_units(systemd::Systemd& systemd, SystemdFacts& facts) {
    for (const char* name : units_examined) {
        auto asking = ask_unit(systemd, name, facts);
        co_await std::move(asking);
        if (const auto& unit = facts.units.at(name); !unit && unit.error().kind() != ErrorKind::not_found) {
            facts.away = unit.error();
            co_return;
        }
    }
    facts.away.reset();
}

Found<std::vector<UnitFile>> read_unit_files(const std::vector<fs::path>& paths) {
    std::vector<UnitFile> files;
    for (const fs::path& path : paths) {
        auto text = read_text(path);
        files.push_back({path.native(), text ? std::move(*text) : std::string()});
    }
    return files;
}

/// Reads the fragment and the drop-ins of our own unit.
Task<void> read_our_unit(const systemd::UnitFacts& unit, SystemdFacts& facts) {
    std::vector<fs::path> paths{unit.fragment};
    paths.insert(paths.end(), unit.drop_ins.begin(), unit.drop_ins.end());
    std::function<Found<std::vector<UnitFile>>()> reading = [paths] { return read_unit_files(paths); };
    Found<std::vector<UnitFile>> read = not_examined();
    auto waiting = read_fact<std::vector<UnitFile>>(std::move(reading), read);
    co_await std::move(waiting);
    if (!read) co_return;
    facts.fragment = std::move(read->front());
    facts.drop_ins.assign(read->begin() + 1, read->end());
}

Task<void> ask_for_activation(systemd::Systemd& systemd, Places& places) {
    auto asking_socket = systemd.unit("docker.socket");
    const auto socket = co_await std::move(asking_socket);
    if (!socket) co_return;
    auto asking_service = systemd.unit("docker.service");
    const auto service = co_await std::move(asking_service);
    if (service && would_start_engine(*socket, *service))
        places.engine_socket =
            Error(ErrorKind::not_found, "docker.service is stopped; connecting would start it");
}

/// Only the real root has a systemd.
Task<void> ask_systemd(const Places& places, systemd::Systemd& systemd, SystemdFacts& facts) {
    if (places.root != "/") {
        facts.away = Error(ErrorKind::unavailable, "another root than this machine's");
    } else if (const auto booted = is_any_there("/", {"run/systemd/system"}); !*booted) {
        facts.away = Error(ErrorKind::unavailable, "systemd does not run this machine's services");
    } else {
        auto asking = ask_units(systemd, facts);
        co_await std::move(asking);
    }
    auto observing = with_timeout(unit_limit, "the engine's files cannot be read within 4 s",
                                  observe::observe_host(systemd, places.root));
    auto host = co_await std::move(observing);
    facts.host = with_right(std::move(host));
    if (facts.host) {
        for (auto& [path, why] : facts.host->unreadable)
            why = without_right(Error(ErrorKind::internal, why)).message();
    }
    const auto ours = facts.units.find("dockerextd.service");
    if (ours == facts.units.end() || !ours->second) co_return;
    auto reading = read_our_unit(*ours->second, facts);
    co_await std::move(reading);
}

}  // namespace

bool would_start_engine(const systemd::UnitFacts& socket, const systemd::UnitFacts& service) {
    const bool is_stopped =
        service.active == model::UnitActive::inactive || service.active == model::UnitActive::failed;
    return is_stopped && socket.active == model::UnitActive::active && socket.sub_state == "listening";
}

Task<void> spare_stopped_engine(Places& places) {
    const bool is_usual = places.engine_socket && (*places.engine_socket == "/run/docker.sock" ||
                                                   *places.engine_socket == "/var/run/docker.sock");
    if (places.root != "/" || !is_usual || !*is_any_there("/", {"run/systemd/system"})) co_return;
    const auto executor = co_await asio::this_coro::executor;
    systemd::Systemd systemd(executor, {});
    TaskGroup connection(executor);
    connection.spawn(systemd.run());
    auto asking = race(ask_for_activation(systemd, places), spare_limit);
    co_await std::move(asking);
    connection.cancel();
    co_await connection.join();
}

Task<void> probe_systemd(const Places& places, Facts& facts) {
    const auto executor = co_await asio::this_coro::executor;
    TaskGroup group(executor);
    std::function<Found<std::vector<UnitFile>>()> reading = [root = places.root] {
        return read_admin_units(root);
    };
    group.spawn(read_fact<std::vector<UnitFile>>(std::move(reading), facts.systemd.admin_units));
    systemd::Systemd systemd(executor, {});
    TaskGroup connection(executor);
    connection.spawn(systemd.run());
    auto asking = race(ask_systemd(places, systemd, facts.systemd), all_limit);
    co_await std::move(asking);
    connection.cancel();
    co_await connection.join();
    co_await group.join();
    if (!facts.systemd.host) co_return;
    const auto pem = facts.systemd.host->files.find(std::string(model::host_paths::certificate));
    if (pem != facts.systemd.host->files.end()) facts.certificate_end = end_of(pem->second.reveal());
}

}  // namespace dockerext::doctor
