#include "apply/perform.hpp"

#include "apply/bodies.hpp"
#include "apply/build_image.hpp"
#include "apply/create_container.hpp"
#include "apply/engine_change.hpp"
#include "apply/injected_files.hpp"
#include "apply/port_holder.hpp"
#include "apply/stack_steps.hpp"
#include "apply/swarm_bodies.hpp"
#include "apply/swarm_steps.hpp"
#include "engine/containers.hpp"
#include "engine/exec.hpp"
#include "engine/networks.hpp"
#include "engine/nodes.hpp"
#include "engine/services.hpp"
#include "engine/swarm.hpp"
#include "engine/system.hpp"
#include "engine/volumes.hpp"
#include "model/registry.hpp"

#include <algorithm>

namespace dockerext::apply {
namespace {

/// One coroutine per operation. The visitor lives in the coroutine that awaits the returned task.
struct Call {
    const CallContext& context;
    std::optional<model::ContainerId>& created;

    engine::Client& client() const { return context.client; }
    std::string id(const model::ContainerRef& container) const { return context.id_of(container).value; }

    Task<Result<>> operator()(const model::PullImage& pull) const {
        auto asking = login_for(pull.image);
        auto auth = co_await std::move(asking);
        PullSpace::Pull space(context.pull_space, pull.free_bytes);
        auto pulling =
            engine::pull_image(client(), pull.image.value, std::move(auth), context.progress, pull.platform,
                               [&](const engine::PullProgress& progress) { return space.room(progress); });
        const auto pulled = co_await std::move(pulling);
        if (!pulled) co_return pulled.error();
        space.succeeded();
        if (context.pulled) context.pulled(*pulled);
        co_return Result<>();
    }
    Task<Result<>> operator()(const model::BuildImage& build) const { return build_image(build, context); }
    Task<Result<>> operator()(const model::RemoveImage& remove) const {
        return engine::remove_image(client(), remove.id.value, remove.names);
    }
    Task<Result<>> operator()(const model::CreateNetwork& create) const {
        const std::string body = create_network_body(create.spec, client().api());
        const auto id = co_await engine::create_network(client(), body);
        if (!id) co_return id.error();
        co_return Result<>();
    }
    Task<Result<>> operator()(const model::RemoveNetwork& remove) const {
        return engine::remove_network(client(), remove.id.value);
    }
    Task<Result<>> operator()(const model::CreateVolume& create) const {
        return engine::create_volume(client(), create_volume_body(create.spec));
    }
    Task<Result<>> operator()(const model::RemoveVolume& remove) const {
        return engine::remove_volume(client(), remove.name.value);
    }
    Task<Result<>> operator()(const model::CreateContainer& create) const {
        auto id = co_await create_container(client(), create);
        if (!id) co_return id.error();
        created = std::move(*id);
        co_return Result<>();
    }
    Task<Result<>> operator()(const model::ConnectNetwork& connect) const {
        return engine::connect_network(
            client(), connect.network.value,
            connect_network_body(id(connect.container), connect.endpoint, client().api()));
    }
    Task<Result<>> operator()(const model::DisconnectNetwork& disconnect) const {
        return engine::disconnect_network(client(), disconnect.network.value, id(disconnect.container));
    }
    Task<Result<>> operator()(const model::UpdateContainer& update) const {
        return engine::update_container(client(), id(update.container), update_container_body(update));
    }
    Task<Result<>> operator()(const model::RenameContainer& rename) const {
        return engine::rename_container(client(), id(rename.container), rename.to.value);
    }
    Task<Result<>> operator()(const model::UnpauseContainer& unpause) const {
        return engine::unpause_container(client(), id(unpause.container));
    }
    Task<Result<>> operator()(const model::PutFiles& put) const {
        std::string tar = tar_of(put.files);
        const bool owned =
            std::any_of(put.files.begin(), put.files.end(),
                        [](const model::InjectedFile& file) { return file.uid != 0 || file.gid != 0; });
        const auto owners = owned ? engine::Owners::of_archive : engine::Owners::root;
        co_return co_await engine::put_archive(client(), id(put.container), std::move(tar), owners);
    }
    Task<Result<>> operator()(const model::RunHook& run) const {
        return engine::run_in_container(client(), id(run.container), exec_body(run.hook));
    }
    Task<Result<>> operator()(const model::StartContainer& start) const {
        auto starting = engine::start_container(client(), id(start.container));
        const auto started = co_await std::move(starting);
        if (started) co_return started;
        auto explaining = with_port_holder(client(), started.error());
        co_return co_await std::move(explaining);
    }
    Task<Result<>> operator()(const model::RestartContainer& restart) const {
        return engine::restart_container(client(), id(restart.container), restart.grace);
    }
    Task<Result<>> operator()(const model::StopContainer& stop) const {
        return engine::stop_container(client(), id(stop.container), stop.grace);
    }
    Task<Result<>> operator()(const model::RemoveContainer& remove) const {
        return engine::remove_container(client(), id(remove.container));
    }
    Task<Result<>> operator()(const model::InstallEngine& install) const {
        return context.host ? install_engine(*context.host, install) : unmanaged();
    }
    Task<Result<>> operator()(const model::ReleaseVersion& release) const {
        return context.host ? release_engine(*context.host, release) : unmanaged();
    }
    Task<Result<>> operator()(const model::RemoveEngine& remove) const {
        return context.host ? remove_engine(*context.host, remove) : unmanaged();
    }
    Task<Result<>> operator()(const model::ChangeEngine& change) const {
        return context.host ? change_engine(client(), *context.host, change) : unmanaged();
    }
    Task<Result<>> operator()(const model::StartEngine& start) const {
        return context.host ? start_engine(client(), *context.host, start) : unmanaged();
    }
    Task<Result<>> operator()(const model::VerifyLogin& verify) const {
        const model::PasswordLogin& login = verify.login;
        const std::string key = model::registry_key(verify.server);
        return engine::verify_login(client(), key, model::login_json(key, login.username, login.password),
                                    login.password);
    }
    Task<Result<>> operator()(const model::InitSwarm& init) const {
        return engine::init_swarm(client(), init_swarm_body(init));
    }
    Task<Result<>> operator()(const model::JoinSwarm& join) const {
        return engine::join_swarm(client(), to_string(join.manager), join_swarm_body(join), join.token);
    }
    Task<Result<>> operator()(const model::UnlockSwarm& unlock) const {
        return engine::unlock_swarm(client(), unlock.key);
    }
    Task<Result<>> operator()(const model::LeaveSwarm& leave) const {
        const auto mode = leave.force ? engine::LeaveMode::forced : engine::LeaveMode::usual;
        return engine::leave_swarm(client(), mode);
    }
    Task<Result<>> operator()(const model::UpdateNode& update) const { return update_node(client(), update); }
    Task<Result<>> operator()(const model::UpdateSwarm& update) const {
        return update_swarm(client(), update);
    }
    Task<Result<>> operator()(const model::RemoveNode& remove) const {
        return engine::remove_node(client(), remove.id);
    }

