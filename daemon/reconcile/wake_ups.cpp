#include "reconcile/wake_ups.hpp"

#include <algorithm>

namespace dockerext::reconcile {
namespace {

bool is_earlier(const WakeUp& one, const WakeUp& other) { return one.at < other.at; }

/// Tenths of a second.
std::string seconds_of(std::chrono::steady_clock::duration wait) {
    const auto tenths = std::chrono::duration_cast<std::chrono::milliseconds>(wait).count() / 100;
    return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " s";
}

}  // namespace

const WakeUp* WakeUps::next() const noexcept {
    const auto first = std::min_element(all_.begin(), all_.end(), is_earlier);
    return first == all_.end() ? nullptr : &*first;
}

std::string to_text(const WakeUps& wake_ups, SteadyTime now) {
    std::vector<WakeUp> sorted = wake_ups.all();
    std::stable_sort(sorted.begin(), sorted.end(), is_earlier);
    std::string text;
    for (const WakeUp& each : sorted)
        text += "in " + seconds_of(std::max(each.at - now, {})) + ": " + each.reason + "\n";
    return text;
}

}  // namespace dockerext::reconcile
