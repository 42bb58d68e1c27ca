#include "base/task_group.hpp"

#include "base/condition.hpp"
#include "base/spawn.hpp"

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>

#include <exception>
#include <list>

namespace dockerext {

struct TaskGroup::State {
    explicit State(const asio::any_io_executor& on) : executor(on) {}

    asio::any_io_executor executor;
    Condition ended;  ///< of one of the tasks
    std::list<asio::cancellation_signal> running;
};

TaskGroup::TaskGroup(const asio::any_io_executor& executor) : state_(std::make_shared<State>(executor)) {}
TaskGroup::~TaskGroup() = default;

void TaskGroup::spawn(Task<void> task) {
    const auto signal = state_->running.emplace(state_->running.end());
    // The state is shared, because at the end of the program a task may be destroyed after its group. The
    // signal outlives the coroutine, which still uses its slot after it has reported its end.
    auto finish = [state = state_, signal](std::exception_ptr bug) {
        asio::post(state->executor, [state, signal, bug = std::move(bug)] {
            state->running.erase(signal);
            state->ended.notify();
            if (bug) std::rethrow_exception(bug);
        });
    };
    dockerext::spawn(state_->executor, std::move(task), std::move(finish), signal->slot());
}

void TaskGroup::cancel() {
    for (auto signal = state_->running.begin(); signal != state_->running.end();) {
        const auto next = std::next(signal);  // a task may end within `emit`, which frees its signal
        signal->emit(asio::cancellation_type::terminal);
        signal = next;
    }
}

Task<void> TaskGroup::join() {
    bool has_forwarded = false;
    while (!state_->running.empty()) {
        const auto cancelled = (co_await asio::this_coro::cancellation_state).cancelled();
        if (cancelled != asio::cancellation_type::none && !has_forwarded) {
            has_forwarded = true;
            cancel();  // the caller's own cancellation state stays set: it will check it
        }
        co_await state_->ended.wait();
    }
}

std::size_t TaskGroup::size() const noexcept { return state_->running.size(); }

}  // namespace dockerext
