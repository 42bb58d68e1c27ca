#include "doctor/probes.hpp"

#include "base/task_group.hpp"
#include "doctor/machine_files.hpp"
#include "doctor/peer.hpp"
#include "doctor/read_fact.hpp"
#include "systemd/journal.hpp"

#include <sys/utsname.h>
#include <boost/asio/this_coro.hpp>

namespace dockerext::doctor {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

/// As the engine and its registries name it.
std::string engine_architecture() {
    struct utsname facts = {};
    (void)::uname(&facts);
    const std::string machine = facts.machine;
    if (machine == "x86_64") return "amd64";
    return machine == "aarch64" ? "arm64" : machine;
}

Found<std::vector<std::string>> read_denials(const Places& places, WallTime now,
                                             const std::stop_token& stop) {
    if (places.root != "/") return Error(ErrorKind::unavailable, "another root than this machine's");
    if (::geteuid() != 0) return Error(ErrorKind::unavailable, "needs root");
    return systemd::kernel_lines({"apparmor=\"DENIED\"", "avc:  denied"},
                                 {"docker", "containerd", "runc", "container_t"}, now - 24h, stop);
}

void read_files(const Places& places, TaskGroup& group, MachineFacts& machine) {
    using Names = std::vector<std::string>;
    const fs::path root = places.root;
    const auto read = [&group]<typename T>(Found<T> (*function)(const fs::path&), const fs::path& path,
                                           Found<T>& into) {
        std::function<Found<T>()> reading = [function, path] { return function(path); };
        group.spawn(read_fact<T>(std::move(reading), into));
    };
    const auto look = [&](Names paths, Found<bool>& into) {
        std::function<Found<bool>()> looking = [root, paths = std::move(paths)] {
            return is_any_there(root, paths);
        };
        group.spawn(read_fact<bool>(std::move(looking), into));
    };
    read(read_space, places.paths.state, machine.state_space);
    read(read_space, root / "run", machine.run_space);
    read(read_pressure, root, machine.pressure);
    read(read_forwarding, root, machine.is_forwarding);
    read(read_routes, root, machine.routes);
    read(read_nameservers, root / "etc/resolv.conf", machine.nameservers);
    read(read_nameservers, root / "run/systemd/resolve/resolv.conf", machine.upstream_nameservers);
    read(read_docker_group, root, machine.docker_group);
    look({"usr/sbin/iptables", "sbin/iptables", "usr/bin/iptables", "usr/local/sbin/iptables"},
         machine.has_iptables);
    look({"etc/ssl/certs/ca-certificates.crt", "etc/pki/tls/certs/ca-bundle.crt", "etc/ssl/ca-bundle.pem",
          "etc/ssl/cert.pem"},
         machine.has_certificate_authorities);
}

}  // namespace

Task<void> probe_machine(const Places& places, Facts& facts) {
    facts.machine.architecture = engine_architecture();
    facts.machine.state_folder = places.paths.state.native();
    facts.machine.is_clock_synchronised = read_is_clock_synchronised();
    TaskGroup group(co_await asio::this_coro::executor);
    read_files(places, group, facts.machine);
    std::function<Found<StateFacts>()> reading = [paths = places.paths, now = facts.now] {
        return read_state(paths, now);
    };
    group.spawn(read_fact<StateFacts>(std::move(reading), facts.state));
    std::function<Found<pid_t>()> locking = [places] { return read_lock_holder(places.paths, places.root); };
    group.spawn(read_fact<pid_t>(std::move(locking), facts.daemon.lock_holder));
    using Lines = std::vector<std::string>;
    std::function<Found<Lines>(std::stop_token)> searching = [places, now = facts.now](std::stop_token stop) {
        return read_denials(places, now, stop);
    };
    group.spawn(read_fact<Lines>(std::move(searching), facts.machine.denials));
    co_await group.join();
}

}  // namespace dockerext::doctor
