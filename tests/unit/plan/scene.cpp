#include "scene.hpp"

#include "plan/plan_text.hpp"

#include <stdexcept>

namespace dockerext::test {

using namespace model;

World web_running() {
    World world;
    Service& web = world.add_service("web");
    web.container.memory = Bytes{64 << 20};
    web.container.restart = {.kind = RestartPolicy::Kind::always};
    web.restart_is_set = true;
    (void)world.settle();
    return world;
}

World web_handing_over(const std::string& program) {
    World world = web_running();
    web_of(world).container.environment["PROGRAM"] = program;
    web_of(world).container.environment["N"] = "2";
    (void)world.run(world.plan());
    world.history.unproven.clear();
    return world;
}

Service& web_of(World& world) { return world.desired.project.services.at({"web"}); }
void new_version(Service& service) {
    auto& version = service.container.environment["VERSION"];
    version = version.value_or("") + "I";
    service.config_hash += " changed";
    service.container.labels[std::string(labels::config_hash)] = service.config_hash;
}

ObservedContainer& container_of(World& world) { return world.container("demo-web-1"); }

ObservedContainer& successor_of(World& world) {
    for (auto& [id, container] : world.observed.containers) {
        if (container.name.value.ends_with("_demo-web-1")) return container;
    }
    throw std::logic_error("no successor");
}

Subject web_subject() { return subject_of(Slot{{"web"}, 1}); }

void back_off(World& world, const Subject& subject) {
    world.history.failure_records[subject] = {.failures = 1,
                                              .last_error = "it broke",
                                              .since = {},
                                              .next_attempt = SteadyTime{} + std::chrono::seconds(1)};
}

void mark_unproven(World& world, const ObservedContainer& container, const std::string& previous_failure) {
    world.history.unproven[container.id] = {container.started_at, SteadyTime{}, previous_failure};
}

std::string plan_text(const World& world) { return without_ids(world, plan::to_text(world.plan())); }

std::string without_ids(const World& world, std::string text) {
    for (const auto& [id, container] : world.observed.containers) {
        for (const std::string& shown : {id.value, id.value.substr(0, 12)}) {
            for (std::size_t at = 0; (at = text.find(shown, at)) != std::string::npos;)
                text.replace(at, shown.size(), "ID");
        }
    }
    return text;
}

}  // namespace dockerext::test
