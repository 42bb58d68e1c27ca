#include "planned_stack.hpp"

#include "base/json_document.hpp"
#include "base/overloaded.hpp"
#include "plan/plan_text.hpp"
#include "plan/stack_planner.hpp"
#include "promise.hpp"

#include <algorithm>
#include <string>

namespace dockerext {
namespace {

using namespace model;

/// A swarm that does what it is told. External objects exist already.
struct Swarm {
    explicit Swarm(const Stack& stack);
    void take(const Operation& operation);

    ObservedSwarm state;
    ObservedStack observed;

private:
    void store(const std::string& spec);
    std::string new_id() { return "id" + std::to_string(++ids_) + "."; }
    unsigned ids_ = 0;
};

Swarm::Swarm(const Stack& stack) {
    ObservedNode leader;
    leader.id = state.node_id = "n1";
    leader.leader = state.manager = true;
    state.state = LocalNodeState::active;
    state.nodes = {leader};
    for (const StackFile& file : stack.files) {
        if (file.external) observed.files.push_back({file.kind, new_id(), file.name, {}, std::nullopt});
    }
    for (const auto& [name, network] : stack.networks) {
        if (network.external) observed.networks.push_back({NetworkId{new_id()}, network});
    }
}

void Swarm::store(const std::string& spec) {
    const auto document = JsonDocument::parse(spec, JsonDialect::strict, {.bytes = 64U << 20, .depth = 64});
    promise(document.has_value(), "a service's spec is JSON", spec);
    const auto name = document->root().at("Name");
    promise(name && name->string(), "a service's spec has its name", spec);
    ObservedStackService& service = observed.services[*name->string()];
    if (service.id.empty()) service.id = new_id();
    service.name = *name->string();
    service.spec = spec;
}

void Swarm::take(const Operation& operation) {
    const auto take_network = [&](const CreateNetwork& create) {
        observed.networks.push_back({NetworkId{new_id()}, create.spec});
    };
    const auto take_file = [&](const CreateStackFile& create) {
        const StackFile& file = create.file;
        const bool is_config = file.kind == StackFileKind::config;
        observed.files.push_back(
            {file.kind, new_id(), file.name, file.labels,
             is_config ? std::optional(std::string(file.content.reveal())) : std::nullopt});
    };
    std::visit(overloaded{
                   take_network,
                   take_file,
                   [&](const CreateStackService& create) { store(create.spec); },
                   [](const auto&) { promise(false, "a new stack needs only creations"); },
               },
               operation);
}

}  // namespace

void check_planned_stack(const StackDesired& desired, const Redactor& redact) {
    Swarm swarm(*desired.stack);
    const SwarmHistory history;
    constexpr int rounds = 3;  // what services need, the services, nothing
    plan::StackPlan made;
    for (int round = 0; round < rounds; ++round) {
        made = plan::plan_stack(desired, swarm.state, swarm.observed, history, redact, {});
        for (const Step& step : made.plan.steps) {
            if (step.waits_for.empty()) swarm.take(step.operation);
        }
    }
    promise(made.plan.steps.empty() && made.plan.held.empty(), "a stack that is deployed needs nothing more",
            plan::to_text(made.plan));
}

}  // namespace dockerext
