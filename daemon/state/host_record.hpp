#pragma once

#include "base/error.hpp"
#include "model/host.hpp"
#include "state/sealed.hpp"

#include <filesystem>
#include <optional>
#include <string>

namespace dockerext::state {

/// What we must know about the machine after a crash; without it our own files would count as foreign.
struct HostRecord {
    model::Ownership owned;
    /// Fingerprint of the engine settings with which dockerd failed to start, and dockerd's own message.
    /// These settings are not tried again until they change.
    std::string refused, refusal;
    /// Undoes a change of the engine that has begun and may not have ended: the files as they were before it.
    /// If it is present at the daemon's start, it is applied first.
    std::optional<model::ChangeEngine> undo;
    bool operator==(const HostRecord&) const = default;
};

/// Paths::host_record, mode 0600, because it may hold the key of a certificate. The previous copy is only for
/// people: it may predate a change that was made since, or be from the middle of a change that has ended.
class HostRecordStore {
public:
    explicit HostRecordStore(const std::filesystem::path& file);

    /// `not_found` if there is none yet. A broken file is an error: without the record nothing on the machine
    /// may be changed.
    Result<HostRecord> load() const;
    Result<> save(const HostRecord& record) const;

private:
    SealedFile file_;
};

}  // namespace dockerext::state
