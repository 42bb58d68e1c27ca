#pragma once

#include "engine/client.hpp"
#include "model/desired.hpp"
#include "model/plan.hpp"

#include <string>

/// Request bodies of the Engine API for values of the model. They have the same effect as those of Docker
/// Compose 2.40 (compose-semantics: create body).
namespace dockerext::apply {

/// POST /containers/create. Below API 1.44 the body names only the first network; the plan connects the
/// others.
std::string create_container_body(const model::ContainerSpec& spec, engine::ApiVersion api);
std::string create_network_body(const model::NetworkSpec& spec, engine::ApiVersion api);
std::string create_volume_body(const model::VolumeSpec& spec);
std::string connect_network_body(const std::string& container_id, const model::Endpoint& endpoint,
                                 engine::ApiVersion api);
/// POST /containers/{id}/exec.
std::string exec_body(const model::Hook& hook);
std::string update_container_body(const model::UpdateContainer& update);
/// The parameters of POST /build; `dockerfile` is the name of the Dockerfile in the context, "" for the
/// default.
std::string build_query(const model::BuildImage& operation, const std::string& dockerfile);

}  // namespace dockerext::apply
