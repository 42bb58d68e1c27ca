// Runs the planner against an engine that carries out its plans: whatever happens, they converge as they
// should.
#include "plan/plan_text.hpp"
#include "world.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <span>

namespace dockerext::plan {
namespace {

using namespace model;
using test::World;

constexpr unsigned worlds = 400;
constexpr std::string_view stranger = "stranger";

class Chance {
public:
    explicit Chance(unsigned seed) : engine_(seed) {}
    unsigned below(std::size_t limit) { return static_cast<unsigned>(engine_() % limit); }
    bool one_in(unsigned n) { return below(n) == 0; }

private:
    std::mt19937 engine_;
};

World random_world(Chance& chance) {
    World world;
    world.observed.engine.api_minor = chance.one_in(2) ? 41 : 45;
    Service& db = world.add_service("db");
    db.container.healthcheck = Healthcheck{.test = {"CMD", "true"}};
    Service& job = world.add_service("job", "job");
    job.depends_on[{"db"}] = {.condition = DependencyCondition::healthy};
    Service& web = world.add_service("web");
    web.scale = 1 + chance.below(3);
    web.restart_is_set = true;
    web.container.restart = {.kind = RestartPolicy::Kind::always};
    web.container.memory = Bytes{64 << 20};
    web.container.cpus = NanoCpus{500'000'000};
    web.container.mounts.push_back({.type = Mount::Type::volume, .source = "demo_data", .target = "/data"});
    web.container.mounts.push_back({.type = Mount::Type::volume, .target = "/scratch"});
    web.depends_on[{"job"}] = {.condition = DependencyCondition::completed_successfully};
    web.container.networks[{"demo_back"}].aliases = {"web"};
    world.desired.project.networks[{"demo_back"}] = {
        .name = {"demo_back"},
        .key = "back",
        .labels = {{std::string(labels::project), "demo"}, {std::string(labels::network), "back"}}};
    world.desired.project.volumes[{"demo_data"}] = {.name = {"demo_data"}, .key = "data"};
    return world;
}

ObservedContainer& any_container(World& world, Chance& chance) {
    return std::next(world.observed.containers.begin(), chance.below(world.observed.containers.size()))
        ->second;
}

void swap_names(World& world, Chance& chance) {
    ObservedContainer& one = any_container(world, chance);
    std::swap(one.name, any_container(world, chance).name);
}

using RandomChange = void (*)(World&, Chance&);

struct Named {
    const char* name;
    RandomChange arrange;
};

/// Changes to containers by people and their tools, made without the daemon.
constexpr Named drifts[] = {
    {"stopped",
     [](World& world, Chance& chance) {
         ObservedContainer& it = any_container(world, chance);
         if (it.state == ContainerState::running) world.stop_by_hand(it);
     }},
    {"killed",
     [](World& world, Chance& chance) {
         ObservedContainer& it = any_container(world, chance);
         if (it.state == ContainerState::running) world.end(it, 137);
     }},
    {"paused",
     [](World& world, Chance& chance) {
         ObservedContainer& it = any_container(world, chance);
         if (it.state == ContainerState::running) it.state = ContainerState::paused;
     }},
    {"removed",
     [](World& world, Chance& chance) {
         world.observed.containers.erase(ContainerId(any_container(world, chance).id));
     }},
    {"renamed", [](World& world, Chance& chance) { any_container(world, chance).name.value += "-x"; }},
    {"limits changed",
     [](World& world, Chance& chance) {
         ObservedContainer& it = any_container(world, chance);
         it.spec.memory = Bytes{128 << 20};
         it.spec.memory_swap = Bytes{256 << 20};
         it.spec.restart = {.kind = RestartPolicy::Kind::unless_stopped};
     }},
    {"disconnected",
     [](World& world, Chance& chance) {
         ObservedContainer& it = any_container(world, chance);
         it.attached.clear();
         it.spec.networks.clear();
     }},
    {"connected elsewhere",
     [](World& world, Chance& chance) {
         ObservedContainer& it = any_container(world, chance);
         it.attached[{std::string(stranger)}] = world.observed.networks.at({std::string(stranger)}).id;
         it.spec.networks[{std::string(stranger)}] = {};
     }},
    {"replaced by hand",
     [](World& world, Chance& chance) { any_container(world, chance).spec.environment["ADDED"] = "1"; }},
    {"copied by hand",
     [](World& world, Chance& chance) {
         ObservedContainer& copied = any_container(world, chance);
         if (!world.has("copy")) (void)world.duplicate(copied, "copy");
     }},
    {"dead", [](World& world, Chance& chance) { any_container(world, chance).state = ContainerState::dead; }},
    {"image moved on", [](World& world, Chance&) { world.load_image({"busybox:1"}); }},
};

/// Changes that new settings bring.
constexpr Named settings[] = {
    {"environment",
     [](World& world, Chance& chance) {
         world.desired.project.services.at({"web"}).container.environment["N"] =
             std::to_string(chance.below(9));
     }},
    {"scale", [](World& world,
                 Chance& chance) { world.desired.project.services.at({"web"}).scale = chance.below(4); }},
    {"memory",
     [](World& world, Chance& chance) {
         world.desired.project.services.at({"web"}).container.memory = Bytes{(64 + chance.below(3)) << 20};
     }},
    {"service gone", [](World& world, Chance&) { world.desired.project.services.erase({"other"}); }},
    {"service come", [](World& world, Chance&) { world.add_service("other"); }},
    {"network gone",
     [](World& world, Chance&) {
         world.desired.project.services.at({"web"}).container.networks.erase({"demo_back"});
         world.desired.project.networks.erase({"demo_back"});
     }},
};

std::string arrange(World& world, Chance& chance, std::span<const Named> from) {
    const Named& chosen = from[chance.below(from.size())];
    if (!world.observed.containers.empty()) chosen.arrange(world, chance);
    return std::string(chosen.name) + "; ";
}

/// Steps name only containers that exist and belong to the project; nothing else is changed.
void expect_no_harm(const World& world, const Plan& plan) {
    for (StepId id = 0; id < plan.steps.size(); ++id) {
        const Step& step = plan.steps[id];
        EXPECT_FALSE(verb(step.operation).find("remove volume") != std::string::npos);
        std::visit(
            [&](const auto& operation) {
                if constexpr (requires { operation.container; }) {
                    const auto* there = std::get_if<ContainerId>(&operation.container);
                    EXPECT_TRUE(there == nullptr || world.observed.containers.contains(*there))
                        << step.object;
                }
                if constexpr (std::is_same_v<std::decay_t<decltype(operation)>, RemoveNetwork>) {
                    EXPECT_NE(operation.name.value, stranger);
                }
            },
            step.operation);
        for (const StepId before : step.after) EXPECT_LT(before, id);
    }
}

void expect_converged(World& world, const Plan& last) {
    EXPECT_EQ(to_text(last), "");
    std::size_t wanted = 0;
    for (const auto& [name, service] : world.desired.project.services) {
        for (unsigned number = 1; number <= service.scale; ++number, ++wanted) {
            const std::string container = "demo-" + name.value + "-" + std::to_string(number);
            ASSERT_TRUE(world.has(container)) << container;
            const ObservedContainer& found = world.container(container);
            const bool is_job = service.container.environment.at("PROGRAM") == "job";
            EXPECT_EQ(found.state, is_job ? ContainerState::exited : ContainerState::running) << container;
            EXPECT_EQ(found.attached.size(), service.container.networks.size()) << container;
            EXPECT_EQ(found.spec.memory, service.container.memory) << container;
            for (const auto& [key, value] : service.container.environment)
                EXPECT_EQ(found.spec.environment.at(key), value);
            EXPECT_FALSE(found.spec.environment.contains("ADDED"));
        }
    }
    EXPECT_EQ(world.observed.containers.size(), wanted);
    EXPECT_TRUE(world.observed.networks.contains({std::string(stranger)}));
    EXPECT_TRUE(world.observed.volumes.contains({std::string(stranger)}));
}

TEST(Convergence, DeploysAndRepairsAnyDrift) {
    for (unsigned seed = 0; seed < worlds; ++seed) {
        Chance chance(seed);
        World world = random_world(chance);
        SCOPED_TRACE("seed " + std::to_string(seed));
        expect_converged(world, world.settle());
        std::string changes_text;
        for (unsigned n = chance.below(4); n <= 4; ++n) changes_text += arrange(world, chance, drifts);
        SCOPED_TRACE(changes_text);
        expect_no_harm(world, world.plan());
        expect_converged(world, world.settle());
        if (testing::Test::HasFailure()) return;
    }
}

TEST(Convergence, RepairsSwappedNames) {
    for (unsigned seed = 0; seed < worlds; ++seed) {
        Chance chance(seed);
        World world = random_world(chance);
        (void)world.settle();
        for (int n = 0; n < 3; ++n) swap_names(world, chance);
        SCOPED_TRACE("seed " + std::to_string(seed));
        expect_converged(world, world.settle());
        if (testing::Test::HasFailure()) return;
    }
}

TEST(Convergence, RecoversFromACrashAtAnyStep) {
    for (unsigned seed = 0; seed < worlds; ++seed) {
        Chance chance(seed);
        World world = random_world(chance);
        SCOPED_TRACE("seed " + std::to_string(seed));
        std::string changes_text;
        for (int crash = 0; crash < 12; ++crash) {
            if (chance.one_in(3)) changes_text += arrange(world, chance, settings);
            if (chance.one_in(3)) changes_text += arrange(world, chance, drifts);
            const Plan plan = world.plan();
            expect_no_harm(world, plan);
            EXPECT_EQ(world.run(plan, chance.below(plan.steps.size() + 1)), std::vector<std::string>{})
                << to_text(plan);
            if (chance.one_in(2)) world.pass_time();
            world.forget();
        }
        SCOPED_TRACE(changes_text);
        expect_converged(world, world.settle());
        if (testing::Test::HasFailure()) return;
    }
}

TEST(Convergence, EveryPrefixOfARecreationEndsWithOneContainerThatRuns) {
    for (std::size_t steps = 0; steps <= 6; ++steps) {
        for (std::size_t more = 0; more <= 4; ++more) {
            SCOPED_TRACE(std::to_string(steps) + " steps, crash, " + std::to_string(more) + " steps, crash");
            World world;
            Service& web = world.add_service("web");
            (void)world.settle();
            web.container.environment["N"] = "2";
            for (const std::size_t prefix : {steps, more}) {
                EXPECT_EQ(world.run(world.plan(), prefix), std::vector<std::string>{});
                world.forget();
            }
            expect_converged(world, world.settle());
        }
    }
}

TEST(Convergence, EveryPrefixOfARollbackEndsWithARunningService) {
    for (std::size_t steps = 0; steps <= 4; ++steps) {
        SCOPED_TRACE(std::to_string(steps) + " steps of the putting back, crash");
        World world;
        Service& web = world.add_service("web");
        web.container.healthcheck = Healthcheck{.test = {"CMD", "true"}};
        (void)world.settle();
        const ContainerId old = world.container("demo-web-1").id;
        web.container.environment["PROGRAM"] = "ill";
        EXPECT_EQ(world.run(world.plan()), std::vector<std::string>{});
        world.pass_time();
        EXPECT_EQ(world.run(world.plan(), steps), std::vector<std::string>{});
        const auto rollouts = world.history.failed_rollouts;
        world.forget();
        world.history.failed_rollouts = rollouts;
        world.history.failed_rollouts[subject_of(Slot{{"web"}, 1})].ran = true;  // allows no further attempt
        (void)world.settle();
        EXPECT_TRUE(world.observed.containers.contains(old));
        EXPECT_EQ(world.observed.containers.size(), 1U);
        EXPECT_EQ(world.container("demo-web-1").state, ContainerState::running);
    }
}

}  // namespace
}  // namespace dockerext::plan
