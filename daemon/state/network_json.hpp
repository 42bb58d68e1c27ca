#pragma once

#include "base/json_cursor.hpp"
#include "base/json_writer.hpp"
#include "model/observed.hpp"

namespace dockerext::state {

/// The members of a network as it was seen, into the object that is open. Who was on it is left out.
void write_network(const model::ObservedNetwork& network, JsonWriter& json);
/// What cannot be read is as if it was not there.
model::ObservedNetwork network_of(const JsonCursor& json);

}  // namespace dockerext::state
