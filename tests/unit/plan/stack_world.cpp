#include "stack_world.hpp"

#include "base/json_document.hpp"
#include "base/json_merge.hpp"
#include "base/overloaded.hpp"
#include "plan/plan_text.hpp"

#include <gtest/gtest.h>

namespace dockerext::test {

using namespace model;

namespace {

const std::map<std::string, std::string> demo_label{{std::string(labels::stack), "demo"}};

std::string name_in(const std::string& spec) {
    return JsonDocument::parse(spec).value().root().at("Name").value().string().value();
}

}  // namespace

StackService stack_service(const std::string& name, const std::string& image, const std::string& variable) {
    const std::string spec = R"({"Name":")" + name +
                             R"(","Labels":{"com.docker.stack.namespace":"demo","com.docker.stack.image":")" +
                             image + R"("},"TaskTemplate":{"ContainerSpec":{"Image":")" + image +
                             R"(","Env":[")" + variable +
                             R"("]},"Networks":[{"Target":"demo_default","Aliases":["web"]}]},)" +
                             R"("Mode":{"Replicated":{"Replicas":2}}})";
    return {.name = name,
            .image = {image},
            .spec = spec,
            .files = {{StackFileKind::config, "demo_app", "/etc/app.conf", "0", "0", 0444},
                      {StackFileKind::secret, "demo_key", "key", "0", "0", 0400}}};
}

std::string with(const std::string& spec, const std::string& patch) {
    const auto document = JsonDocument::parse(spec);
    const auto change = JsonDocument::parse(patch);
    return merge_patch(document.value().root(), change.value().root());
}

StackWorld::StackWorld() {
    Stack stack{.name = {"demo"}};
    stack.services.emplace(ServiceName{"web"}, stack_service("demo_web", "busybox:1", "A=1"));
    stack.networks.emplace(NetworkName{"demo_default"},
                           NetworkSpec{.name = {"demo_default"}, .driver = "overlay", .labels = demo_label});
    stack.files = {{StackFileKind::config, "demo_app", false, Secret("app"), demo_label, ""},
                   {StackFileKind::secret, "demo_key", false, Secret("key"), demo_label, ""}};
    desired.stack = std::move(stack);
    swarm.state = LocalNodeState::active;
    swarm.node_id = "n1";
    swarm.manager = true;
    ObservedNode own;
    own.id = "n1";
    own.hostname = "m1";
    own.address = "10.0.0.4";
    own.leader = true;
    ObservedNode other = own;
    other.id = "n2";
    other.hostname = "m2";
    other.address = "10.0.0.5";
    other.leader = false;
    swarm.nodes = {own, other};
}

plan::StackPlan StackWorld::plan() const {
    return plan::plan_stack(desired, swarm, observed, history, redact, {});
}

std::string StackWorld::plan_text() const { return plan::to_text(plan().plan); }

std::string StackWorld::parts() const {
    std::string text;
    for (const PartStatus& part : plan().parts)
        text += part.name + " " + std::string(to_string(part.state)) + (part.is_final ? " for good" : "") +
                (part.message.empty() ? "" : ": ") + part.message + "\n";
    return text;
}

std::string StackWorld::step() {
    std::string taken;
    const plan::StackPlan made = plan();
    history.record.stack = made.kept;
    for (const Step& step : made.plan.steps) {
        if (!step.waits_for.empty()) continue;
        taken += (taken.empty() ? "" : ", ") + std::string(verb(step.operation)) + " " + step.object;
        take(step.operation);
        if (const auto* update = std::get_if<UpdateStackService>(&step.operation))
            history.record.attempts[step.object] = plan::attempt_of(update->spec);
    }
    return taken;
}

void StackWorld::converge() {
    for (unsigned round = 0; round < 10; ++round) {
        if (step().empty()) return;
    }
    ADD_FAILURE() << "not converged:\n" << plan_text();
}

void StackWorld::take(const Operation& operation) {
    const auto remove = [](auto& all, const std::string& id) {
        std::erase_if(all, [&](const auto& each) { return each.id == id; });
    };
    std::visit(overloaded{
                   [&](const CreateNetwork& create) {
                       observed.networks.push_back({NetworkId{new_id("network")}, create.spec});
                   },
                   [&](const RemoveNetwork& gone) {
                       std::erase_if(observed.networks, [&](const auto& each) { return each.id == gone.id; });
                   },
                   [&](const CreateStackFile& create) {
                       const StackFile& file = create.file;
                       const bool is_config = file.kind == StackFileKind::config;
                       observed.files.push_back(
                           {file.kind, new_id("file"), file.name, file.labels,
                            is_config ? std::optional(std::string(file.content.reveal())) : std::nullopt});
                   },
                   [&](const RemoveStackFile& gone) { remove(observed.files, gone.id); },
                   [&](const CreateStackService& create) {
                       const std::string name = name_in(create.spec);
                       observed.services[name] = {.id = new_id("service"),
                                                  .name = name,
                                                  .version = 1,
                                                  .spec = create.spec,
                                                  .running = 2,
                                                  .wanted = 2};
                   },
                   [&](const UpdateStackService& update) {
                       ObservedStackService& service = observed.services.at(name_in(update.spec));
                       EXPECT_EQ(service.version, update.version);
                       ++service.version;
                       service.spec = update.spec;
                       service.update = ServiceUpdate::completed;
                   },
                   [&](const RemoveStackService& gone) {
                       std::erase_if(observed.services,
                                     [&](const auto& each) { return each.second.id == gone.id; });
                   },
                   [](const auto&) { ADD_FAILURE() << "not a step of a stack"; },
               },
               operation);
}

}  // namespace dockerext::test
