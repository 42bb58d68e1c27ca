#pragma once

#include "packages/engine_packages.hpp"
#include "packages/package_runner.hpp"

namespace dockerext::packages {

/// Makes sure that the key's file holds the pinned key and nothing else: fetches the key if it is missing,
/// and rewrites it (see OpenPgpKey). Errors as in engine_install. `runner` must outlive the call.
Task<Result<>> ensure_signing_key(PackageRunner& runner, SigningKey key);

}  // namespace dockerext::packages
