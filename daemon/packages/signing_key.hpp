#pragma once

#include "packages/engine_packages.hpp"
#include "packages/package_runner.hpp"

namespace dockerext::packages {

/// Sees to it that the pinned key is in its place, and nothing besides: it is fetched unless it is there, and
/// written anew (OpenPgpKey). Errors as in engine_install. `runner` outlives the call.
Task<Result<>> provide_signing_key(PackageRunner& runner, SigningKey key);

}  // namespace dockerext::packages
