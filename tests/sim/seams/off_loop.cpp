// Replaces base/off_loop.cpp: uses no thread; some virtual time passes before the work is done.
#include "base/off_loop.hpp"

#include "schedule.hpp"

namespace dockerext {

Task<Result<>> run_off_loop(std::function<void(std::stop_token)> work) {
    constexpr auto longest = std::chrono::milliseconds(5);
    const bool slept = co_await sleep_for(sim::Schedule::current().random.up_to(longest));
    if (!slept) co_return Error(ErrorKind::cancelled, "cancelled");
    work({});
    co_return Result<>{};
}

}  // namespace dockerext
