#pragma once

#include "model/container_spec.hpp"
#include "model/observed.hpp"

#include <string>

namespace dockerext::plan {

/// Whether the engine speaks Engine API 1.`minor` or later.
bool speaks(const model::EngineFacts& engine, int minor);

/// What an older engine would silently ignore (compose-semantics: API versions); "" if nothing.
std::string unsupported_in(const model::EngineFacts& engine, const model::ContainerSpec& spec);

}  // namespace dockerext::plan
