#pragma once

#include "base/redactor.hpp"
#include "model/settings.hpp"

namespace dockerext::intake {

/// What must not be shown of settings.
Redactor secrets_of(const model::Settings& settings);

/// What must not be shown of an envelope, as far as it can be read.
Redactor secrets_of(const model::Envelope& envelope);

}  // namespace dockerext::intake
