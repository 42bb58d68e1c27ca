#pragma once

#include "model/host.hpp"
#include "state/host_record.hpp"
#include "systemd/journal.hpp"
#include "systemd/systemd.hpp"

#include <filesystem>
#include <functional>
#include <string>

namespace dockerext::apply {

/// The engine's unit, as `systemd::Systemd` takes it.
inline std::string engine_unit() { return std::string(model::host_paths::engine_unit); }

/// What the operations on the engine itself need. All of it outlives the calls.
struct HostAccess {
    systemd::Systemd& systemd;
    state::HostRecordStore& record_store;
    std::filesystem::path root = "/";                  ///< prefix of every path that is written
    std::function<void(const std::string&)> progress;  ///< "installing docker.io", for people
    Duration answer_timeout =
        std::chrono::seconds(30);  ///< how long the engine may take to answer after a change
    /// This process has rolled back the `undo` record of the host, but could not delete the record.
    bool rolled_back = false;
    std::string search_path = "/usr/sbin:/usr/bin:/sbin:/bin";  ///< where the programs to run are
    Redactor redact = {};                                       ///< hides secrets in the programs' output
    /// Why docker.service failed in that span, from its own log and systemd's, redacted.
    std::function<systemd::FailureLines(const systemd::LogSpan&, const Redactor&)> recent_failure_lines =
        [](const systemd::LogSpan& span, const Redactor& redactor) {
            return systemd::recent_failure_lines(engine_unit(), span, redactor);
        };
};

/// The stored record of the machine; empty on a new machine.
Result<state::HostRecord> load_record(const HostAccess& host);

}  // namespace dockerext::apply
