#pragma once

#include "base/task_group.hpp"
#include "model/settings.hpp"
#include "model/status.hpp"
#include "reconcile/changes.hpp"
#include "reconcile/intent.hpp"
#include "report/metrics_server.hpp"

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace dockerext::reconcile {

/// Offers the metrics as the settings in force ask (`metrics`): on a port, in a file. Sleeps until the status
/// changes. What fails is a part of the status, and is retried.
class MetricsExporter {
public:
    using Snapshot = report::MetricsServer::Snapshot;

    /// `root` prefixes the path of the file.
    MetricsExporter(const asio::any_io_executor& executor, const Intent& intent, Changes& changes,
                    std::filesystem::path root);

    /// Runs until cancelled; then the port is closed, and the file removed, so that nobody takes old numbers
    /// for present ones. `snapshot` outlives the call.
    Task<void> run(Snapshot snapshot);
    /// daemon.metrics; none if the settings do not ask for metrics.
    std::optional<model::PartStatus> part() const;

private:
    /// A port that is served.
    struct Listener {
        TcpAddress address;
        std::unique_ptr<report::MetricsServer> server;
        std::unique_ptr<TaskGroup> serving;
    };

    model::MetricsSettings asked() const;
    Task<Result<>> export_as_asked(const Snapshot& snapshot);
    Task<void> close();
    void listen(const TcpAddress& address, const Snapshot& snapshot);
    void write_file(const Snapshot& snapshot);
    void remove_file();
    std::filesystem::path file_path() const;
    Duration until_next() const;

    asio::any_io_executor executor_;
    const Intent& intent_;
    Changes& changes_;
    std::filesystem::path root_;
    model::MetricsSettings exported_;  ///< what was done last
    std::optional<Listener> listener_;
    std::string listen_error_, file_error_;  ///< "" if it succeeded
    bool is_written_ = false;                ///< the file was written, and is not removed yet
    SteadyTime write_again_at_;              ///< no earlier than this
    std::uint64_t written_change_ = 0;       ///< what the file shows
};

}  // namespace dockerext::reconcile
