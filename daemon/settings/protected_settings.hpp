#pragma once

#include "base/json_cursor.hpp"
#include "base/problem.hpp"
#include "model/observed.hpp"
#include "model/settings.hpp"

#include <optional>

namespace dockerext::settings {

/// Whether the protected document has certificates, valid or not; unknown when it cannot be read.
enum class CertificatesGiven { no, yes, unknown };

/// Reads the protected document into `settings`. No problem repeats a value of it. With `now`,
/// certificates have to be valid then.
CertificatesGiven read_protected(const JsonCursor& document, std::optional<model::WallTime> now,
                                 model::Settings& settings, Problems& problems);

}  // namespace dockerext::settings
