#pragma once

#include "model/support_bundle.hpp"

namespace dockerext::bundle {

/// Collects what a support engineer needs, hides every secret of this machine's settings and logins in it,
/// and writes it as a tar, compressed with zstd, to a new file of mode 0600. What cannot be had is noted in
/// the bundle's manifest.json. Each part takes at most 30 s, and all of them at most 48 MiB. Needs root:
/// nobody else can read the secrets that have to be hidden; fails if they cannot be read.
Result<model::BundleReport> write_bundle(const model::BundleRequest& request);

}  // namespace dockerext::bundle
