#pragma once

#include "intake/take_in.hpp"
#include "reconcile/memory_file.hpp"

#include <chrono>
#include <map>
#include <optional>

namespace dockerext::reconcile {

using intake::Accepted;

/// What people want: the settings in force, projects that are to go, a pause. The one owner of it; asking
/// changes nothing. What is kept across restarts is on disk when a call returns.
class Intent {
public:
    Intent(MemoryFile& memory, FailureLedger& ledger) : memory_(memory), ledger_(ledger) {}

    /// Whether the settings are others than those in force.
    enum class Adopted { others, the_same };
    /// A project that was in force before is leaving from now on. Settings without services ask for nothing
    /// to be removed: `down` does.
    Adopted adopt(Accepted accepted);
    /// `down`: nothing is wanted any more, and what there is goes. A pause ends.
    void dismiss(model::Extent extent);
    void pause(std::optional<std::chrono::seconds> duration);
    void resume();
    /// Nothing is left of a leaving project.
    void forget(const model::ProjectName& project);

    /// None: nothing is wanted.
    const Accepted* in_force() const noexcept { return accepted_ ? &*accepted_ : nullptr; }
    /// The project that is kept as the settings say; "" for none. Settings without services leave it as it
    /// was.
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
