#include "settings/metrics_settings.hpp"

#include "base/json_reader.hpp"
#include "settings/values.hpp"

#include <algorithm>

namespace dockerext::settings {
namespace {

constexpr std::uint16_t lowest_port = 1024;  ///< the daemon has no CAP_NET_BIND_SERVICE
constexpr std::size_t longest_path = 1024;

std::optional<TcpAddress> read_listen(const JsonCursor& value, Problems& problems) {
    const auto text = value.string();
    const auto address = text ? parse_tcp_address(*text) : std::nullopt;
    if (address && !is_loopback(*address)) {
        problems.add(value.pointer(),
                     "metrics are served without TLS and without a password, so only on a loopback address "
                     "such as \"127.0.0.1:9323\", found " +
                         describe_value(value) +
                         ": let an agent on this machine forward them, or use metrics.textfile");
        return std::nullopt;
    }
    if (address && address->port >= lowest_port) return address;
    problems.add(value.pointer(),
                 "expected a loopback address with a port from 1024 to 65535, such as \"127.0.0.1:9323\" or "
                 "\"[::1]:9323\", found " +
                     describe_value(value));
    return std::nullopt;
}

/// "/a/b.prom": absolute, without empty, "." and ".." components.
bool is_path_of_textfile(std::string_view path) {
    constexpr std::string_view suffix = ".prom";
    const bool has_control = std::any_of(path.begin(), path.end(), [](unsigned char c) { return c < ' '; });
    const auto contains = [&](std::string_view part) { return path.find(part) != std::string_view::npos; };
    const std::string_view name = path.substr(path.rfind('/') + 1);
    return path.starts_with('/') && path.ends_with(suffix) && name != suffix && path.size() <= longest_path &&
           !has_control && !contains("//") && !contains("/./") && !contains("/../");
}

std::string read_textfile(const JsonCursor& value, Problems& problems) {
    auto text = value.string();
    if (text && is_path_of_textfile(*text)) return std::string(*text);
    problems.add(value.pointer(),
                 "expected an absolute path that ends in \".prom\", such as "
                 "\"/var/lib/prometheus/node-exporter/dockerextd.prom\", found " +
                     describe_value(value));
    return {};
}

}  // namespace

model::MetricsSettings read_metrics(const JsonCursor& metrics, Problems& problems) {
    model::MetricsSettings settings;
    ObjectReader reader(metrics, problems);
    if (const auto value = reader.take("listen")) settings.listen = read_listen(*value, problems);
    if (const auto value = reader.take("textfile")) settings.textfile = read_textfile(*value, problems);
    reader.finish("metrics");
    return settings;
}

}  // namespace dockerext::settings
