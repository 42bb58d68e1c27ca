#include "plan/swarm_join_order.hpp"

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <utility>

namespace dockerext::plan {

using namespace model;

namespace {

/// splitmix64: every bit of the result depends on every bit of `number`.
std::uint64_t mixed(std::uint64_t number) {
    number += 0x9E3779B97F4A7C15;
    number = (number ^ (number >> 30)) * 0xBF58476D1CE4E5B9;
    number = (number ^ (number >> 27)) * 0x94D049BB133111EB;
    return number ^ (number >> 31);
}

std::uint64_t mixed(std::uint64_t seed, std::string_view text) {
    for (const char c : text) seed = mixed(seed ^ static_cast<unsigned char>(c));
    return seed;
}

}  // namespace

const TcpAddress& next_manager(const std::vector<TcpAddress>& answering, const SwarmHistory& history) {
    std::vector<std::pair<std::uint64_t, const TcpAddress*>> order;
    order.reserve(answering.size());
    for (const TcpAddress& each : answering) order.emplace_back(mixed(history.seed, to_string(each)), &each);
    std::sort(order.begin(), order.end(),
              [](const auto& one, const auto& other) { return one.first < other.first; });
    return *order[history.attempts % order.size()].second;
}

std::chrono::milliseconds wait_for_managers(const SwarmHistory& history) {
    constexpr unsigned longest_shift = 9;
    constexpr std::chrono::milliseconds first(1000), longest(300'000);
    const auto wait = std::min(longest, first * (1U << std::min(history.attempts, longest_shift)));
    const auto percent = 80 + static_cast<unsigned>(mixed(history.seed + history.attempts) % 41);
    return wait * percent / 100;
}

}  // namespace dockerext::plan
