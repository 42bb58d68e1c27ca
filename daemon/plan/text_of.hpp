#pragma once

#include "model/container_spec.hpp"

#include <string>

namespace dockerext::plan {

// Values as a Compose model would have them, for display; "(unset)" for a value that is not set.
std::string text_of(const std::string& value);
std::string text_of(const std::vector<std::string>& values);
std::string text_of(const std::optional<std::vector<std::string>>& values);
std::string text_of(const std::set<std::string>& values);
std::string text_of(const std::map<std::string, std::string>& values);
std::string text_of(model::Bytes bytes);
std::string text_of(const model::RestartPolicy& policy);
std::string text_of(const model::Mount* mount);
std::string text_of(const std::map<std::string, std::vector<model::PortBinding>>& bindings);
std::string text_of(const std::map<std::string, model::Ulimit>& limits);
std::string text_of(const std::optional<model::Logging>& logging);
std::string text_of(std::int64_t number);
std::string text_of_cpus(std::int64_t nano_cpus);
std::string text_of(const std::vector<model::Device>& devices);
std::string text_of(const std::vector<model::DeviceRequest>& requests);
std::string text_of(const model::BlockIo& io);
std::string text_of(bool value);
std::string text_of(const std::optional<bool>& value);
std::string text_of(const std::optional<std::chrono::seconds>& value);

}  // namespace dockerext::plan
