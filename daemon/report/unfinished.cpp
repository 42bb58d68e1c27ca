#include "report/unfinished.hpp"

#include <algorithm>

namespace dockerext::report {

using namespace model;
using namespace std::chrono_literals;
using std::chrono::floor;
using std::chrono::seconds;

std::optional<state::Unfinished> unfinished(const Complaints& complaints, SteadyTime now, WallTime wall,
                                            const std::optional<state::Unfinished>& kept) {
    const auto whole = complaints.find("");
    if (whole == complaints.end()) return std::nullopt;
    const seconds lasted = floor<seconds>(now - whole->second.since);
    const bool says_enough =
        kept && kept->lasted <= lasted && (lasted - kept->lasted < 1min || kept->lasted >= time_limit);
    return says_enough ? kept : state::Unfinished{lasted, wall};
}

Complaints complaints_of(const state::Unfinished& kept, SteadyTime now, WallTime wall) {
    const seconds away = std::clamp<seconds>(floor<seconds>(wall - kept.as_of), 0s, 5min);
    return {{"", {now - kept.lasted - away, now, {}}}};
}

}  // namespace dockerext::report
