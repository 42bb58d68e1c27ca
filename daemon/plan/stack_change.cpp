#include "plan/stack_change.hpp"

#include "plan/text_of.hpp"

#include <array>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <string_view>

namespace dockerext::plan {

using namespace model;

namespace {

enum class Unit { none, nanoseconds, bytes, nano_cpus };

struct Words {
    std::string_view path, words;
    Unit unit = Unit::none;
};

/// The longest path that a path begins with decides; what follows it stays.
constexpr auto all_words = std::to_array<Words>({
    {"Labels", "deploy.labels"},
    {"Mode", "deploy.mode"},
    {"Mode.Replicated.Replicas", "deploy.replicas"},
    {"EndpointSpec.Mode", "deploy.endpoint_mode"},
    {"EndpointSpec.Ports", "ports"},
    {"UpdateConfig", "deploy.update_config"},
    {"UpdateConfig.Delay", "deploy.update_config.delay", Unit::nanoseconds},
    {"UpdateConfig.Monitor", "deploy.update_config.monitor", Unit::nanoseconds},
    {"RollbackConfig", "deploy.rollback_config"},
    {"RollbackConfig.Delay", "deploy.rollback_config.delay", Unit::nanoseconds},
    {"RollbackConfig.Monitor", "deploy.rollback_config.monitor", Unit::nanoseconds},
    {"TaskTemplate.Placement", "deploy.placement"},
    {"TaskTemplate.RestartPolicy", "deploy.restart_policy"},
    {"TaskTemplate.RestartPolicy.Delay", "deploy.restart_policy.delay", Unit::nanoseconds},
    {"TaskTemplate.RestartPolicy.Window", "deploy.restart_policy.window", Unit::nanoseconds},
    {"TaskTemplate.Resources.Limits", "deploy.resources.limits"},
    {"TaskTemplate.Resources.Limits.NanoCPUs", "deploy.resources.limits.cpus", Unit::nano_cpus},
    {"TaskTemplate.Resources.Limits.MemoryBytes", "deploy.resources.limits.memory", Unit::bytes},
    {"TaskTemplate.Resources.Reservations", "deploy.resources.reservations"},
    {"TaskTemplate.Resources.Reservations.NanoCPUs", "deploy.resources.reservations.cpus", Unit::nano_cpus},
    {"TaskTemplate.Resources.Reservations.MemoryBytes", "deploy.resources.reservations.memory", Unit::bytes},
    {"TaskTemplate.LogDriver", "logging"},
    {"TaskTemplate.Networks", "networks"},
    {"TaskTemplate.ContainerSpec.Image", "image"},
    {"TaskTemplate.ContainerSpec.Labels", "labels"},
    {"TaskTemplate.ContainerSpec.Command", "entrypoint"},
    {"TaskTemplate.ContainerSpec.Args", "command"},
    {"TaskTemplate.ContainerSpec.Env", "environment"},
    {"TaskTemplate.ContainerSpec.Dir", "working_dir"},
    {"TaskTemplate.ContainerSpec.User", "user"},
    {"TaskTemplate.ContainerSpec.Hostname", "hostname"},
    {"TaskTemplate.ContainerSpec.Hosts", "extra_hosts"},
    {"TaskTemplate.ContainerSpec.Mounts", "volumes"},
    {"TaskTemplate.ContainerSpec.Configs", "configs"},
    {"TaskTemplate.ContainerSpec.Secrets", "secrets"},
    {"TaskTemplate.ContainerSpec.DNSConfig.Nameservers", "dns"},
    {"TaskTemplate.ContainerSpec.DNSConfig.Search", "dns_search"},
    {"TaskTemplate.ContainerSpec.Healthcheck", "healthcheck"},
    {"TaskTemplate.ContainerSpec.Healthcheck.Interval", "healthcheck.interval", Unit::nanoseconds},
    {"TaskTemplate.ContainerSpec.Healthcheck.Timeout", "healthcheck.timeout", Unit::nanoseconds},
    {"TaskTemplate.ContainerSpec.Healthcheck.StartPeriod", "healthcheck.start_period", Unit::nanoseconds},
    {"TaskTemplate.ContainerSpec.StopGracePeriod", "stop_grace_period", Unit::nanoseconds},
    {"TaskTemplate.ContainerSpec.StopSignal", "stop_signal"},
    {"TaskTemplate.ContainerSpec.TTY", "tty"},
    {"TaskTemplate.ContainerSpec.OpenStdin", "stdin_open"},
    {"TaskTemplate.ContainerSpec.ReadOnly", "read_only"},
    {"TaskTemplate.ContainerSpec.Init", "init"},
    {"TaskTemplate.ContainerSpec.Sysctls", "sysctls"},
    {"TaskTemplate.ContainerSpec.Ulimits", "ulimits"},
    {"TaskTemplate.ContainerSpec.CapabilityAdd", "cap_add"},
    {"TaskTemplate.ContainerSpec.CapabilityDrop", "cap_drop"},
});

/// A path that no entry knows is shown as it is.
Words words_of(std::string_view path) {
    Words best;
    for (const Words& each : all_words) {
        const bool begins =
            path.starts_with(each.path) && (path.size() == each.path.size() || path[each.path.size()] == '.');
        if (begins && each.path.size() > best.path.size()) best = each;
    }
    return best;
}

std::string number_text(const std::string& text, Unit unit) {
    std::int64_t number = 0;
    const char* const end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data(), end, number);
    if (unit == Unit::none || parsed.ec != std::errc() || parsed.ptr != end) return text;
    if (unit == Unit::bytes) return text_of(Bytes{number});
    if (unit == Unit::nano_cpus) return text_of(NanoCpus{number});
    constexpr std::int64_t second = 1'000'000'000;
    if (number % second == 0) return text_of(std::chrono::seconds(number / second));
    return std::to_string(number) + "ns";
}

}  // namespace

Change stack_change(const std::string& path, const std::string& have, const std::string& want) {
    const Words words = words_of(path);
    const std::string field = std::string(words.words) + path.substr(words.path.size());
    return {field, number_text(have, words.unit), number_text(want, words.unit)};
}

}  // namespace dockerext::plan
