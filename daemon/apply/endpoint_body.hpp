#pragma once

#include "apply/body_writer.hpp"
#include "engine/client.hpp"
#include "model/container_spec.hpp"

namespace dockerext::apply {

/// Writes the members of an EndpointSettings object.
void write_endpoint(BodyWriter& writer, const model::Endpoint& endpoint, engine::ApiVersion api);

}  // namespace dockerext::apply