    Task<Result<>> operator()(const model::CreateStackFile& create) const {
        return create_stack_file(client(), create.file);
    }
    Task<Result<>> operator()(const model::RemoveStackFile& remove) const {
        return remove_stack_file(client(), remove);
    }
    Task<Result<>> operator()(const model::CreateStackService& create) const {
        auto asking = login_for(create.image);
        auto auth = co_await std::move(asking);
        auto creating = create_stack_service(client(), create, std::move(auth), context.registry_answers);
        co_return co_await std::move(creating);
    }
    Task<Result<>> operator()(const model::UpdateStackService& update) const {
        auto asking = login_for(update.image);
        auto auth = co_await std::move(asking);
        auto updating = update_stack_service(client(), update, std::move(auth), context.registry_answers);
        co_return co_await std::move(updating);
    }
    Task<Result<>> operator()(const model::RemoveStackService& remove) const {
        return engine::remove_service(client(), remove.id);
    }

    /// The X-Registry-Auth header's value for an image.
    Task<std::optional<Secret>> login_for(model::ImageRef image) const {
        if (!context.pull_auth) co_return std::nullopt;
        auto asking = context.pull_auth(std::move(image));
        co_return co_await std::move(asking);
    }
    static Task<Result<>> unmanaged() {
        co_return Error(ErrorKind::invalid_input, "dockerextd does not manage this machine's engine");
    }
};

}  // namespace

Task<Result<std::optional<model::ContainerId>>> perform(const model::Operation& operation,
                                                        CallContext context) {
    std::optional<model::ContainerId> created;
    const Call call{context, created};
    const auto done = co_await std::visit(call, operation);
    if (!done) co_return done.error();
    co_return created;
}

}  // namespace dockerext::apply
