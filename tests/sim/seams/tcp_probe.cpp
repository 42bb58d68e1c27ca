// Replaces base/tcp_probe.cpp.
#include "base/tcp_probe.hpp"

#include "here.hpp"
#include "schedule.hpp"

#include <algorithm>

namespace dockerext {

/// One that does not answer takes the whole limit.
Task<std::vector<TcpAddress>> accepting(std::vector<TcpAddress> candidates, Duration limit) {
    const auto refuses = [](const TcpAddress& candidate) { return !sim::Here::accepts(candidate); };
    const std::size_t asked = candidates.size();
    std::erase_if(candidates, refuses);
    constexpr Duration round_trip = std::chrono::milliseconds(5);
    const bool all_answer = candidates.size() == asked;
    const bool slept =
        co_await sleep_for(all_answer ? sim::Schedule::current().random.up_to(round_trip) : limit);
    if (!slept) candidates.clear();
    co_return candidates;
}

}  // namespace dockerext
