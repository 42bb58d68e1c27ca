#pragma once

#include "apply/host_access.hpp"
#include "base/task.hpp"
#include "engine/client.hpp"
#include "model/plan.hpp"

namespace dockerext::apply {

/// Makes the change whole or not at all (design: the engine and the host). First dockerd checks what it can
/// check (`invalid_input`), and what undoes the change is stored; then the files are written, each whole;
/// systemd reads its units anew; dockerd is reloaded or restarted, and must answer within the host's
/// patience. If it does not, the files are put back, it is made as it was, and the error (`conflict`) holds
/// its own last words; the memory then holds the refused fingerprint. What cannot be written (full disk,
/// read-only) is put back before dockerd notices anything. One that was found half-way is undone first.
/// Cancelled, it leaves the old files and the memory of what is still to be undone: the same as after a
/// crash. Within 2.5 minutes.
Task<Result<>> change_engine(engine::Client& client, HostAccess& host, model::ChangeEngine change);

/// Undoes a change in the middle of which the process, or the machine, ended. Nothing to do where there is
/// none. Once the old files are back it is over, even when dockerd does not come up with them: that is an
/// error.
Task<Result<>> recover_engine(engine::Client& client, HostAccess& host);

/// Starts docker.service and waits until the engine answers; enables it as asked. What a change has left
/// behind that could not be undone is undone first.
Task<Result<>> start_engine(engine::Client& client, HostAccess& host, model::StartEngine start);

/// Installs the engine from packages; at its end docker.service is known to systemd. What it is about to
/// bring, and a version that is to be kept, is stored as ours before.
Task<Result<>> install_engine(HostAccess& host, model::InstallEngine install);

/// Lets a kept version go, and forgets it.
Task<Result<>> release_engine(HostAccess& host, model::ReleaseVersion release);

/// Removes the engine's packages, then what else of the machine is ours, and forgets all of it: after an
/// error, a second call does the rest. Within two minutes, of which one for locks of others.
Task<Result<>> remove_engine(HostAccess& host, model::RemoveEngine remove);

}  // namespace dockerext::apply
