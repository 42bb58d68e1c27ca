#pragma once

#include "model/service_outline.hpp"

#include <vector>

namespace dockerext::reconcile {

/// What the settings ask of each service, for people. Pure.
std::vector<model::ServiceOutline> service_outlines(const model::Project& project, const Redactor& redact);

}  // namespace dockerext::reconcile
