#pragma once

#include "apply/registry_answers.hpp"
#include "base/secret.hpp"
#include "engine/client.hpp"
#include "model/plan.hpp"

#include <optional>

/// The operations on a stack. The image of a service is resolved at its registry, as docker's own client
/// does: if that is impossible, the service gets the image as written. `auth` is the X-Registry-Auth header's
/// value, if there is a login; `answers` are those of the plan.
namespace dockerext::apply {

Task<Result<>> create_stack_file(engine::Client& client, model::StackFile file);
Task<Result<>> remove_stack_file(engine::Client& client, model::RemoveStackFile remove);
Task<Result<>> create_stack_service(engine::Client& client, model::CreateStackService create,
                                    std::optional<Secret> auth, RegistryAnswers& answers);
/// Without `resolve`, the image in the spec stays as it is.
Task<Result<>> update_stack_service(engine::Client& client, model::UpdateStackService update,
                                    std::optional<Secret> auth, RegistryAnswers& answers);

}  // namespace dockerext::apply
