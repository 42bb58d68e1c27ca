#pragma once

#include "base/json_writer.hpp"
#include "compose/service.hpp"

namespace dockerext::compose {

/// The members of a TaskTemplate that `deploy` gives: "Resources", "RestartPolicy", "Placement".
void write_task_deploy(const Service& service, JsonWriter& json);

/// The members of a ServiceSpec that `deploy` gives: "Mode", "UpdateConfig", "RollbackConfig".
void write_service_deploy(const Service& service, JsonWriter& json);

}  // namespace dockerext::compose
