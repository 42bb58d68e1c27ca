#pragma once

namespace dockerext {

/// A number in [0, 1), for the jitter of waits; not fit for secrets. The simulator brings its own.
double chance();

}  // namespace dockerext
