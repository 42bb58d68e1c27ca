#pragma once

#include "base/json_cursor.hpp"
#include "base/json_writer.hpp"
#include "model/observed.hpp"

namespace dockerext::state {

/// Writes the members of an observed network into the open object, without the containers on it.
void write_network(const model::ObservedNetwork& network, JsonWriter& json);
/// Unreadable members count as absent.
model::ObservedNetwork network_of(const JsonCursor& json);

}  // namespace dockerext::state
