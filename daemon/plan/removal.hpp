#pragma once

#include "model/host.hpp"
#include "model/plan.hpp"

namespace dockerext::plan {

/// Takes away the engine that our installation has brought, and with it all that is ours on the machine: the
/// pin, the repository and its key, drop-in, keys of daemon.json, certificates, logins. Nothing where the
/// engine was not brought by us. Files that cannot be read are left alone.
model::Plan plan_removal(const model::ObservedHost& observed, const model::Ownership& owned);

}  // namespace dockerext::plan
