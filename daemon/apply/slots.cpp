#include "apply/slots.hpp"

#include "base/timer.hpp"

#include <map>

namespace dockerext::apply {
namespace {

struct Waiter {
    Timer called;  ///< wakes when the wait is over
    bool has_slot = false;
};

}  // namespace

struct Slots::State {
    asio::any_io_executor executor;
    unsigned free = 0;
    std::multimap<std::size_t, Waiter> waiting;

    /// The place goes to the next who waits and has not been called yet.
    void give_back() {
        for (auto& [turn, waiter] : waiting) {
            if (waiter.has_slot) continue;
            waiter.has_slot = true;
            waiter.called.wake();
            return;
        }
        ++free;
    }
};

void Slots::Return::operator()(State*) const {
    if (const auto alive = state.lock()) alive->give_back();
}

Slots::Slots(const asio::any_io_executor& executor, unsigned count)
    : state_(new State{.executor = executor, .free = count, .waiting = {}}) {}

Task<Slots::Slot> Slots::take(std::size_t turn) {
    if (state_->free > 0) {
        --state_->free;
        co_return Slot(state_.get(), Return{state_});
    }
    const auto waiter = state_->waiting.emplace(turn, Waiter{Timer(state_->executor)});
    co_await waiter->second.called.wait();
    const bool has_slot = waiter->second.has_slot;
    state_->waiting.erase(waiter);
    co_return Slot(has_slot ? state_.get() : nullptr, Return{state_});
}

void Slots::turn_away() {
    for (auto& [turn, waiter] : state_->waiting) waiter.called.wake();
}

}  // namespace dockerext::apply
