#pragma once

#include "engine/client.hpp"
#include "model/plan.hpp"

namespace dockerext::apply {

/// Creates a container. Without an answer, the engine may have created it all the same; an earlier process of
/// the daemon may also have done so (then the name is taken). So if a container of that name has all the
/// requested labels, this adopts it as the created one. `create` outlives the call.
Task<Result<model::ContainerId>> create_container(engine::Client& client,
                                                  const model::CreateContainer& create);

}  // namespace dockerext::apply
