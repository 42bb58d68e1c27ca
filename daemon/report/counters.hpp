#pragma once

#include "base/clock.hpp"
#include "base/histogram.hpp"
#include "model/names.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace dockerext::report {

/// What has happened since the daemon started, for metrics. Its size is bounded: each key is one of a fixed
/// set of words, or a service of the settings in force.
struct Counters {
    /// By the subject's kind and the field, without what follows its first dot.
    std::map<std::pair<std::string, std::string>, std::uint64_t> drift;
    std::map<std::pair<std::string_view, bool>, std::uint64_t>
        actions;                                           ///< by verb, and whether it succeeded
    std::map<model::ServiceName, std::uint64_t> restarts;  ///< by the engine, of its containers
    std::map<std::string_view, Histogram> engine_calls;    ///< by engine/call_name.hpp
    Histogram cycles;
    std::optional<WallTime> last_cycle;  ///< when it ended
    std::uint64_t pulled_bytes = 0;
};

}  // namespace dockerext::report
