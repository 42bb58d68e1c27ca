#pragma once

#include "base/problem.hpp"
#include "model/observed.hpp"
#include "model/settings.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace dockerext::settings {

/// Certificates and a key with which dockerd can serve clients that trust them: what is in the given texts,
/// written anew, and nothing else, since two of the three become files for all to read. None when something
/// is wrong: all that is, at once, by pointers /protected/certs/…; no problem repeats anything of them but
/// the names of blocks. `now` is given when they are to replace others; without it dates do not count, since
/// what was accepted once stays accepted when it expires.
std::optional<model::Certificates> checked_certificates(const model::Certificates& given,
                                                        std::optional<model::WallTime> now,
                                                        Problems& problems);

/// What a person should be told at `now`: from 30, 7 and 1 days before the end, and after it. The text
/// changes only with these steps.
std::optional<std::string> expiry_warning(std::chrono::sys_seconds not_after, model::WallTime now);

}  // namespace dockerext::settings
