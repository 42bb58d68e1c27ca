#include "compose/duration.hpp"
#include "compose/key.hpp"
#include "compose/scalar.hpp"

#include <array>

namespace dockerext::compose {
namespace {

constexpr std::array logging_fields = std::to_array<Field<Logging>>({
    field<&Logging::driver>("driver"),
    field<&Logging::options, read_options_or_null>("options"),
});

void read_restart(const Node& node, std::string& into, Diagnostics& diagnostics) {
    read(node, into, diagnostics);
    const auto policy = parse_restart(into);
    if (!policy) diagnostics.problem(node, policy.error().message());
}

void apply_restart(const Service& from, const Naming&, model::Service& into) {
    into.restart_is_set = !from.restart.empty();
    into.container.restart = parse_restart(from.restart).value();
}

void read_container_name(const Node& node, std::string& into, Diagnostics& diagnostics) {
    read(node, into, diagnostics);
    constexpr std::string_view first = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    const bool fits = into.size() > 1 && first.find(into.front()) != std::string_view::npos &&
                      into.find_first_not_of(std::string(first) + "_.-") == std::string::npos;
    if (node.text() && !fits) {
        diagnostics.problem(node,
                            "expected letters, digits, '_', '.' and '-', two at least, found '" + into + "'");
    }
}

void apply_container_name(const Service& from, const Naming&, model::Service& into) {
    if (!from.container_name.empty()) into.container_name = model::ContainerName{from.container_name};
}

/// The age after which an image is pulled again; none for any other policy.
OptionalDuration refresh_of(const std::string& policy) {
    using namespace std::chrono_literals;
    if (policy == "daily") return 24h;
    if (policy == "weekly") return 7 * 24h;
    constexpr std::string_view every = "every_";
    if (!policy.starts_with(every)) return std::nullopt;
    const auto age = parse_duration(policy.substr(every.size()));
    return age ? OptionalDuration(*age) : std::nullopt;
}

/// The policies that are a single word.
constexpr auto pull_policies =
    std::to_array<Named<model::PullPolicy>>({{model::PullPolicy::always, "always"},
                                             {model::PullPolicy::missing, "missing"},
                                             {model::PullPolicy::never, "never"},
                                             {model::PullPolicy::build, "build"}});

void read_pull_policy(const Node& node, std::string& into, Diagnostics& diagnostics) {
    read(node, into, diagnostics);
    if (into == "if_not_present") into = "missing";
    const bool known = value_named(into, pull_policies) || refresh_of(into);
    if (node.text() && !known) {
        diagnostics.problem(
            node,
            "expected always, missing, if_not_present, never, build, daily, weekly or every_DURATION "
            "as in every_12h, found '" +
                into + "'");
    }
}

void apply_pull_policy(const Service& from, const Naming&, model::Service& into) {
    if (const auto policy = value_named(from.pull_policy, pull_policies)) into.pull_policy = *policy;
    if (const auto age = refresh_of(from.pull_policy)) {
        into.pull_policy = model::PullPolicy::refresh;
        into.refresh_after = std::chrono::duration_cast<std::chrono::seconds>(*age);
    }
}

void read_scale(const Node& node, std::optional<std::int64_t>& into, Diagnostics& diagnostics) {
    read(node, into, diagnostics);
    if (into && (*into < 0 || *into > 10'000)) diagnostics.problem(node, "expected a number from 0 to 10000");
}

void apply_scale(const Service& from, const Naming&, model::Service& into) {
    into.scale = static_cast<unsigned>(from.scale.value_or(1));
}

/// Passes on whole seconds and drops the rest, as Compose does.
void apply_stop_grace_period(const Service& from, const Naming&, model::Service& into) {
    if (!from.stop_grace_period) return;
    into.container.stop_timeout = std::chrono::duration_cast<std::chrono::seconds>(*from.stop_grace_period);
}

void apply_logging(const Service& from, const Naming&, model::Service& into) {
    if (from.logging) into.container.logging = {from.logging->driver, from.logging->options};
}

}  // namespace

Table<Logging> table_of(const Logging*) { return {"logging", logging_fields}; }

std::span<const Key> lifecycle_keys() {
    static constexpr std::array keys = std::to_array<Key>({
        {field<&Service::container_name, read_container_name>("container_name"), apply_container_name},
        {field<&Service::logging>("logging"), apply_logging},
        {field<&Service::restart, read_restart>("restart"), apply_restart},
        {field<&Service::stop_grace_period>("stop_grace_period"), apply_stop_grace_period},
        plain_key<&Service::stop_signal, &model::ContainerSpec::stop_signal>("stop_signal"),
        {{"profiles", read_member_by<&Service::profiles, read_keyed>}},
        {{"pull_policy", read_member_by<&Service::pull_policy, read_pull_policy>}, apply_pull_policy},
        {{"scale", read_member_by<&Service::scale, read_scale>}, apply_scale},
    });
    return keys;
}

}  // namespace dockerext::compose
