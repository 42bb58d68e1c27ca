#pragma once

#include "model/desired.hpp"

#include <string>

namespace dockerext::model {

/// Why the old and the new container of a replica cannot run at the same time, as the end of a sentence ("it
/// publishes port 80 of the machine"); "" if they can.
std::string why_not_side_by_side(const Project& project, const Service& service);

}  // namespace dockerext::model
