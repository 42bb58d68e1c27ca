#include "apply/perform.hpp"

#include "apply/bodies.hpp"
#include "apply/build_context.hpp"
#include "apply/create_container.hpp"
#include "apply/engine_change.hpp"
#include "apply/injected_files.hpp"
#include "apply/port_holder.hpp"
#include "apply/swarm_bodies.hpp"
#include "apply/swarm_steps.hpp"
#include "base/off_loop.hpp"
#include "base/timeout.hpp"
#include "engine/containers.hpp"
#include "engine/exec.hpp"
#include "engine/networks.hpp"
#include "engine/nodes.hpp"
#include "engine/swarm.hpp"
#include "engine/system.hpp"
#include "engine/volumes.hpp"
#include "model/registry.hpp"

#include <algorithm>
#include <set>
#include <string_view>

namespace dockerext::apply {
namespace {

using Context = std::shared_ptr<BuildContext>;

/// Runs on another thread, because disks may be slow and folders large.
Task<Result<Context>> open_context(model::Build::Folder folder) {
    std::function<Result<Context>(std::stop_token)> open =
        [folder = std::move(folder)](const std::stop_token&) -> Result<Context> {
        auto opened = BuildContext::open(folder);
        if (!opened) return opened.error();
        return Context(std::move(*opened));
    };
    return with_timeout(engine::limits::build_inactivity.time, "open the build context",
                        off_loop(std::move(open)));
}

Task<Result<std::string>> next_piece(Context context) {
    std::function<Result<std::string>(std::stop_token)> next =
        [context = std::move(context)](const std::stop_token& stop) { return context->next(stop); };
    return off_loop(std::move(next));
}

/// Of the images whose ids begin as `seen`, those that are new: the intermediate ones too, which are the
/// builder's cache, and base images that the engine pulled for the build.
std::map<model::ImageId, model::BroughtImage> brought_by_build(
    const std::vector<engine::ImageSummary>& before, const std::vector<engine::ImageSummary>& after,
    const std::set<std::string, std::less<>>& seen) {
    constexpr std::string_view prefix = "sha256:";
    std::set<std::string_view> old;
    for (const engine::ImageSummary& image : before) old.insert(image.id);
    std::map<model::ImageId, model::BroughtImage> brought;
    for (const engine::ImageSummary& image : after) {
        const std::string_view id = image.id;
        const bool is_seen =
            id.starts_with(prefix) && seen.contains(id.substr(prefix.size(), seen.begin()->size()));
        if (is_seen && !old.contains(id))
            brought[{image.id}] = {.tags = {image.tags.begin(), image.tags.end()},
                                   .built = image.digests.empty()};
    }
    return brought;
}

/// One coroutine per operation. The visitor lives in the coroutine that awaits the returned task.
struct Call {
    const CallContext& context;
    std::optional<model::ContainerId>& created;

    engine::Client& client() const { return context.client; }
    std::string id(const model::ContainerRef& container) const { return context.id_of(container).value; }

    Task<Result<>> operator()(const model::PullImage& pull) const {
        std::optional<Secret> auth;
        if (context.pull_auth) {
            auto asking = context.pull_auth(pull.image);
            auth = co_await std::move(asking);
        }
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
    Task<Result<>> operator()(const model::BuildImage& build) const {
        std::string dockerfile;
        std::function<Task<Result<std::string>>()> pieces;
        if (const auto* const remote = std::get_if<model::Build::Remote>(&build.build.context)) {
            dockerfile = remote->dockerfile;
        } else {
            auto opening = open_context(std::get<model::Build::Folder>(build.build.context));
            const auto folder = co_await std::move(opening);
            if (!folder) co_return folder.error();
            dockerfile = (*folder)->dockerfile();
            pieces = [context = *folder] { return next_piece(context); };
        }
        std::string query = build_query(build, dockerfile);
        std::optional<Secret> auth;
        if (context.build_auth) {
            auto asking = context.build_auth();
            auth = co_await std::move(asking);
        }
        const auto before = co_await engine::list_all_images(client());
        std::set<std::string, std::less<>> seen;
        auto building =
            engine::build_image(client(), build.image.value, std::move(query), std::move(pieces),
                                std::move(auth), [&](std::string_view image) { seen.emplace(image); });
        const auto built = co_await std::move(building);
        if (before && context.built && !seen.empty()) {
            const auto after = co_await engine::list_all_images(client());
            if (after) context.built(brought_by_build(*before, *after, seen));
        }
        co_return built;
    }
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
