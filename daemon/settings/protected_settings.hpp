#pragma once

#include "base/json_cursor.hpp"
#include "base/problem.hpp"
#include "model/settings.hpp"

namespace dockerext::settings {

/// Whether the protected document has certificates, be they right or wrong; unknown when it cannot be read.
enum class CertificatesGiven { no, yes, unknown };

/// The protected document, into `settings`. No problem repeats a value of it.
CertificatesGiven read_protected(const JsonCursor& document, model::Settings& settings, Problems& problems);

}  // namespace dockerext::settings
