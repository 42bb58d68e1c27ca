#pragma once

#include "engine/client.hpp"
#include "model/plan.hpp"

namespace dockerext::apply {

/// Creates a container. When no answer came, the engine may have done it all the same, be it for the process
/// before this one (the name is taken then): a container of that name with all the labels that were asked for
/// is taken for the one created. `create` outlives the
/// call.
Task<Result<model::ContainerId>> create_container(engine::Client& client,
                                                  const model::CreateContainer& create);

}  // namespace dockerext::apply
