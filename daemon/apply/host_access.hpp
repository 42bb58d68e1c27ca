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

/// What the operations on the engine itself work with. All of it outlives the calls.
struct HostAccess {
    systemd::Systemd& systemd;
    state::HostRecordStore& memory;
    std::filesystem::path root = "/";                  ///< of every path that is written
    std::function<void(const std::string&)> progress;  ///< "installing docker.io", for people
    Duration patience = std::chrono::seconds(30);      ///< until the engine answers after a change
    bool undone =
        false;  ///< what the memory has as `undo` was undone by this process, and could not be forgotten
    std::string search_path = "/usr/sbin:/usr/bin:/sbin:/bin";  ///< of the programs that are run
    Redactor redact = {};                                       ///< of what programs say
    /// Why docker.service failed in that span, in its own words and systemd's, redacted.
    std::function<std::string(const systemd::LogSpan&, const Redactor&)> recent_failure_lines =
        [](const systemd::LogSpan& span, const Redactor& redactor) {
            return systemd::recent_failure_lines(engine_unit(), span, redactor);
        };
};

/// What is remembered of the machine; nothing on a new one.
Result<state::HostRecord> remembered(const HostAccess& host);

}  // namespace dockerext::apply
