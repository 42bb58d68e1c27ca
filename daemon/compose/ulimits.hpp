#pragma once

#include "compose/field.hpp"
#include "compose/service.hpp"

namespace dockerext::compose {

using Ulimits = std::map<std::string, Ulimit>;

/// Reads one number for both limits, or a map of "soft" and "hard".
void read_ulimits(const Node& node, Ulimits& into, Diagnostics& diagnostics);
void write_ulimits(std::string_view name, const Ulimits& ulimits, CanonicalJson& json);

std::map<std::string, model::Ulimit> to_model(const Ulimits& ulimits);

}  // namespace dockerext::compose
