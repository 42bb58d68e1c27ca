#include "base/random_fraction.hpp"

#include <sys/random.h>

#include <random>

namespace dockerext {
namespace {

/// Not std::random_device: it needs a newer C library than some systems have on which this program runs.
unsigned seed() {
    unsigned value = 0;
    (void)::getrandom(&value, sizeof value, GRND_NONBLOCK);  // if this fails: no worse than a fixed seed
    return value;
}

}  // namespace

double random_fraction() {
    static std::mt19937 engine{seed()};
    return std::uniform_real_distribution<double>(0, 1)(engine);
}

}  // namespace dockerext
