#include "observe/config_facts.hpp"

#include "observe/facts_reader.hpp"

namespace dockerext::observe {
namespace {

std::optional<std::chrono::nanoseconds> duration_in(ObjectReader& check, std::string_view key) {
    const std::int64_t count = count_in(check, key);
    if (count == 0) return std::nullopt;
    return std::chrono::nanoseconds(count);
}

}  // namespace

std::map<std::string, std::optional<std::string>> environment_in(ObjectReader& config) {
    std::map<std::string, std::optional<std::string>> environment;
    for (const std::string& entry : config.strings("Env")) {
        const std::size_t equals = entry.find('=');
        if (equals == std::string::npos) environment[entry] = std::nullopt;
        else environment[entry.substr(0, equals)] = entry.substr(equals + 1);
    }
    return environment;
}

std::optional<model::Healthcheck> healthcheck_in(ObjectReader& config, Problems& problems) {
    const auto member = config.take("Healthcheck");
    if (!member) return std::nullopt;
    ObjectReader check(*member, problems);
    model::Healthcheck read{.test = check.strings("Test"),
                            .interval = duration_in(check, "Interval"),
                            .timeout = duration_in(check, "Timeout"),
                            .start_period = duration_in(check, "StartPeriod"),
                            .start_interval = duration_in(check, "StartInterval"),
                            .retries = std::nullopt};
    if (const std::int64_t retries = count_in(check, "Retries")) read.retries = static_cast<int>(retries);
    if (read == model::Healthcheck{}) return std::nullopt;
    return read;
}

}  // namespace dockerext::observe
