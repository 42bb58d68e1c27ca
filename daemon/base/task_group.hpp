#pragma once

#include "base/task.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <cstddef>
#include <memory>

namespace dockerext {

/// Tasks that run side by side with their owner, who awaits them all with `join` before it goes. An exception
/// of a task is a bug and leaves through the event loop.
class TaskGroup {
public:
    explicit TaskGroup(const asio::any_io_executor& executor);
    TaskGroup(TaskGroup&&) = delete;
    /// Every task must have ended: `join` was awaited, or the event loop is gone.
    ~TaskGroup();

    void spawn(Task<void> task);
    /// Asks all tasks that run now to end.
    void cancel();
    /// Until all tasks have ended. When cancelled itself, it cancels them and goes on waiting.
    Task<void> join();

    std::size_t size() const noexcept;

private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace dockerext
