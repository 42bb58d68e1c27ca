#pragma once

#include "model/host.hpp"
#include "model/plan.hpp"

#include <string>

namespace dockerext::plan {

/// Plans the removal of the engine that the daemon installed, and of all that it owns on the machine: the
/// pin, the repository and its key, the drop-in, keys of daemon.json, certificates, logins. The plan is empty
/// when the daemon did not install the engine. Files that cannot be read are left alone.
model::Plan plan_removal(const model::ObservedHost& observed, const model::Ownership& owned);

/// For people, what the daemon owns on the machine: "options in daemon.json (log-driver), the drop-in of
/// docker.service, logins (example.com)"; "" if nothing.
std::string owned_text(const model::Ownership& owned);

}  // namespace dockerext::plan
