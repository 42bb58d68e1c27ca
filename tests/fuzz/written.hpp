#pragma once

#include "model/desired.hpp"

namespace dockerext {

/// What was accepted can be planned on any engine, and each step be written as the engine takes it.
void check_written(const model::Desired& desired);

}  // namespace dockerext
