#pragma once

#include "base/json_cursor.hpp"
#include "base/redactor.hpp"
#include "model/observed.hpp"

namespace dockerext::observe {

/// GET /containers/{id}/json → what the planner knows of a container. Its spec has the same form as desired
/// specs of the room compose: binds and mounts in one list by target, capabilities with CAP_, and without the
/// engine's additions to aliases (the short id) and links (full names). The engine's error is redacted.
Result<model::ObservedContainer> read_container(const JsonCursor& inspect, const Redactor& redact);

/// The same for a container whose namespaces alone matter.
Result<model::NamespaceOwner> read_owner(const JsonCursor& inspect);

}  // namespace dockerext::observe
