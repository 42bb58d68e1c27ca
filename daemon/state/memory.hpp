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

/// What must outlive the process besides settings and journal. Small; written whole when it changes.
struct Memory {
    model::ProjectName project;  ///< the one that is kept as the settings say; "" for none
    std::string settings;        ///< fingerprint of the settings that the next three are about
    std::map<model::Subject, unsigned> failed_rollouts;                      ///< as in History
    std::map<model::NetworkName, model::ObservedNetwork> former_networks;    ///< as in History
    std::map<model::Subject, std::map<std::string, unsigned>> repaired_for;  ///< as in History
    std::set<model::ImageRef> pulled;                                        ///< as in History
    /// Containers that were running when last seen, with the start of that run: one that is found ended by
    /// itself later, after the machine or the engine went down, was cut off rather than completed.
    std::map<model::ContainerId, model::WallTime> running;
    std::map<model::ContainerId, model::Past> past;
    std::map<model::Subject, model::OwedHooks> owed_hooks;    ///< as in History
    std::map<model::ContainerId, model::WallTime> followed;   ///< as in History
    std::map<model::Subject, model::ContainerId> recreated;   ///< as in History
    std::map<model::Subject, model::CompletedJob> completed;  ///< as in History
    std::optional<model::WallTime> looked_until;  ///< what this tells was so then; events after it count
    std::map<model::ProjectName, model::Extent> leaving;  ///< projects of which something is still to go
    std::optional<model::WallTime> paused_until;  ///< reconciling is paused; WallTime::max() is until resumed
    bool operator==(const Memory&) const = default;
};

/// A missing or broken file (then with a warning in the log) reads as an empty memory: it holds only what
/// makes decisions finer.
class MemoryStore {
public:
    explicit MemoryStore(const std::filesystem::path& folder) : file_(folder / "memory.json") {}
    Memory load() const;
    Result<> save(const Memory& memory);

private:
    std::filesystem::path file_;
};

}  // namespace dockerext::state
