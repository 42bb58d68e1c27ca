#pragma once

#include "base/error.hpp"
#include "model/host.hpp"
#include "state/sealed_file.hpp"

#include <filesystem>
#include <optional>
#include <string>

namespace dockerext::state {

/// What must be known of the machine after a crash, or files of ours would count as somebody else's.
struct HostRecord {
    model::Ownership owned;
    /// Fingerprint of the engine's settings with which dockerd did not come up, and its own words: they are
    /// not tried again until they change.
    std::string refused, refusal;
    /// A change of the engine that has begun and is not known to have ended: the files as they were before
    /// it. What undoes it; found at a start, it is undone first.
    std::optional<model::ChangeEngine> undo;
    bool operator==(const HostRecord&) const = default;
};

/// Paths::host_record, mode 0600: it may hold the key of a certificate. The copy before it is kept for people
/// only: it may be from before a change that has been made since, or from within one that has ended.
class HostRecordStore {
public:
    explicit HostRecordStore(const std::filesystem::path& file);

    /// `not_found` when there is none yet. A broken file is an error: without it nothing of the machine may
    /// be touched.
    Result<HostRecord> load() const;
    Result<> save(const HostRecord& memory) const;

private:
    SealedFile file_;
};

}  // namespace dockerext::state
