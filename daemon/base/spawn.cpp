#include "base/spawn.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>

namespace dockerext {

void rethrow(std::exception_ptr bug) {
    if (bug) std::rethrow_exception(std::move(bug));
}

void spawn(const asio::any_io_executor& executor, Task<void> task,
           std::function<void(std::exception_ptr)> ended, asio::cancellation_slot slot) {
    asio::co_spawn(executor, cancellation_as_value(std::move(task)),
                   asio::bind_cancellation_slot(slot, std::move(ended)));
}

}  // namespace dockerext
