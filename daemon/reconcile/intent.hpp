#pragma once

#include "intake/take_in.hpp"
#include "reconcile/memory_file.hpp"

#include <chrono>
#include <map>
#include <optional>

namespace dockerext::reconcile {

using intake::Accepted;

/// What people asked for: the settings in force, projects to remove, a pause. Its single owner; queries
/// change nothing. What is kept across restarts is on disk when a call returns.
class Intent {
public:
    Intent(MemoryFile& memory, FailureLedger& ledger) : memory_(memory), ledger_(ledger) {}

    /// Whether the settings differ from those in force.
    enum class Adopted { others, the_same };
    /// A different project that was in force before leaves from now on. Settings without services do not ask
    /// to remove anything: only `down` does.
    Adopted adopt(Accepted accepted);
    /// `down`: nothing is desired any more, and the project leaves. Ends a pause.
    void dismiss(model::Extent extent);
    void pause(std::optional<std::chrono::seconds> duration);
    void resume();
    /// No object of a leaving project is left.
    void forget(const model::ProjectName& project);

    /// Null if no settings are in force.
    const Accepted* in_force() const noexcept { return accepted_ ? &*accepted_ : nullptr; }
    /// The project that the daemon manages; "" for none. Settings without services do not change it.
    const model::ProjectName& project() const noexcept { return memory_.content().project; }
    const std::map<model::ProjectName, model::Extent>& leaving() const noexcept {
        return memory_.content().leaving;
    }
    std::optional<model::WallTime> paused_until() const noexcept { return memory_.content().paused_until; }
    bool is_paused(model::WallTime now) const noexcept { return paused_until() && now < *paused_until(); }

private:
    MemoryFile& memory_;
    FailureLedger& ledger_;
    std::optional<Accepted> accepted_;
};

}  // namespace dockerext::reconcile
