#include "settings/swarm_settings.hpp"

#include "base/ascii.hpp"
#include "base/json_reader.hpp"
#include "settings/swarm_pools.hpp"
#include "settings/values.hpp"

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

namespace dockerext::settings {
namespace {

constexpr std::chrono::seconds shortest_forget_after = std::chrono::minutes(10);

/// Limits of the engine for the port of the data path (Engine API, POST /swarm/init).
constexpr std::uint16_t lowest_data_path_port = 1024, highest_data_path_port = 49151;

/// Whether the text is an interface's name rather than a misspelt address.
bool is_interface_name(std::string_view text) {
    constexpr std::size_t longest = 15;  // IFNAMSIZ
    constexpr std::string_view others = "-_.@";
    const auto is_allowed = [&](char c) {
        const char lower = to_lower(c);
        return is_digit(c) || (lower >= 'a' && lower <= 'z') || others.find(c) != std::string_view::npos;
    };
    return !text.empty() && text.size() <= longest && std::all_of(text.begin(), text.end(), is_allowed) &&
           text.find_first_not_of("0123456789.") != std::string_view::npos;
}

/// An address of this machine, in its usual spelling, or the name of an interface.
std::optional<std::string> parse_own_address(std::string_view text) {
    auto address = parse_ip_address(text);
    if (address) return is_of_one_machine(*address) ? std::move(address) : std::nullopt;
    return is_interface_name(text) ? std::optional(std::string(text)) : std::nullopt;
}

std::optional<TcpAddress> read_manager(const JsonCursor& item, Problems& problems) {
    const auto text = item.string();
    auto address = text ? parse_tcp_address(*text, model::SwarmSettings::default_port) : std::nullopt;
    if (address && is_of_one_machine(address->host)) return address;
    problems.add(item.pointer(),
                 "expected the IP address at which other machines reach a manager, such as \"10.0.0.4\" or "
                 "\"10.0.0.4:2377\", found " +
                     describe_value(item));
    return std::nullopt;
}

std::vector<TcpAddress> read_managers(const JsonCursor& array, Problems& problems) {
    std::vector<TcpAddress> managers;
    const auto items = array.items();
    if (!items) {
        problems.add(items.error());
        return managers;
    }
    if (items->empty()) problems.add(array.pointer(), "expected at least one address");
    std::set<std::string> hosts;
    for (const JsonCursor& item : *items) {
        auto manager = read_manager(item, problems);
        if (!manager) continue;
        if (!hosts.insert(manager->host).second)
            problems.add(item.pointer(), "a second entry for the same address; remove one");
        else managers.push_back(std::move(*manager));
    }
    return managers;
}

std::string read_advertise(const JsonCursor& value, Problems& problems) {
    const auto text = value.string();
    if (auto address = text ? parse_own_address(*text) : std::nullopt) return std::move(*address);
    problems.add(value.pointer(),
                 "expected \"auto\", an IP address at which other machines reach this one, such as "
                 "\"10.0.0.4\", or an interface, such as \"eth0\", found " +
                     describe_value(value));
    return "auto";
}

std::optional<TcpAddress> read_listen_address(const JsonCursor& value, Problems& problems) {
    const auto text = value.string();
    auto address = text ? parse_tcp_address(*text, model::SwarmSettings::default_port) : std::nullopt;
    if (!address)
        problems.add(value.pointer(),
                     "expected an IP address, with or without a port, such as \"0.0.0.0:2377\" or "
                     "\"10.0.0.4\", found " +
                         describe_value(value));
    return address;
}

struct DataPath {
    std::string address;  ///< or an interface
    std::optional<std::uint16_t> port;
};

/// "eth1", "eth1:4790", "10.0.1.4:4790", "[fd00::4]:4790".
std::optional<DataPath> parse_data_path(std::string_view text) {
    if (auto address = parse_own_address(text)) return DataPath{std::move(*address), {}};
    DataPath path;
    if (auto address = parse_tcp_address(text)) {
        path = {std::move(address->host), address->port};
    } else if (const std::size_t colon = text.find(':'); colon != std::string_view::npos) {
        path = {std::string(text.substr(0, colon)), parse_port(text.substr(colon + 1))};
    }
    const bool has_valid_port =
        path.port && *path.port >= lowest_data_path_port && *path.port <= highest_data_path_port;
    return has_valid_port && parse_own_address(path.address) ? std::optional(std::move(path)) : std::nullopt;
}

void read_data_path(const JsonCursor& value, model::SwarmSettings& swarm, Problems& problems) {
    const auto text = value.string();
    auto path = text ? parse_data_path(*text) : std::nullopt;
    if (!path)
        return problems.add(value.pointer(),
                            "expected an IP address of this machine or an interface, with or without a port "
                            "from 1024 to 49151, such as \"10.0.1.4\" or \"eth1:4790\", found " +
                                describe_value(value));
    swarm.data_path = std::move(path->address);
    swarm.data_path_port = path->port;
}

/// Whether a label of that name can be set and used in placement constraints.
bool is_label_name(std::string_view name) {
    return !name.empty() &&
           std::none_of(name.begin(), name.end(), [](unsigned char c) { return c <= ' ' || c == '='; });
}

std::map<std::string, std::string> read_labels(const JsonCursor& object, Problems& problems) {
    std::map<std::string, std::string> labels;
    const auto members = object.members();
    if (!members) {
        problems.add(members.error());
        return labels;
    }
    for (const auto& [name, value] : *members) {
        auto text = value.string();
        if (!is_label_name(name))
            problems.add(value.pointer(), "expected the name of a label, without '=' and blanks");
        else if (!text) problems.add(text.error());
        else labels.emplace(name, std::move(*text));
    }
    return labels;
}

std::optional<std::int64_t> read_task_history(const JsonCursor& value, Problems& problems) {
    const auto number = value.integer();
    if (number && *number >= 0) return *number;
    problems.add(value.pointer(), "expected a number of tasks from 0 on, found " + describe_value(value));
    return std::nullopt;
}

std::optional<std::chrono::seconds> read_forget_after(const JsonCursor& value, Problems& problems) {
    const auto text = value.string();
    const auto duration = text ? parse_interval(*text) : std::nullopt;
    if (duration && *duration >= shortest_forget_after) return duration;
    problems.add(value.pointer(), "expected a duration from \"10m\" to \"1000h\", such as \"24h\", found " +
                                      describe_value(value));
    return std::nullopt;
}

/// The members about this machine.
void read_node(ObjectReader& reader, model::SwarmSettings& settings, Problems& problems) {
    if (const auto value = reader.take("role"))
        settings.role = read_one_of<model::SwarmRole>(*value, problems);
    if (const auto value = reader.take("advertise")) settings.advertise = read_advertise(*value, problems);
    if (const auto value = reader.take("data-path")) read_data_path(*value, settings, problems);
    if (const auto value = reader.take("listen")) settings.listen = read_listen_address(*value, problems);
    if (const auto value = reader.take("labels")) settings.labels = read_labels(*value, problems);
    if (const auto value = reader.take("availability"))
        settings.availability =
            read_one_of<model::NodeAvailability>(*value, problems).value_or(settings.availability);
}

/// When the machine leaves the swarm.
void read_departure(ObjectReader& reader, model::SwarmSettings& settings) {
    settings.leave = reader.boolean("leave").value_or(false);
    settings.scheduled_events = reader.boolean("scheduled-events").value_or(false);
}

/// The members about the swarm as a whole.
void read_cluster(ObjectReader& reader, model::SwarmSettings& settings, Problems& problems) {
    if (const auto value = reader.take("managers")) settings.managers = read_managers(*value, problems);
    else if (reader.cursor().is(JsonType::object))
        problems.add(reader.cursor().pointer() + "/managers",
                     "is missing; list the addresses of the managers, the one that founds the swarm first, "
                     "such as [\"10.0.0.4\", \"10.0.0.5\", \"10.0.0.6\"]");
    settings.autolock = reader.boolean("autolock").value_or(false);
    if (const auto value = reader.take("address-pool")) read_address_pools(*value, settings, problems);
    if (const auto value = reader.take("task-history"))
        settings.task_history = read_task_history(*value, problems);
    if (const auto value = reader.take("forget-after"))
        settings.forget_after = read_forget_after(*value, problems);
}

}  // namespace

model::SwarmSettings read_swarm(const JsonCursor& swarm, Problems& problems) {
    model::SwarmSettings settings;
    ObjectReader reader(swarm, problems);
    read_node(reader, settings, problems);
    read_cluster(reader, settings, problems);
    read_departure(reader, settings);
    reader.finish("swarm");
    return settings;
}

}  // namespace dockerext::settings
