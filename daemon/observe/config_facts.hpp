#pragma once

#include "base/json_reader.hpp"
#include "model/container_spec.hpp"

/// What the Config objects of containers and images have in common.
namespace dockerext::observe {

/// Env: "K=V", and "K" for a variable of the image that is unset.
std::map<std::string, std::optional<std::string>> environment_in(ObjectReader& config);

/// Healthcheck; its durations are in nanoseconds, and zero means unset.
std::optional<model::Healthcheck> healthcheck_in(ObjectReader& config, Problems& problems);

}  // namespace dockerext::observe
