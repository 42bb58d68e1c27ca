#pragma once

#include "base/problem.hpp"
#include "model/observed.hpp"
#include "model/settings.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace dockerext::settings {

/// Returns certificates and a key with which dockerd can serve clients that trust them. They are re-encoded
/// from the given texts, without anything else, because two of the three become files that anyone can read.
/// If something is wrong, returns none and reports all problems at once, with pointers /protected/certs/…; no
/// problem repeats anything but the names of blocks. `now` is given for new certificates. Without it, dates
/// are not checked: accepted certificates stay accepted when they expire.
std::optional<model::Certificates> checked_certificates(const model::Certificates& given,
                                                        std::optional<model::WallTime> now,
                                                        Problems& problems);

/// A warning at `now`: from 30, 7 and 1 days before the end, and after it. The text changes only at these
/// steps.
std::optional<std::string> expiry_warning(std::chrono::sys_seconds not_after, model::WallTime now);

}  // namespace dockerext::settings
