#pragma once

#include "model/observed.hpp"

namespace dockerext::plan {

/// Whether the engine speaks Engine API 1.`minor` or later.
inline bool speaks(const model::EngineFacts& engine, int minor) {
    return engine.api_major > 1 || engine.api_minor >= minor;
}

}  // namespace dockerext::plan
