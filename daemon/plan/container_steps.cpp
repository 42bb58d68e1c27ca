#include "plan/container_steps.hpp"

#include "base/utf8.hpp"
#include "plan/engine_api.hpp"
#include "plan/slots.hpp"
#include "plan/wanted_container.hpp"

#include <algorithm>

namespace dockerext::plan {

using namespace model;

namespace {

constexpr std::size_t longest_command = 80;  ///< in bytes, for display
constexpr int several_endpoints_since = 44;  ///< from Engine API 1.44 on, create takes more than one network

/// Hides secrets before it shortens the command, since a truncated secret would not be found.
std::string title_of(const Hook& hook, RunHook::When when, const Redactor& redact) {
    std::string command;
    for (const std::string& word : hook.command) command += (command.empty() ? "" : " ") + word;
    command = redact(command);
    if (command.size() > longest_command) command = valid_utf8(command.substr(0, longest_command)) + "...";
    return std::string(to_string(when)) + " hook '" + command + "'";
}

/// Whether a stop precedes the step, so that the service is down until the step runs.
bool follows_a_stop(const Plan& plan, const Need& need) {
    return std::any_of(need.after.begin(), need.after.end(), [&](StepId before) {
        return std::holds_alternative<StopContainer>(plan.steps[before].operation);
    });
}

}  // namespace

Step step(const Replica& replica, Operation operation, std::string reason, std::vector<Change> changes) {
    return {.operation = std::move(operation),
            .subject = replica.subject,
            .service = replica.service.name,
            .object = replica.name.value,
            .reason = std::move(reason),
            .changes = std::move(changes)};
}

/// Hooks are pending only after a start by the daemon. A container that the engine or someone else started
/// gets none, as in Compose.
std::span<const Hook> pending_hooks(const Replica& replica, const ObservedContainer& container) {
    const auto found = replica.work.history.pending_hooks.find(replica.subject);
    if (found == replica.work.history.pending_hooks.end() || container.state != ContainerState::running)
        return {};
    const PendingHooks& pending = found->second;
    if (!pending.container.empty() && pending.container != container.id) return {};
    const std::span<const Hook> all(replica.service.post_start);
    return all.last(std::min<std::size_t>(pending.count, all.size()));
}

Need run_hooks(const Replica& replica, const ContainerRef& container, std::span<const Hook> hooks,
               RunHook::When when, Need previous) {
    for (const Hook& hook : hooks) {
        const StepId run = replica.work.add(
            step(replica, RunHook{container, hook, when}, title_of(hook, when, replica.work.desired.redact)),
            previous);
        previous = {.after = {run}};
    }
    return previous;
}

/// Creates the container, and joins the additional networks that the engine's API does not take in the same
/// call.
StepId add_create_steps(const Replica& replica, const ObservedContainer* old, const std::string& reason,
                        std::vector<Change> changes, const Need& need) {
    CreateContainer operation{replica.name, complete_spec(replica, old)};
    if (old != nullptr) operation.name = temporary_name(old->id, replica.name);
    const auto networks = operation.spec.networks;
    const std::string first = operation.spec.network_mode;
    const StepId made =
        replica.work.add(step(replica, std::move(operation), reason, std::move(changes)), need);
    if (speaks(replica.work.observed.engine, several_endpoints_since)) return made;
    for (const auto& [network, endpoint] : networks) {
        if (network.value == first) continue;
        (void)replica.work.add(step(replica, ConnectNetwork{made, network, endpoint}, reason),
                               {.after = {replica.work.plan.steps.size() - 1}});
    }
    return made;
}

StartKind next_start(const ObservedContainer& container) {
    return container.state == ContainerState::created ? StartKind::first : StartKind::repeated;
}

StepId start(const Replica& replica, const ContainerRef& container, StartKind kind, const std::string& reason,
             Need need, std::vector<Change> changes) {
    const bool restores = follows_a_stop(replica.work.plan, need);
    if (kind == StartKind::first && !replica.service.files.empty()) {
        Step put = step(replica, PutFiles{container, replica.service.files}, reason);
        put.restores = restores;
        need.after = {replica.work.add(std::move(put), need)};
    }
    Step starting = step(replica, StartContainer{container}, reason, std::move(changes));
    starting.restores = restores;
    const StepId started = replica.work.add(std::move(starting), need);
    const Need last = run_hooks(replica, container, replica.service.post_start, RunHook::When::post_start,
                                {.after = {started}});
    return last.after.back();
}

StepId stop(const Replica& replica, const ObservedContainer& container, const std::string& reason,
            const Need& need) {
    const bool runs = container.state == ContainerState::running;
    const std::span<const Hook> hooks =
        runs ? std::span<const Hook>(replica.service.pre_stop) : std::span<const Hook>();
    const Need previous = run_hooks(replica, container.id, hooks, RunHook::When::pre_stop, need);
    return replica.work.add(step(replica, StopContainer{container.id, grace_of(container)}, reason),
                            previous);
}

}  // namespace dockerext::plan
