#include "world.hpp"

#include "base/overloaded.hpp"
#include "base/sha256.hpp"
#include "plan/plan_text.hpp"
#include "plan/slots.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace dockerext::test {

using namespace model;

namespace {

const NetworkName default_network{"demo_default"};

std::string program_of(const ObservedContainer& container) {
    const auto program = container.spec.environment.find("PROGRAM");
    return program == container.spec.environment.end() ? "serve" : program->second.value_or("serve");
}

bool is_alive(const ObservedContainer& container) {
    return container.state == ContainerState::running || container.state == ContainerState::paused ||
           container.state == ContainerState::restarting;
}

bool is_successor(const ObservedContainer& container) {
    return container.spec.labels.contains(std::string(labels::replace)) && container.name.value.size() > 13 &&
           container.name.value[12] == '_';
}

/// The inspect result of a container with this spec, including the values that come from its image.
ContainerSpec inspected(ContainerSpec spec, const ObservedImage& image, const std::string& id) {
    if (!spec.entrypoint && !spec.command) spec.command = image.command;
    if (!spec.entrypoint) spec.entrypoint = image.entrypoint;
    spec.environment.insert(image.environment.begin(), image.environment.end());
    spec.labels.insert(image.labels.begin(), image.labels.end());
    spec.exposed_ports.insert(image.exposed_ports.begin(), image.exposed_ports.end());
    if (!spec.healthcheck) spec.healthcheck = image.healthcheck;
    if (spec.hostname.empty()) spec.hostname = id.substr(0, 12);
    if (!spec.memory_swap) spec.memory_swap = default_swap(spec.memory);
    if (!spec.logging) spec.logging = Logging{.driver = "json-file", .options = {}};
    if (spec.runtime.empty()) spec.runtime = "runc";
    if (spec.ipc_mode.empty()) spec.ipc_mode = "private";
    for (const std::string& target : image.volumes) {
        const bool covered = spec.tmpfs.contains(target) ||
                             std::any_of(spec.mounts.begin(), spec.mounts.end(),
                                         [&](const Mount& mount) { return mount.target == target; });
        if (!covered) spec.mounts.push_back({.type = Mount::Type::volume, .target = target});
    }
    for (Mount& mount : spec.mounts) {
        if (mount.type == Mount::Type::volume && mount.source.empty())
            mount.source = sha256_hex(id + mount.target);
    }
    return spec;
}

}  // namespace

/// Carries out one step; returns the engine's refusal, or "" on success.
struct Engine {
    World& world;
    std::map<StepId, ContainerId>& created;
    StepId id;

    using Refusal = std::string;

    ObservedContainer* find(const ContainerRef& ref) const {
        const ContainerId* known = std::get_if<ContainerId>(&ref);
        const auto found = world.observed.containers.find(known ? *known : created.at(std::get<StepId>(ref)));
        return found == world.observed.containers.end() ? nullptr : &found->second;
    }
    template <typename F>
    Refusal on(const ContainerRef& ref, F change) const {
        ObservedContainer* const container = find(ref);
        if (container == nullptr) return "no such container";
        return change(*container);
    }
    bool taken(const ContainerName& name) const {
        return world.has(name.value) || world.observed.foreign_names.contains(name);
    }

