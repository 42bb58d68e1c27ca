#pragma once

#include "base/redactor.hpp"
#include "model/settings.hpp"

namespace dockerext::intake {

/// Redacts the secrets of settings.
Redactor secrets_of(const model::Settings& settings);

/// Redacts the secrets of an envelope, as far as it can be read.
Redactor secrets_of(const model::Envelope& envelope);

}  // namespace dockerext::intake
