#include "apply/swarm_steps.hpp"

#include "apply/swarm_bodies.hpp"
#include "engine/nodes.hpp"
#include "engine/swarm.hpp"

namespace dockerext::apply {

Task<Result<>> update_node(engine::Client& client, model::UpdateNode update) {
    const auto node = co_await engine::inspect_node(client, update.id);
    if (!node) co_return node.error();
    auto spec = changed_spec(node->spec, update);
    if (!spec) co_return spec.error().within("update node " + update.id);
    auto updating = engine::update_node(client, update.id, node->version, std::move(*spec));
    co_return co_await std::move(updating);
}

Task<Result<>> update_swarm(engine::Client& client, model::UpdateSwarm update) {
    const auto swarm = co_await engine::inspect_swarm(client);
    if (!swarm) co_return swarm.error();
    auto spec = changed_spec(swarm->spec, update);
    if (!spec) co_return spec.error().within("update swarm");
    auto updating = engine::update_swarm(client, swarm->version, std::move(*spec));
    co_return co_await std::move(updating);
}

}  // namespace dockerext::apply