    Refusal operator()(const PullImage& pull) const {
        world.load_image(pull.image);
        world.history.pulled.insert(pull.image);
        return "";
    }
    Refusal operator()(const BuildImage& build) const {
        world.load_image(build.image);
        world.history.pulled.insert(build.image);
        return "";
    }
    Refusal operator()(const RemoveImage&) const { return "no plan of services removes an image"; }
    Refusal operator()(const CreateNetwork& create) const {
        if (world.observed.networks.contains(create.spec.name)) return "network exists";
        world.create_network(create.spec.name, create.spec.labels);
        ObservedNetwork& network = world.observed.networks.at(create.spec.name);
        network.driver = create.spec.driver;
        network.driver_options = create.spec.driver_options;
        network.ipam_pools = create.spec.ipam_pools;
        network.internal = create.spec.internal;
        network.attachable = create.spec.attachable;
        network.enable_ipv6 = create.spec.enable_ipv6;
        return "";
    }
    Refusal operator()(const RemoveNetwork& remove) const {
        for (const auto& [_, container] : world.observed.containers) {
            if (container.attached.contains(remove.name)) return "network has active endpoints";
        }
        return world.observed.networks.erase(remove.name) == 1 ? "" : "no such network";
    }
    Refusal operator()(const CreateVolume& create) const {
        world.observed.volumes[create.spec.name] = {.name = create.spec.name,
                                                    .labels = create.spec.labels,
                                                    .driver = create.spec.driver,
                                                    .driver_options = create.spec.driver_options};
        return "";
    }
    Refusal operator()(const RemoveVolume& remove) const {
        return world.observed.volumes.erase(remove.name) == 1 ? "" : "no such volume";
    }
    Refusal operator()(const CreateContainer& create) const {
        if (taken(create.name)) return "the name " + create.name.value + " is already in use";
        const auto image = world.observed.images.find(create.spec.image);
        if (image == world.observed.images.end()) return "no such image";
        ObservedContainer container;
        container.id = {world.new_id()};
        container.name = create.name;
        container.slot = {
            {create.spec.labels.at(std::string(labels::service))},
            static_cast<unsigned>(std::stoul(create.spec.labels.at(std::string(labels::number))))};
        container.image_id = image->second.id;
        container.created_at = world.clock_ += std::chrono::seconds(1);
        container.spec = inspected(create.spec, image->second, container.id.value);
        std::erase_if(container.spec.networks, [&](const auto& network) {
            return world.observed.engine.api_minor < 44 && network.first.value != create.spec.network_mode;
        });
        for (const auto& [name, endpoint] : container.spec.networks) {
            const auto network = world.observed.networks.find(name);
            if (network == world.observed.networks.end()) return "network " + name.value + " not found";
            container.attached[name] = network->second.id;
        }
        created[id] = container.id;
        world.observed.containers[container.id] = container;
        return "";
    }
    Refusal operator()(const ConnectNetwork& connect) const {
        return on(connect.container, [&](ObservedContainer& container) -> Refusal {
            const auto network = world.observed.networks.find(connect.network);
            if (network == world.observed.networks.end()) return "no such network";
            if (container.attached.contains(connect.network)) return "already connected";
            container.attached[connect.network] = network->second.id;
            container.spec.networks[connect.network] = connect.endpoint;
            return "";
        });
    }
    Refusal operator()(const DisconnectNetwork& disconnect) const {
        return on(disconnect.container, [&](ObservedContainer& container) -> Refusal {
            container.spec.networks.erase(disconnect.network);
            return container.attached.erase(disconnect.network) == 1 ? "" : "not connected";
        });
    }
    /// An absent limit stays unchanged. The swap follows the memory, as in room apply.
    Refusal operator()(const UpdateContainer& update) const {
        return on(update.container, [&](ObservedContainer& container) -> Refusal {
            const MemoryLimit swap = update.memory_swap ? update.memory_swap : default_swap(update.memory);
            if (update.memory) container.spec.memory = update.memory;
            if (swap) container.spec.memory_swap = swap;
            if (update.cpus) container.spec.cpus = update.cpus;
            container.spec.restart = update.restart;
            return "";
        });
    }
    Refusal operator()(const RenameContainer& rename) const {
        if (taken(rename.to)) return "the name " + rename.to.value + " is already in use";
        return on(rename.container, [&](ObservedContainer& container) {
            container.name = rename.to;
            return "";
        });
    }
    Refusal operator()(const UnpauseContainer& unpause) const {
        return on(unpause.container, [](ObservedContainer& container) {
            const bool paused = container.state == ContainerState::paused;
            container.state = ContainerState::running;
            return paused ? "" : "not paused";
        });
    }
    Refusal operator()(const PutFiles& put) const {
        return on(put.container, [](auto&) { return ""; });
    }
    Refusal operator()(const RunHook& run) const {
        return on(run.container, [](auto& each) { return is_alive(each) ? "" : "is not running"; });
    }
    Refusal operator()(const StartContainer& start) const {
        return on(start.container, [&](auto& each) { return begin(each); });
    }
    Refusal operator()(const RestartContainer& restart) const {
        return on(restart.container, [&](ObservedContainer& container) {
            world.history.pending_restarts.erase(container.id);
            world.end(container, 0);
            return begin(container);
        });
    }
    Refusal operator()(const StopContainer& stop) const {
        return on(stop.container, [&](ObservedContainer& container) {
            if (is_alive(container)) world.end(container, 0);
            return "";
        });
    }
    Refusal operator()(const RemoveContainer& remove) const {
        return on(remove.container, [&](ObservedContainer& container) -> Refusal {
            if (is_alive(container)) return "is running; stop it before removal";
            const ContainerId gone = container.id;
            world.observed.containers.erase(gone);
            return "";
        });
    }

