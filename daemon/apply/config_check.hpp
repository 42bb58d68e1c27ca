#pragma once

#include "apply/host_access.hpp"
#include "base/task.hpp"

namespace dockerext::apply {

/// Lets dockerd itself validate the daemon.json of a change before anything is written; if the change only
/// makes dockerd read the present file, it validates that file. `invalid_input`, with dockerd's output, if
/// dockerd rejects it. Succeeds if dockerd cannot tell (it is not installed, it is older than 23.0, or the
/// change brings certificates that dockerd would look for), and if dockerd is to read no daemon.json.
/// `change` outlives the call.
Task<Result<>> check_config(HostAccess& host, const model::ChangeEngine& change);

/// Lets the dockerd of this machine validate the text of a daemon.json. `invalid_input`, with its output, if
/// it rejects the text; succeeds if it cannot tell, as above.
Task<Result<>> validate_daemon_json(Secret text, std::string search_path, Redactor redact);

}  // namespace dockerext::apply
