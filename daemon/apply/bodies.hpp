#pragma once

#include "engine/client.hpp"
#include "model/desired.hpp"
#include "model/plan.hpp"

#include <string>

/// Values of the model as bodies of the Engine API, with the same effect as what Docker Compose 2.40 sends
/// (compose-semantics: create body).
namespace dockerext::apply {

/// POST /containers/create. Below API 1.44 only the first network goes along; the plan connects the others.
std::string create_container_body(const model::ContainerSpec& spec, engine::ApiVersion api);
std::string create_network_body(const model::NetworkSpec& spec, engine::ApiVersion api);
std::string create_volume_body(const model::VolumeSpec& spec);
std::string connect_network_body(const std::string& container_id, const model::Endpoint& endpoint,
                                 engine::ApiVersion api);
/// POST /containers/{id}/exec.
std::string exec_body(const model::Hook& hook);
std::string update_container_body(const model::UpdateContainer& update);
/// The parameters of POST /build; `dockerfile` is its name in the context, "" for the usual one.
std::string build_query(const model::BuildImage& operation, const std::string& dockerfile);

}  // namespace dockerext::apply
