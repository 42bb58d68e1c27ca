#pragma once

#include "base/task.hpp"

#include <cstdint>
#include <random>
#include <vector>

namespace dockerext::sim {

/// Random numbers from a seed, the same on every machine. The standard library's distributions are not: their
/// results are implementation-defined.
class Random {
public:
    explicit Random(std::uint64_t seed) : state_(seed) {}

    std::uint64_t next() noexcept {  // SplitMix64
        std::uint64_t z = state_ += 0x9e3779b97f4a7c15U;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
        return z ^ (z >> 31);
    }
    std::uint64_t below(std::uint64_t end) noexcept { return next() % end; }
    /// True with probability 1/n; 0 means never.
    bool one_in(std::uint64_t n) noexcept { return n != 0 && below(n) == 0; }
    Duration up_to(Duration longest) noexcept {
        return Duration(static_cast<Duration::rep>(below(static_cast<std::uint64_t>(longest.count()) + 1)));
    }
    Duration between(Duration least, Duration most) noexcept { return least + up_to(most - least); }
    template <typename T>
    const T& pick(const std::vector<T>& from) noexcept {
        return from[below(from.size())];
    }

private:
    std::uint64_t state_;
};

}  // namespace dockerext::sim