    // These tests plan no changes to the engine itself, and to a swarm.
    Refusal operator()(const InstallEngine&) const { return "not here"; }
    Refusal operator()(const ReleaseVersion&) const { return "not here"; }
    Refusal operator()(const RemoveEngine&) const { return "not here"; }
    Refusal operator()(const ChangeEngine&) const { return "not here"; }
    Refusal operator()(const StartEngine&) const { return "not here"; }
    Refusal operator()(const VerifyLogin&) const { return "not here"; }
    Refusal operator()(const InitSwarm&) const { return "not here"; }
    Refusal operator()(const JoinSwarm&) const { return "not here"; }
    Refusal operator()(const UnlockSwarm&) const { return "not here"; }
    Refusal operator()(const LeaveSwarm&) const { return "not here"; }
    Refusal operator()(const UpdateNode&) const { return "not here"; }
    Refusal operator()(const UpdateSwarm&) const { return "not here"; }
    Refusal operator()(const RemoveNode&) const { return "not here"; }
    Refusal operator()(const CreateStackFile&) const { return "not here"; }
    Refusal operator()(const RemoveStackFile&) const { return "not here"; }
    Refusal operator()(const CreateStackService&) const { return "not here"; }
    Refusal operator()(const UpdateStackService&) const { return "not here"; }
    Refusal operator()(const RemoveStackService&) const { return "not here"; }

    Refusal begin(ObservedContainer& container) const {
        if (container.state == ContainerState::paused) return "is paused";
        if (is_alive(container)) return "";
        const auto& networks = container.attached;
        const bool lost = std::any_of(networks.begin(), networks.end(), [&](const auto& attached) {
            const auto network = world.observed.networks.find(attached.first);
            return network == world.observed.networks.end() || network->second.id != attached.second;
        });
        if (lost) return "network not found";
        container.started_at = world.clock_ += std::chrono::seconds(1);
        container.state = ContainerState::running;
        container.health = container.spec.healthcheck ? Health::starting : Health::none;
        const std::string program = program_of(container);
        world.history.unproven[container.id] = {container.started_at, SteadyTime{}, ""};
        if (program == "job" || program == "fail") world.end(container, program == "job" ? 0 : 3);
        return "";
    }
};

World::World() {
    desired.project.name = {"demo"};
    observed.engine.api_minor = 41;
    desired.project.networks[default_network] = {
        .name = default_network,
        .key = "default",
        .labels = {{std::string(labels::project), "demo"}, {std::string(labels::network), "default"}}};
    load_image({"busybox:1"});
    create_network({"stranger"}, {});
    observed.volumes[{"stranger"}] = {.name = {"stranger"}, .labels = {}};
}

Service& World::add_service(const std::string& name, const std::string& program) {
    Service& service = desired.project.services[{name}];
    service.name = {name};
    service.config_hash = "hash of " + name;
    service.container.image = {"busybox:1"};
    service.container.environment["PROGRAM"] = program;
    service.container.labels = {{std::string(labels::project), "demo"},
                                {std::string(labels::service), name},
                                {std::string(labels::oneoff), "False"},
                                {std::string(labels::config_hash), service.config_hash}};
    service.container.network_mode = default_network.value;
    service.container.networks[default_network].aliases = {name};
    return service;
}

void World::remove_service_from_settings() {
    desired.project.services = {{{"other"}, {.name = {"other"}, .scale = 0}}};
}

Plan World::plan() const { return plan::make_plan(desired, observed, history, SteadyTime{}); }

std::vector<std::string> World::run(const Plan& planned, std::size_t at_most) {
    std::vector<std::string> refusals;
    std::set<StepId> done;
    std::map<StepId, ContainerId> created;
    for (StepId id = 0; id < planned.steps.size() && at_most > 0; ++id) {
        const Step& step = planned.steps[id];
        const bool ready = std::all_of(step.after.begin(), step.after.end(),
                                       [&](StepId before) { return done.contains(before); });
        if (!step.waits_for.empty() || !ready) continue;
        --at_most;
        const std::string refusal = std::visit(Engine{*this, created, id}, step.operation);
        if (refusal.empty()) done.insert(id);
        else refusals.push_back(std::string(verb(step.operation)) + " " + step.object + ": " + refusal);
    }
    return refusals;
}

