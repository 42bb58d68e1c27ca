#pragma once

#include "base/json_cursor.hpp"
#include "model/observed.hpp"

namespace dockerext::observe {

/// GET /containers/{id}/json → what the planner knows of a container. The container's spec is in the form
/// that room compose gives desired ones: binds and mounts one list by target, capabilities with CAP_, the
/// engine's own additions to aliases (the short id) and links (full names) taken out.
Result<model::ObservedContainer> read_container(const JsonCursor& inspect);

/// The same for a container of which only its namespaces are of interest.
Result<model::NamespaceOwner> read_owner(const JsonCursor& inspect);

/// GET /images/{ref}/json.
Result<model::ObservedImage> read_image(const JsonCursor& inspect);

}  // namespace dockerext::observe
