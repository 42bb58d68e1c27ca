#pragma once

#include "model/status.hpp"

#include <string>

namespace dockerext::report {

/// The stable form of a status: config/status.schema.json, "version": 1. A pause without an end has
/// `state` "paused" and `pausedUntil` null.
std::string to_json(const model::Status& status);

/// {"what","state","reason","facts":[{"name","text"}]}
std::string to_json(const model::ObjectStatus& object);

/// One service, in the form that it has within a status.
std::string to_json(const model::ServiceStatus& service);

}  // namespace dockerext::report
