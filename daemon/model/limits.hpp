#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <variant>

/// Amounts and limits, and the numbers in which Compose and the Engine API write them.
namespace dockerext::model {

/// A size in bytes, as the engine takes and reports it.
struct Bytes {
    std::int64_t count = 0;
    auto operator<=>(const Bytes&) const = default;
};

/// Computing time, in 1e-9 of a CPU.
struct NanoCpus {
    std::int64_t count = 0;
    auto operator<=>(const NanoCpus&) const = default;
};

/// Explicitly no limit. An empty std::optional leaves the limit to the engine instead.
struct Unlimited {
    auto operator<=>(const Unlimited&) const = default;
};
template <typename Amount>
using Limit = std::variant<Unlimited, Amount>;

// Compose and the Engine API write a value as one number. 0 leaves it to the engine, and a negative number
// lifts the limit.

template <typename Amount>
constexpr Limit<Amount> limit_from(std::int64_t number) {
    if (number < 0) return Unlimited{};
    return Amount{number};
}

template <typename Amount>
constexpr void set_from(std::int64_t number, std::optional<Amount>& into) {
    if (number == 0) into.reset();
    else into = Amount{number};
}
template <typename Amount>
constexpr void set_from(std::int64_t number, std::optional<Limit<Amount>>& into) {
    if (number == 0) into.reset();
    else into = limit_from<Amount>(number);
}

constexpr std::int64_t number_of(std::int64_t count) { return count; }
constexpr std::int64_t number_of(Bytes bytes) { return bytes.count; }
constexpr std::int64_t number_of(NanoCpus cpus) { return cpus.count; }
constexpr std::int64_t number_of(std::chrono::microseconds time) { return time.count(); }
template <typename Amount>
constexpr std::int64_t number_of(const Limit<Amount>& limit) {
    const Amount* const amount = std::get_if<Amount>(&limit);
    return amount ? number_of(*amount) : -1;
}

using MemoryLimit = std::optional<Limit<Bytes>>;

/// Memory and swap together, as the engine limits them when only memory is limited.
constexpr MemoryLimit default_swap(const MemoryLimit& memory) {
    const Bytes* const bytes = memory ? std::get_if<Bytes>(&*memory) : nullptr;
    if (bytes == nullptr) return memory;
    return Bytes{2 * bytes->count};
}

}  // namespace dockerext::model
