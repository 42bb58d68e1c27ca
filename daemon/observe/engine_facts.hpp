#pragma once

#include "base/json_cursor.hpp"
#include "model/observed.hpp"

namespace dockerext::observe {

/// GET /info: the engine's defaults. Its version is not read here.
Result<model::EngineFacts> read_engine_info(const JsonCursor& info);

}  // namespace dockerext::observe
