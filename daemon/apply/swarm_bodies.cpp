#include "apply/swarm_bodies.hpp"

#include "apply/body_writer.hpp"
#include "base/json_document.hpp"
#include "base/json_merge.hpp"

namespace dockerext::apply {
namespace {

/// Of `docker swarm init`. The engine itself has it only for its own pool, and takes 0 for others.
constexpr std::uint32_t default_subnet_size = 24;

Result<std::string> merged_spec(std::string_view spec, std::string_view patch) {
    const auto present = JsonDocument::parse(spec);
    if (!present) return present.error().within("the engine's Spec");
    return merge_patch(present->root(), JsonDocument::parse(patch).value().root());
}

}  // namespace

std::string init_swarm_body(const model::InitSwarm& init) {
    const bool has_pools = !init.address_pools.empty();
    BodyWriter writer;
    writer.object([&] {
        writer.member("ListenAddr", init.listen);
        writer.member("AdvertiseAddr", init.advertise);
        writer.member_if_set("DataPathAddr", init.data_path);
        if (init.data_path_port) writer.member("DataPathPort", unsigned{*init.data_path_port});
        writer.member_if_set("DefaultAddrPool", init.address_pools);
        if (has_pools || init.subnet_size)
            writer.member("SubnetSize", init.subnet_size.value_or(default_subnet_size));
        writer.member_if_set("ForceNewCluster", init.force_new_cluster);
        writer.member("AutoLockManagers", init.autolock);
        writer.member("Availability", to_string(init.availability));
        writer.object("Spec", [&] {
            writer.object("EncryptionConfig", [&] { writer.member("AutoLockManagers", init.autolock); });
            if (!init.task_history) return;
            writer.object("Orchestration",
                          [&] { writer.member("TaskHistoryRetentionLimit", *init.task_history); });
        });
    });
    return writer.text();
}

Secret join_swarm_body(const model::JoinSwarm& join) {
    BodyWriter writer;
    writer.object([&] {
        writer.array("RemoteAddrs", [&] { writer.put(to_string(join.manager)); });
        writer.member("JoinToken", join.token.reveal());
        writer.member("ListenAddr", join.listen);
        writer.member("AdvertiseAddr", join.advertise);
        writer.member_if_set("DataPathAddr", join.data_path);
        writer.member("Availability", to_string(join.availability));
    });
    return Secret(writer.text());
}

Result<std::string> changed_spec(std::string_view spec, const model::UpdateNode& update) {
    BodyWriter patch;
    patch.object([&] {
        if (update.role) patch.member("Role", to_string(*update.role));
        if (update.availability) patch.member("Availability", to_string(*update.availability));
        if (update.labels.empty() && update.removed_labels.empty()) return;
        patch.object("Labels", [&] {
            for (const std::string& key : update.removed_labels) patch.null_member(key);
            for (const auto& [key, value] : update.labels) patch.member(key, value);
        });
    });
    return merged_spec(spec, patch.text());
}

Result<std::string> changed_spec(std::string_view spec, const model::UpdateSwarm& update) {
    BodyWriter patch;
    patch.object([&] {
        if (update.autolock)
            patch.object("EncryptionConfig", [&] { patch.member("AutoLockManagers", *update.autolock); });
        if (update.task_history)
            patch.object("Orchestration",
                         [&] { patch.member("TaskHistoryRetentionLimit", *update.task_history); });
    });
    return merged_spec(spec, patch.text());
}

}  // namespace dockerext::apply
