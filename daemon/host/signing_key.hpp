#pragma once

#include "host/engine_packages.hpp"
#include "host/package_runner.hpp"

namespace dockerext::host {

/// Sees to it that the pinned key is in its place, and nothing besides: it is fetched unless it is there, and
/// written anew (OpenPgpKey). Errors as in engine_install. `runner` outlives the call.
Task<Result<>> provide_signing_key(PackageRunner& runner, SigningKey key);

}  // namespace dockerext::host
