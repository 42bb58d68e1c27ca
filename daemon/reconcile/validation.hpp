#pragma once

#include "intake/validate.hpp"

namespace dockerext::reconcile {

/// As intake::validate; valid settings for this machine are also checked by its dockerd, if that can (from 23
/// on). Blocks.
intake::Validation validate(const model::Envelope& envelope, const std::filesystem::path& root);

}  // namespace dockerext::reconcile
