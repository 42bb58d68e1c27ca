// Measures the planner alone: on converged services, where it compares every field and plans nothing; on new
// ones; on new versions of all.
#include "plan/planner.hpp"

#include "model/labels.hpp"

#include <benchmark/benchmark.h>

#include <stdexcept>

namespace dockerext::plan {
namespace {

using namespace model;

ContainerSpec spec_of(const std::string& name) {
    ContainerSpec spec;
    spec.image = {"nginx:1"};
    spec.command = std::vector<std::string>{"nginx", "-g", "daemon off;"};
    for (int i = 0; i < 10; ++i) spec.environment["KEY" + std::to_string(i)] = "value" + std::to_string(i);
    spec.labels = {{std::string(labels::project), "demo"},
                   {std::string(labels::service), name},
                   {std::string(labels::oneoff), "False"}};
    spec.port_bindings["80/tcp"] = {{"", "8080"}};
    spec.exposed_ports = {"80/tcp"};
    spec.mounts.push_back({.type = Mount::Type::bind, .source = "/srv", .target = "/data"});
    spec.network_mode = "demo_default";
    spec.networks[{"demo_default"}].aliases = {name};
    spec.memory = Bytes{64 << 20};
    return spec;
}

struct World {
    Desired desired;
    Observed observed;
};

World converged(int services) {
    World world;
    world.desired.project.name = {"demo"};
    world.desired.project.networks[{"demo_default"}] = {.name = {"demo_default"}, .key = "default"};
    world.observed.networks[{"demo_default"}] = {
        .id = {"net"}, .name = {"demo_default"}, .labels = {{std::string(labels::project), "demo"}}};
    world.observed.images[{"nginx:1"}].id = {"sha256:1"};
    for (int i = 0; i < services; ++i) {
        const std::string name = "s" + std::to_string(i);
        Service service;
        service.name = {name};
        service.container = spec_of(name);
        world.desired.project.services[{name}] = service;

        ObservedContainer container;
        container.id = {std::to_string(i)};
        container.name = {"demo-" + name + "-1"};
        container.slot = {{name}, 1};
        container.state = ContainerState::running;
        container.image_id = {"sha256:1"};
        container.spec = service.container;
        container.spec.labels[std::string(labels::number)] = "1";
        container.spec.labels[std::string(labels::image)] = "sha256:1";
        container.spec.networks[{"demo_default"}].aliases.insert(container.name.value);
        container.attached[{"demo_default"}] = {"net"};
        world.observed.containers[container.id] = container;
    }
    return world;
}

void plan_converged(benchmark::State& state) {
    const World world = converged(static_cast<int>(state.range(0)));
    for (auto _ : state) {
        const Plan plan = make_plan(world.desired, world.observed, {}, {});
        if (!plan.steps.empty() || !plan.held.empty())
            throw std::logic_error("not converged: " + plan.steps.at(0).reason);
        benchmark::DoNotOptimize(plan);
    }
}
BENCHMARK(plan_converged)->Arg(100)->Arg(1'000)->Arg(10'000)->Unit(benchmark::kMillisecond);

/// At least one step per service.
void plan_steps(benchmark::State& state, const World& world) {
    for (auto _ : state) {
        const Plan plan = make_plan(world.desired, world.observed, {}, {});
        if (plan.steps.size() < world.desired.project.services.size())
            throw std::logic_error("steps are missing");
        benchmark::DoNotOptimize(plan);
    }
}

void plan_first(benchmark::State& state) {
    World world = converged(static_cast<int>(state.range(0)));
    world.observed.containers.clear();
    plan_steps(state, world);
}
BENCHMARK(plan_first)->Arg(1'000)->Arg(10'000)->Unit(benchmark::kMillisecond);

void plan_new_versions(benchmark::State& state) {
    World world = converged(static_cast<int>(state.range(0)));
    for (auto& [name, service] : world.desired.project.services)
        service.container.environment["VERSION"] = "2";
    plan_steps(state, world);
}
BENCHMARK(plan_new_versions)->Arg(1'000)->Arg(10'000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace dockerext::plan

BENCHMARK_MAIN();
