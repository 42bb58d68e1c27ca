#include "model/plan.hpp"

#include "base/joined.hpp"
#include "base/overloaded.hpp"

namespace dockerext::model {

namespace {

/// A container that an earlier step creates is referred to by that step's number, which shifts too.
template <typename Operation>
void renumber(Operation& operation, StepId offset) {
    if constexpr (requires { operation.container; }) {
        if (auto* const creator = std::get_if<StepId>(&operation.container)) *creator += offset;
    }
}

}  // namespace

Plan combined(Plan first, Plan second) {
    const StepId offset = first.steps.size();
    for (Step& step : second.steps) {
        for (StepId& before : step.after) before += offset;
        std::visit([&](auto& operation) { renumber(operation, offset); }, step.operation);
        first.steps.push_back(std::move(step));
    }
    first.held.insert(first.held.end(), second.held.begin(), second.held.end());
    return first;
}

std::string_view verb(const Operation& operation) {
    return std::visit(overloaded{
                          [](const PullImage&) { return "pull image"; },
                          [](const BuildImage&) { return "build image"; },
                          [](const RemoveImage&) { return "remove image"; },
                          [](const CreateNetwork&) { return "create network"; },
                          [](const RemoveNetwork&) { return "remove network"; },
                          [](const CreateVolume&) { return "create volume"; },
                          [](const RemoveVolume&) { return "remove volume"; },
                          [](const CreateContainer&) { return "create"; },
                          [](const ConnectNetwork&) { return "connect"; },
                          [](const DisconnectNetwork&) { return "disconnect"; },
                          [](const UpdateContainer&) { return "update"; },
                          [](const RenameContainer&) { return "rename"; },
                          [](const UnpauseContainer&) { return "unpause"; },
                          [](const PutFiles&) { return "put files into"; },
                          [](const StartContainer&) { return "start"; },
                          [](const RunHook&) { return "run hook in"; },
                          [](const RestartContainer&) { return "restart"; },
                          [](const StopContainer&) { return "stop"; },
                          [](const RemoveContainer&) { return "remove"; },
                          [](const InstallEngine&) { return "install"; },
                          [](const ReleaseVersion&) { return "release"; },
                          [](const RemoveEngine&) { return "remove"; },
                          [](const ChangeEngine&) { return "configure"; },
                          [](const StartEngine&) { return "start"; },
                          [](const VerifyLogin&) { return "log in to"; },
                          [](const InitSwarm&) { return "initialize swarm"; },
                          [](const JoinSwarm&) { return "join swarm"; },
                          [](const UnlockSwarm&) { return "unlock"; },
                          [](const LeaveSwarm&) { return "leave"; },
                          [](const UpdateNode&) { return "update node"; },
                          [](const UpdateSwarm&) { return "update"; },
                          [](const RemoveNode&) { return "remove node"; },
                          [](const CreateStackFile& create) {
                              return create.file.kind == StackFileKind::config ? "create config"
                                                                               : "create secret";
                          },
                          [](const RemoveStackFile& remove) {
                              return remove.kind == StackFileKind::config ? "remove config" : "remove secret";
                          },
                          [](const CreateStackService&) { return "create service"; },
                          [](const UpdateStackService&) { return "update service"; },
                          [](const RemoveStackService&) { return "remove service"; },
                      },
                      operation);
}

std::string to_string(const Change& change) {
    const auto side = [](const std::string& value) { return value.empty() ? "(none)" : value; };
    return change.field + ": " + side(change.have) + " → " + side(change.want);
}

std::string fields_of(const std::vector<Change>& changes) {
    return joined(changes, ", ", std::mem_fn(&Change::field));
}

std::string with_changes(const std::string& reason, const std::vector<Change>& changes) {
    std::string differences;
    for (const Change& change : changes) differences += (differences.empty() ? "" : "; ") + to_string(change);
    if (differences.empty()) return reason;
    return reason.empty() ? differences : reason + " (" + differences + ")";
}

}  // namespace dockerext::model
