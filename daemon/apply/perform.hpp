#pragma once

#include "engine/client.hpp"
#include "engine/images.hpp"
#include "model/plan.hpp"

#include <functional>
#include <optional>

namespace dockerext::apply {

/// What a step's call needs besides its operation. All of it outlives the call.
struct CallContext {
    engine::Client& client;
    std::function<model::ContainerId(const model::ContainerRef&)> id_of;
    std::function<void(const engine::PullProgress&)> progress;
};

/// Makes the engine call of an operation; the new container's id for a create. `operation` outlives the call.
Task<Result<std::optional<model::ContainerId>>> perform(const model::Operation& operation,
                                                        CallContext context);

}  // namespace dockerext::apply
