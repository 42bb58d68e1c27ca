#pragma once

#include "model/status.hpp"
#include "report/counters.hpp"
#include "report/metrics_writer.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace dockerext::report {

/// What metrics are derived from, at the moment of a scrape.
struct MetricsSnapshot {
    model::Status status;
    const Counters* counters = nullptr;  ///< outlives it
    std::string version;                 ///< of this program
    std::string project;                 ///< of the services
    std::optional<std::chrono::sys_seconds> engine_certificate_expires;
    std::chrono::duration<double> loop_lag{0};
};

/// The daemon's metrics (config/settings.md has the list). Pure.
std::string metrics_text(const MetricsSnapshot& snapshot, MetricsFormat format);

/// What Azure's Application Health extension 2.0 reads: {"ApplicationHealthState": "Healthy"}, or
/// "Unhealthy" unless the machine has converged.
std::string health_json(const model::Status& status);

}  // namespace dockerext::report
