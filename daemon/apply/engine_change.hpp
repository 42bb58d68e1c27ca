#pragma once

#include "apply/host_access.hpp"
#include "base/task.hpp"
#include "engine/client.hpp"
#include "model/plan.hpp"

namespace dockerext::apply {

/// Makes the whole change or nothing of it (design: the engine and the host). First dockerd validates what it
/// can (`invalid_input`), and the undo record is stored. Then it writes the files, each atomically, systemd
/// reloads its units, and dockerd is reloaded or restarted and must answer within the host's answer timeout.
///
/// If dockerd does not answer, the change is rolled back; the error (`conflict`) contains the last lines of
/// dockerd's log, and the host record has the fingerprint of the refused change. If a file cannot be written
/// (disk full, read-only), the files are restored before dockerd notices anything. A change that was found
/// half done is rolled back first.
///
/// On cancellation, files and undo record stay as they are: the same state as after a crash. Takes 2.5
/// minutes at most.
Task<Result<>> change_engine(engine::Client& client, HostAccess& host, model::ChangeEngine change);

/// Rolls back a change that the end of the process or of the machine interrupted. Does nothing if there is no
/// such change. Once the old files are restored, the change counts as rolled back, even if dockerd does not
/// start with them: that is an error.
Task<Result<>> recover_engine(engine::Client& client, HostAccess& host);

/// Starts docker.service and waits until the engine answers; enables the unit if asked. First rolls back a
/// change that could not be rolled back before.
Task<Result<>> start_engine(engine::Client& client, HostAccess& host, model::StartEngine start);

/// Installs the engine from packages; afterwards, systemd knows docker.service. Before the installation, it
/// stores that the packages to install, and a version to pin, belong to dockerextd.
Task<Result<>> install_engine(HostAccess& host, model::InstallEngine install);

/// Unpins a version and forgets it.
Task<Result<>> release_engine(HostAccess& host, model::ReleaseVersion release);

/// Removes the engine's packages, then everything else on the machine that belongs to dockerextd, and forgets
/// all of it. After an error, a second call does the rest. Takes two minutes at most, one of them for the
/// package manager's lock.
Task<Result<>> remove_engine(HostAccess& host, model::RemoveEngine remove);

}  // namespace dockerext::apply
