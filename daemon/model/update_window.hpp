#pragma once

#include "base/clock.hpp"

#include <bitset>
#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace dockerext::model {

using dockerext::WallTime;

/// A span of time on some days of the week, in the machine's time zone (reconcile.update-window).
struct UpdateWindow {
    static constexpr std::size_t days_of_week = 7;
    std::bitset<days_of_week> days;  ///< on which it opens; Sunday is 0, as in tm_wday
    std::chrono::minutes opens{0};   ///< since midnight
    std::chrono::minutes closes{0};  ///< the same; on the next day if not after `opens`
    bool operator==(const UpdateWindow&) const = default;
};

/// "Sun 02:00-04:00", "Mon-Fri,Sun 22:00-02:00", "02:00-04:00" (every day); nullopt for anything else.
std::optional<UpdateWindow> parse_update_window(std::string_view text);

/// `time` if one of the windows is open then, else when the next one opens; `time` if there are none. A time
/// that the clock skips or repeats at the change to or from summer time counts as mktime(3) reads it.
WallTime next_open(std::span<const UpdateWindow> windows, WallTime time);

}  // namespace dockerext::model
