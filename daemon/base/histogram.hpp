#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace dockerext {

/// Counts durations by size: from a quick call of the engine up to one that hangs. A value of fixed size.
class Histogram {
public:
    /// The largest duration of each bucket, in seconds; what is longer is in `count` only.
    static constexpr std::array bounds{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25,
                                       0.5,   1.0,    2.5,   5.0,  10.0,  30.0, 60.0};

    void add(std::chrono::duration<double> duration) {
        const auto bucket = std::lower_bound(bounds.begin(), bounds.end(), duration.count());
        if (bucket != bounds.end()) ++buckets_[static_cast<std::size_t>(bucket - bounds.begin())];
        sum_ += duration;
        ++count_;
    }

    /// How many durations are at most `bounds[bucket]`.
    std::uint64_t up_to(std::size_t bucket) const {
        std::uint64_t sum = 0;
        for (std::size_t i = 0; i <= bucket; ++i) sum += buckets_[i];
        return sum;
    }
    std::chrono::duration<double> sum() const noexcept { return sum_; }
    std::uint64_t count() const noexcept { return count_; }

private:
    std::array<std::uint64_t, bounds.size()> buckets_{};
    std::chrono::duration<double> sum_{0};
    std::uint64_t count_ = 0;
};

}  // namespace dockerext
