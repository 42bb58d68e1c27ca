#pragma once

#include "base/error.hpp"
#include "model/desired.hpp"
#include "model/history.hpp"

#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>

namespace dockerext::state {

/// Former settings are in force instead of the stored ones (state/good_settings.hpp).
struct RolledBack {
    std::string from;                       ///< the fingerprint of the stored settings
    unsigned number = 0;                    ///< of the good settings
    std::set<model::ServiceName> services;  ///< only these; empty: all that is in them, without `kept`
    std::set<model::ServiceName> kept;      ///< these stay as in the stored settings
    std::string reason;                     ///< for people; secrets already hidden
    /// The images that the good settings' names had been moved to, and that failed. When one of these names
    /// means yet another image, the stored settings are tried again.
    std::map<model::ImageRef, model::ImageId> images{};
    bool operator==(const RolledBack&) const = default;
};

/// State besides settings and journal that must outlive the process. Small; the whole file is replaced on a
/// change.
struct DaemonState {
    model::ProjectName project;  ///< the project that the settings maintain; "" for none
    std::string settings;        ///< fingerprint of the settings to which rollouts, repairs and pulls belong
    std::map<model::Subject, model::FailedRollout> failed_rollouts;           ///< as in History
    std::map<model::ServiceName, model::WallTime> last_update;                ///< as in History
    std::map<model::NetworkName, model::ObservedNetwork> former_networks;     ///< as in History
    std::map<model::Subject, std::map<std::string, unsigned>> repair_counts;  ///< as in History
    std::set<model::ImageRef> pulled;                                         ///< as in History
    std::map<model::ImageRef, model::RegistryImage> registry_images;          ///< as in History
    std::map<model::ImageId, model::BroughtImage> brought;                    ///< as in History
    /// References that were pulled or built, and that no snapshot has shown since.
    std::set<model::ImageRef> arrived;
    std::set<model::ImageId> images_before;  ///< images that the engine had before those
    /// Containers that were running when last seen, and the start of that run. If such a container is later
    /// found to have ended after the machine or the engine went down, it counts as cut off, not as completed.
    std::map<model::ContainerId, model::WallTime> running;
    std::map<model::ContainerId, model::EndedRun> ended_run;
    std::set<model::ContainerId> proven;                           ///< a run of theirs has held
    std::map<model::Subject, model::PendingHooks> pending_hooks;   ///< as in History
    std::map<model::ContainerId, model::WallTime> restarted_for;   ///< as in History
    std::map<model::ServiceName, model::WallTime> asked_restarts;  ///< as in History
    std::map<model::Subject, model::ContainerId> recreated;        ///< as in History
    std::map<model::Subject, model::CompletedJob> completed;       ///< as in History
    std::optional<model::WallTime> last_look_at;                   ///< current up to here; later events count
    std::map<model::ProjectName, model::RemovalScope> former;      ///< projects not yet fully removed
    std::optional<RolledBack> rolled_back;
    std::optional<model::WallTime> paused_until;  ///< reconciling is paused; WallTime::max(): until resumed
    bool operator==(const DaemonState&) const = default;
};

/// A missing file, or a broken one (with a warning in the log), reads as an empty state: the state only
/// refines decisions.
class DaemonStateStore {
public:
    explicit DaemonStateStore(const std::filesystem::path& folder) : file_(folder / "memory.json") {}
    DaemonState load() const;
    Result<> save(const DaemonState& daemon_state);

private:
    std::filesystem::path file_;
};

}  // namespace dockerext::state
