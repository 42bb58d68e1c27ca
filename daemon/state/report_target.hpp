#pragma once

#include "base/clock.hpp"
#include "base/error.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>

namespace dockerext::state {

/// The settings are not in effect yet; `lasted` says for how long, measured by the steady clock.
struct Unfinished {
    std::chrono::seconds lasted{0};
    WallTime as_of;
    bool operator==(const Unfinished&) const = default;
};

/// Where Azure expects the status of its settings (handler-contract §9).
struct ReportTarget {
    std::filesystem::path folder;  ///< of SEQUENCE.status
    std::int64_t sequence = 0;
    WallTime since;  ///< when these settings arrived
    std::optional<Unfinished> unfinished;
    bool operator==(const ReportTarget&) const = default;
};

/// Stored on disk, because the status file must stay correct after a restart, too.
class ReportTargetStore {
public:
    explicit ReportTargetStore(const std::filesystem::path& state) : file_(state / "report-target.json") {}

    /// nullopt if Azure never delivered settings, or if the file cannot be read: the next enable writes it
    /// again.
    std::optional<ReportTarget> load() const;
    Result<> save(const ReportTarget& target) const;

private:
    std::filesystem::path file_;
};

}  // namespace dockerext::state
