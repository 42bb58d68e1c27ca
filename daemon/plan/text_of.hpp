#pragma once

#include "model/container_spec.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <variant>

namespace dockerext::plan {

// Values as a Compose model would have them, for display; "(unset)" for a value that is not set.
std::string text_of(const std::string& value);
std::string text_of(const std::vector<std::string>& values);
std::string text_of(const std::optional<std::vector<std::string>>& values);
std::string text_of(const std::set<std::string>& values);
std::string text_of(const std::map<std::string, std::string>& values);
std::string text_of(std::int64_t number);
std::string text_of(model::Bytes bytes);
std::string text_of(model::NanoCpus cpus);
std::string text_of(std::chrono::seconds time);       ///< "10s"
std::string text_of(std::chrono::microseconds time);  ///< "100000", as in cpu_period
std::string text_of(const model::Limit<model::Bytes>& limit);
std::string text_of(const model::RestartPolicy& policy);
std::string text_of(const model::Mount* mount);
std::string text_of(const std::map<std::string, std::vector<model::PortBinding>>& bindings);
std::string text_of(const std::map<std::string, model::Ulimit>& limits);
std::string text_of(const model::Logging& logging);
std::string text_of(const std::vector<model::Device>& devices);
std::string text_of(const std::vector<model::DeviceRequest>& requests);
std::string text_of(const model::BlockIo& io);
std::string text_of(bool value);
std::string text_of(std::nullopt_t);

/// Of a number without a unit, for which a Compose model has -1.
template <typename Amount>
std::string text_of(const model::Limit<Amount>& limit) {
    const Amount* const amount = std::get_if<Amount>(&limit);
    return amount ? text_of(*amount) : "-1";
}
template <typename Value>
std::string text_of(const std::optional<Value>& value) {
    return value ? text_of(*value) : text_of(std::nullopt);
}

}  // namespace dockerext::plan
