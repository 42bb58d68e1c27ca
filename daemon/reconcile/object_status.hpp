#pragma once

#include "model/status.hpp"
#include "reconcile/status.hpp"

#include <optional>
#include <string>

namespace dockerext::reconcile {

/// What `explain` shows of the part, network, volume or image of that name: a name of `status`
/// ("engine.tls"), or one as the engine or the Compose model writes it ("demo_default", "default",
/// "nginx:1"). `status` is the one of `facts`. nullopt if the settings have none. Pure.
std::optional<model::ObjectStatus> object_status(const Facts& facts, const model::Status& status,
                                                 const std::string& name, SteadyTime now);

}  // namespace dockerext::reconcile
