#include "reconcile/outcome_log.hpp"

#include "base/log.hpp"
#include "base/message_id.hpp"
#include "base/overloaded.hpp"

namespace dockerext::reconcile {

using namespace model;

namespace {

/// What has been done, before the name of the object.
std::string_view past_verb(const Operation& operation) {
    return std::visit(
        overloaded{
            [](const PullImage&) { return "pulled image"; },
            [](const BuildImage&) { return "built image"; },
            [](const RemoveImage&) { return "removed image"; },
            [](const CreateNetwork&) { return "created network"; },
            [](const RemoveNetwork&) { return "removed network"; },
            [](const CreateVolume&) { return "created volume"; },
            [](const RemoveVolume&) { return "removed volume"; },
            [](const CreateContainer&) { return "created"; },
            [](const ConnectNetwork&) { return "connected"; },
            [](const DisconnectNetwork&) { return "disconnected"; },
            [](const UpdateContainer&) { return "updated"; },
            [](const RenameContainer&) { return "renamed"; },
            [](const UnpauseContainer&) { return "unpaused"; },
            [](const PutFiles&) { return "put files into"; },
            [](const StartContainer&) { return "started"; },
            [](const RunHook&) { return "ran a hook in"; },
            [](const RestartContainer&) { return "restarted"; },
            [](const StopContainer&) { return "stopped"; },
            [](const RemoveContainer&) { return "removed"; },
            [](const InstallEngine&) { return "installed"; },
            [](const ReleaseVersion&) { return "released"; },
            [](const RemoveEngine&) { return "removed"; },
            [](const ChangeEngine&) { return "configured"; },
            [](const StartEngine&) { return "started"; },
            [](const VerifyLogin&) { return "logged in to"; },
            [](const InitSwarm&) { return "initialized swarm"; },
            [](const JoinSwarm&) { return "joined swarm"; },
            [](const UnlockSwarm&) { return "unlocked"; },
            [](const LeaveSwarm&) { return "left"; },
            [](const UpdateNode&) { return "updated node"; },
            [](const UpdateSwarm&) { return "updated"; },
            [](const RemoveNode&) { return "removed node"; },
            [](const CreateStackFile& create) {
                return create.file.kind == StackFileKind::config ? "created config" : "created secret";
            },
            [](const RemoveStackFile& remove) {
                return remove.kind == StackFileKind::config ? "removed config" : "removed secret";
            },
            [](const CreateStackService&) { return "created service"; },
            [](const UpdateStackService&) { return "updated service"; },
            [](const RemoveStackService&) { return "removed service"; },
        },
        operation);
}

/// Such a container gets its final name when it takes the place of the old one.
bool is_successor(const Step& step) {
    const auto* const create = std::get_if<CreateContainer>(&step.operation);
    return create != nullptr && create->name.value != step.object;
}

}  // namespace

std::string OutcomeLog::text_of(const apply::Outcome& outcome) {
    const Step& step = outcome.step;
    const std::string service = step.service ? step.service->value + ": " : "";
    if (outcome.error)
        return service + "cannot " + std::string(verb(step.operation)) + " " + step.object + ": " +
               outcome.error->message();
    std::string done(past_verb(step.operation));
    std::string why = with_changes(step.reason, step.changes);
    if (is_successor(step)) {
        done = "created the successor of";
        if (outcome.created) replacements_[step.subject] = {*outcome.created, why};
    }
    const auto replacement = replacements_.find(step.subject);
    const bool ends_replacement = std::holds_alternative<RenameContainer>(step.operation) &&
                                  replacement != replacements_.end() &&
                                  outcome.container == replacement->second.successor;
    if (ends_replacement) {
        done = "replaced";
        why = replacements_.extract(replacement).mapped().why;
    }
    return service + done + " " + step.object + (why.empty() ? "" : ": " + why);
}

void OutcomeLog::ended(const apply::Outcome& outcome, std::uint64_t cycle) {
    if (outcome.skipped || (outcome.error && outcome.error->kind() == ErrorKind::cancelled)) return;
    const Step& step = outcome.step;
    ++counters_.actions[{model::verb(step.operation), !outcome.error}];
    const bool about_container = step.subject.kind == Subject::Kind::container;
    const log::Field object{about_container ? "CONTAINER" : "OBJECT", step.object};
    const log::Field id{"CONTAINER_ID", outcome.container ? std::string_view(outcome.container->value) : ""};
    const log::Field service{"SERVICE", step.service ? std::string_view(step.service->value) : ""};
    const std::string number = std::to_string(cycle);
    const log::Field verb{"STEP", model::verb(step.operation)};
    const log::Field in_cycle{"CYCLE", number};
    const log::Field reason{"REASON", step.reason};
    const std::string text = text_of(outcome);
    if (outcome.error) {
        log::warning(text, {log::id_step_failed,
                            verb,
                            object,
                            id,
                            service,
                            in_cycle,
                            reason,
                            {"ERROR", outcome.error->message()}});
    } else {
        const log::Field kind = about_container && step.service ? log::id_drift_repaired : log::id_step_done;
        log::info(text, {kind, verb, object, id, service, in_cycle, reason});
    }
}

}  // namespace dockerext::reconcile
