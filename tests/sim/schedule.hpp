#pragma once

#include "base/clock.hpp"
#include "random.hpp"

#include <functional>
#include <map>
#include <tuple>

namespace dockerext::sim {

/// The virtual time and the scheduled events. The seed decides the order of events that are due at the same
/// moment. Only one instance exists at a time.
class Schedule {
public:
    explicit Schedule(std::uint64_t seed) : random(seed) { current_ = this; }
    Schedule(Schedule&&) = delete;
    ~Schedule() { current_ = nullptr; }
    static Schedule& current() { return *current_; }

    using Key = std::tuple<SteadyTime, std::uint64_t, std::uint64_t>;  ///< moment, random order, number
    /// An event that is cancelled when this object is destroyed.
    class ScheduledCall {
    public:
        ScheduledCall(Schedule& schedule, SteadyTime moment, std::function<void()> callback)
            : schedule_(schedule), key_(schedule.at(moment, std::move(callback))) {}
        ScheduledCall(ScheduledCall&&) = delete;
        ~ScheduledCall() { schedule_.due_.erase(key_); }

    private:
        Schedule& schedule_;
        Key key_;
    };

    Key at(SteadyTime moment, std::function<void()> callback) {
        const Key key{std::max(moment, now_), random.next(), number_++};
        due_.emplace(key, std::move(callback));
        return key;
    }
    void after(Duration delay, std::function<void()> callback) { at(now_ + delay, std::move(callback)); }
    void forget(const Key& key) { due_.erase(key); }

    SteadyTime now() const { return now_; }
    WallTime wall_now() const {
        return booted + std::chrono::duration_cast<WallTime::duration>(now_.time_since_epoch()) + set_by_;
    }
    /// Moves the wall clock.
    void set_clock(WallTime::duration by) { set_by_ += by; }

    /// Advances to the next event and runs it. If none is due until `end`, advances to `end`; returns false.
    bool advance(SteadyTime end) {
        if (due_.empty() || std::get<0>(due_.begin()->first) > end) {
            now_ = end;
            return false;
        }
        auto next = due_.extract(due_.begin());
        now_ = std::get<0>(next.key());
        next.mapped()();
        return true;
    }

    Random random;  ///< for latencies and for the daemon's random numbers

private:
    static constexpr WallTime booted{std::chrono::seconds(1'700'000'000)};
    static inline Schedule* current_ = nullptr;
    SteadyTime now_{std::chrono::hours(1)};
    WallTime::duration set_by_{};
    std::uint64_t number_ = 0;
    std::map<Key, std::function<void()>> due_;
};

}  // namespace dockerext::sim
