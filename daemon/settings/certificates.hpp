#pragma once

#include "base/problem.hpp"
#include "model/observed.hpp"
#include "model/settings.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace dockerext::settings {

/// Whether dockerd can serve clients with these, and they can trust it: all that is wrong at once, by
/// pointers /protected/certs/…; no problem repeats anything of them. Facts exactly when there is no problem.
/// `now` is given when they are to replace others; without it dates do not count, since what was accepted
/// once stays accepted when it expires.
std::optional<model::CertificateFacts> check_certificates(const model::Certificates& certificates,
                                                          std::optional<model::WallTime> now,
                                                          Problems& problems);

/// What a person should be told at `now`: from 30, 7 and 1 days before the end, and after it. The text
/// changes only with these steps.
std::optional<std::string> expiry_warning(std::chrono::sys_seconds not_after, model::WallTime now);

}  // namespace dockerext::settings
