#include "compose/key.hpp"

#include <array>

namespace dockerext::compose {
namespace {

void read_test(const Node& node, std::vector<std::string>& into, Diagnostics& diagnostics) {
    if (node.text()) {
        into = {"CMD-SHELL", *node.text()};
        return;
    }
    if (!node.list()) return diagnostics.expected(node, "string or list");
    for (const Node& item : *node.list()) {
        if (item.text()) into.push_back(*item.text());
        else diagnostics.expected(item, "string");
    }
    const bool known = into.empty() || into[0] == "CMD" || into[0] == "CMD-SHELL" || into[0] == "NONE";
    if (!known) diagnostics.problem(node, "a list must start with \"CMD\", \"CMD-SHELL\" or \"NONE\"");
}

void read_retries(const Node& node, std::optional<std::int64_t>& into, Diagnostics& diagnostics) {
    read(node, into, diagnostics);
    if (into && (*into < 0 || *into > 1'000'000'000))
        diagnostics.problem(node, "expected a count from 0 to 1000000000");
}

constexpr std::array healthcheck_fields = std::to_array<Field<Healthcheck>>({
    field<&Healthcheck::test, read_test>("test"),
    field<&Healthcheck::timeout>("timeout"),
    field<&Healthcheck::interval>("interval"),
    field<&Healthcheck::retries, read_retries>("retries"),
    field<&Healthcheck::start_period>("start_period"),
    field<&Healthcheck::start_interval>("start_interval"),
    field<&Healthcheck::disable>("disable"),
});

}  // namespace

Table<Healthcheck> table_of(const Healthcheck*) { return {"healthcheck", healthcheck_fields}; }

namespace {

void read_healthcheck(const Node& node, std::optional<Healthcheck>& into, Diagnostics& diagnostics) {
    read(node, into, diagnostics);
    if (into->start_interval && !into->start_period) {
        diagnostics.problem(node, "'start_interval' needs 'start_period' beside it");
    }
}

void apply_healthcheck(const Service& from, const Naming&, model::Service& into) {
    if (!from.healthcheck) return;
    const Healthcheck& check = *from.healthcheck;
    model::Healthcheck& target = into.container.healthcheck.emplace();
    target.test = check.disable ? std::vector<std::string>{"NONE"} : check.test;
    target.interval = check.interval;
    target.timeout = check.timeout;
    target.start_period = check.start_period;
    target.start_interval = check.start_interval;
    if (check.retries) target.retries = static_cast<int>(*check.retries);
}

}  // namespace

std::span<const Key> health_keys() {
    static constexpr std::array keys = std::to_array<Key>({
        {field<&Service::healthcheck, read_healthcheck>("healthcheck"), apply_healthcheck},
    });
    return keys;
}

}  // namespace dockerext::compose
