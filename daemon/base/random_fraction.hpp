#pragma once

namespace dockerext {

/// A random number in [0, 1), for the jitter of waits; not fit for secrets. The simulator links its own.
double random_fraction();

}  // namespace dockerext