Plan World::settle() {
    for (int round = 0; round < 30; ++round) {
        const Plan next = plan();
        const bool idle = std::none_of(next.steps.begin(), next.steps.end(),
                                       [](const Step& step) { return step.waits_for.empty(); });
        const bool awaits_health =
            std::any_of(observed.containers.begin(), observed.containers.end(), [&](const auto& each) {
                const bool is_undecided = each.second.health != Health::unhealthy && is_alive(each.second);
                return each.second.health == Health::starting ||
                       (is_undecided && history.unproven.contains(each.first));
            });
        if (idle && !awaits_health) return next;
        EXPECT_EQ(run(next), std::vector<std::string>{}) << plan::to_text(next);
        pass_time();
    }
    ADD_FAILURE() << "never settles:\n" << plan::to_text(plan());
    return plan();
}

ObservedContainer& World::container(std::string_view name) {
    for (auto& [_, container] : observed.containers) {
        if (container.name.value == name) return container;
    }
    throw std::logic_error("no container " + std::string(name));
}

bool World::has(std::string_view name) const {
    return std::any_of(observed.containers.begin(), observed.containers.end(),
                       [&](const auto& each) { return each.second.name.value == name; });
}

void World::pass_time() {
    for (auto& [id, container] : observed.containers) {
        if (container.state == ContainerState::running && container.health == Health::starting) {
            container.health = program_of(container) == "ill" ? Health::unhealthy : Health::healthy;
        }
        if (container.state == ContainerState::running && container.health != Health::unhealthy)
            history.unproven.erase(id);
        const auto service = desired.project.services.find(container.slot.service);
        const bool must_run = service != desired.project.services.end() &&
                              service->second.update.order == UpdateConfig::Order::start_first;
        const bool failed =
            (is_alive(container) && container.health == Health::unhealthy) ||
            (container.state == ContainerState::exited && (container.exit_code != 0 || must_run));
        if (!is_successor(container) || !failed) continue;
        if (!history.failed_successors.try_emplace(id, "failed").second) continue;
        FailedRollout& rollout = history.failed_rollouts[subject_of(container.slot)];
        rollout = {rollout.attempts + 1, "new container failed", container.image_id,
                   container.name.value.substr(0, dockerext::plan::successor_prefix_length), true};
    }
}

void World::forget() {
    std::map<ContainerId, EndedRun> ended_run = std::move(history.ended_run);
    history = {};
    history.ended_run = std::move(ended_run);
    for (const auto& [id, container] : observed.containers) {
        if (is_successor(container) && is_alive(container))
            history.unproven[id] = {container.started_at, SteadyTime{}, ""};
    }
}

void World::stop_by_hand(ObservedContainer& container) {
    end(container, 0);
    history.ended_run[container.id] = {.run = container.started_at, .stopped_manually = true};
}

void World::end(ObservedContainer& container, int exit_code) {
    container.state = ContainerState::exited;
    container.exit_code = exit_code;
    history.unproven.erase(container.id);
    if (container.spec.healthcheck) container.health = Health::unhealthy;  // as engines do after any end
    container.finished_at = clock_ += std::chrono::seconds(1);
}

ObservedContainer& World::duplicate(const ObservedContainer& container, const std::string& name) {
    ObservedContainer copy = container;
    copy.id = {new_id()};
    copy.name = {name};
    return observed.containers[copy.id] = copy;
}

void World::load_image(const ImageRef& ref) {
    ObservedImage image;
    image.id = {"sha256:" + new_id()};
    image.command = std::vector<std::string>{"sh"};
    image.environment["PATH"] = "/bin";
    image.labels["maker"] = "somebody";
    image.exposed_ports = {"80/tcp"};
    image.volumes = {"/cache"};
    observed.images[ref] = image;
}

void World::create_network(const NetworkName& name, std::map<std::string, std::string> all_labels) {
    observed.networks[name] = {.id = {new_id()}, .name = name, .labels = std::move(all_labels)};
}

std::string World::new_id() { return sha256_hex("id " + std::to_string(++ids_)); }

}  // namespace dockerext::test
