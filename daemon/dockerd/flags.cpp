#include "dockerd/flags.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace dockerext::dockerd {
namespace {

using enum Flag::Kind;

/// The flags of dockerd 20.10 to 29. The key of a list in daemon.json is the plural of its flag.
constexpr auto flags = std::to_array<Flag>({
    {"add-runtime", value, ""},
    {"allow-direct-routing", toggle},
    {"allow-nondistributable-artifacts"},
    {"api-cors-header"},
    {"authorization-plugin", value, "authorization-plugins"},
    {"bip"},
    {"bip6"},
    {"bridge"},
    {"bridge-accept-fwmark"},
    {"cdi-spec-dir", value, "cdi-spec-dirs"},
    {"cgroup-parent"},
    {"cluster-advertise"},
    {"cluster-store"},
    {"cluster-store-opt", value, "cluster-store-opts"},
    {"config-file"},
    {"containerd"},
    {"containerd-namespace"},
    {"containerd-plugins-namespace"},
    {"cpu-rt-period"},
    {"cpu-rt-runtime"},
    {"cri-containerd", toggle},
    {"data-root"},
    {"debug", toggle},
    {"default-address-pool", value, "default-address-pools"},
    {"default-cgroupns-mode"},
    {"default-gateway"},
    {"default-gateway-v6"},
    {"default-ipc-mode"},
    {"default-network-opt", value, "default-network-opts"},
    {"default-runtime"},
    {"default-shm-size"},
    {"default-stop-timeout"},
    {"default-ulimit", value, "default-ulimits"},
    {"dns"},
    {"dns-opt", value, "dns-opts"},
    {"dns-search"},
    {"exec-opt", value, "exec-opts"},
    {"exec-root"},
    {"experimental", toggle},
    {"feature", value, "features"},
    {"firewall-backend"},
    {"fixed-cidr"},
    {"fixed-cidr-v6"},
    {"graph"},
    {"group"},
    {"help", exit},
    {"host", value, "hosts"},
    {"host-gateway-ip", value, "host-gateway-ip", "host-gateway-ips"},
    {"http-proxy"},
    {"https-proxy"},
    {"icc", toggle},
    {"init", toggle},
    {"init-path"},
    {"insecure-registry", value, "insecure-registries"},
    {"ip"},
    {"ip-forward", toggle},
    {"ip-forward-no-drop", toggle},
    {"ip-masq", toggle},
    {"ip6tables", toggle},
    {"iptables", toggle},
    {"ipv6", toggle},
    {"label", value, "labels"},
    {"live-restore", toggle},
    {"log-driver"},
    {"log-format"},
    {"log-level"},
    {"log-opt", value, "log-opts"},
    {"max-concurrent-downloads"},
    {"max-concurrent-uploads"},
    {"max-download-attempts"},
    {"metrics-addr"},
    {"mtu"},
    {"network-control-plane-mtu"},
    {"network-diagnostic-port"},
    {"no-new-privileges", toggle},
    {"no-proxy"},
    {"node-generic-resource", value, "node-generic-resources"},
    {"nri-opts"},
    {"oom-score-adjust"},
    {"pidfile"},
    {"raw-logs", toggle},
    {"registry-mirror", value, "registry-mirrors"},
    {"restart", toggle},
    {"rootless", toggle},
    {"seccomp-profile"},
    {"selinux-enabled", toggle},
    {"shutdown-timeout"},
    {"storage-driver"},
    {"storage-opt", value, "storage-opts"},
    {"swarm-default-advertise-addr"},
    {"tls", toggle},
    {"tlscacert"},
    {"tlscert"},
    {"tlskey"},
    {"tlsverify", toggle},
    {"userland-proxy", toggle},
    {"userland-proxy-path"},
    {"userns-remap"},
    {"validate", exit},
    {"version", exit},
});

constexpr auto letters = std::to_array<std::pair<char, std::string_view>>({
    {'D', "debug"},
    {'G', "group"},
    {'H', "host"},
    {'b', "bridge"},
    {'g', "graph"},
    {'h', "help"},
    {'l', "log-level"},
    {'p', "pidfile"},
    {'r', "restart"},
    {'s', "storage-driver"},
    {'v', "version"},
});

}  // namespace

std::span<const Flag> all_flags() { return flags; }

const Flag* find_flag(std::string_view name) {
    const auto* found =
        std::find_if(flags.begin(), flags.end(), [&](const auto& flag) { return flag.name == name; });
    return found == flags.end() ? nullptr : found;
}

std::string_view long_name(char letter) {
    for (const auto& [known, name] : letters) {
        if (known == letter) return name;
    }
    return "";
}

}  // namespace dockerext::dockerd
