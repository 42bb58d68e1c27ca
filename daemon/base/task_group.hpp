#pragma once

#include "base/task.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <cstddef>
#include <memory>

namespace dockerext {

/// Tasks that run concurrently with their owner, which must await them all with `join` before it ends. An
/// exception of a task is a bug and leaves through the event loop.
class TaskGroup {
public:
    explicit TaskGroup(const asio::any_io_executor& executor);
    TaskGroup(TaskGroup&&) = delete;
    /// Every task must have ended: `join` was awaited, or the event loop is gone.
    ~TaskGroup();

    void spawn(Task<void> task);
    /// Asks all tasks that run now to end.
    void cancel();
    /// Waits until all tasks have ended. When cancelled itself, it cancels them and continues to wait.
    Task<void> join();

    std::size_t size() const noexcept;

private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace dockerext
