#pragma once

#include "base/clock.hpp"
#include "base/error.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>

namespace dockerext::state {

/// That the settings are not in effect yet, and for how long that has lasted, which the steady clock knows.
struct Unfinished {
    std::chrono::seconds lasted{0};
    WallTime as_of;
    bool operator==(const Unfinished&) const = default;
};

/// Where Azure waits to be told how its settings are getting on (handler-contract §9).
struct ReportTarget {
    std::filesystem::path folder;  ///< of SEQUENCE.status
    std::int64_t sequence = 0;
    WallTime since;  ///< when these settings came
    std::optional<Unfinished> unfinished;
    bool operator==(const ReportTarget&) const = default;
};

/// Kept on disk: after a restart the file has to be kept true, too.
class ReportTargetStore {
public:
    explicit ReportTargetStore(const std::filesystem::path& state) : file_(state / "report-target.json") {}

    /// None when Azure never brought anything, or the file cannot be read: the next enable brings it anew.
    std::optional<ReportTarget> load() const;
    Result<> save(const ReportTarget& target) const;

private:
    std::filesystem::path file_;
};

}  // namespace dockerext::state
