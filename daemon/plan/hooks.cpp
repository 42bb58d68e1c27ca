// The part of ServicePlanner that runs commands in containers: after a start, before a stop.
#include "plan/service_planner.hpp"

#include "base/utf8.hpp"

#include <algorithm>

namespace dockerext::plan {

using namespace model;

namespace {

constexpr std::size_t longest_command = 80;  ///< in bytes, for display

}  // namespace

/// Hooks are owed only after a start by the daemon. A container that the engine or someone else started gets
/// none, as in Compose.
std::span<const Hook> ServicePlanner::owed_hooks(const Replica& replica,
                                                 const ObservedContainer& container) const {
    const auto found = work_.history.owed_hooks.find(replica.subject);
    if (found == work_.history.owed_hooks.end() || container.state != ContainerState::running) return {};
    const OwedHooks& owed = found->second;
    if (!owed.container.empty() && owed.container != container.id) return {};
    const std::span<const Hook> all(replica.service.post_start);
    return all.last(std::min<std::size_t>(owed.count, all.size()));
}

Need ServicePlanner::run_hooks(const Replica& replica, const ContainerRef& container,
                               std::span<const Hook> hooks, RunHook::When when, Need previous) {
    for (const Hook& hook : hooks) {
        const StepId run =
            work_.add(step(replica, RunHook{container, hook, when}, title_of(hook, when)), previous);
        previous = {.after = {run}};
    }
    return previous;
}

/// Hides secrets before it shortens the command, since a truncated secret would not be found.
std::string ServicePlanner::title_of(const Hook& hook, RunHook::When when) const {
    std::string command;
    for (const std::string& word : hook.command) command += (command.empty() ? "" : " ") + word;
    command = work_.desired.redact(command);
    if (command.size() > longest_command) command = valid_utf8(command.substr(0, longest_command)) + "...";
    return std::string(to_string(when)) + " hook '" + command + "'";
}

}  // namespace dockerext::plan
