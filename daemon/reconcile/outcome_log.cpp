#include "reconcile/outcome_log.hpp"

#include "base/log.hpp"
#include "base/message_id.hpp"

namespace dockerext::reconcile {

void log_outcome(const apply::Outcome& outcome, std::uint64_t cycle) {
    if (outcome.skipped || (outcome.error && outcome.error->kind() == ErrorKind::cancelled)) return;
    const model::Step& step = outcome.step;
    const bool about_container = step.subject.kind == model::Subject::Kind::container;
    const log::Field object{about_container ? "CONTAINER" : "OBJECT", step.object};
    const log::Field id{"CONTAINER_ID", outcome.container ? std::string_view(outcome.container->value) : ""};
    const log::Field service{"SERVICE", step.service ? std::string_view(step.service->value) : ""};
    const std::string number = std::to_string(cycle);
    const std::string_view verb = model::verb(step.operation);
    if (outcome.error) {
        log::warning("step failed", {log::id_step_failed,
                                     {"STEP", verb},
                                     object,
                                     id,
                                     service,
                                     {"CYCLE", number},
                                     {"REASON", step.reason},
                                     {"ERROR", outcome.error->message()}});
    } else {
        log::info("step done", {log::id_drift_repaired,
                                {"STEP", verb},
                                object,
                                id,
                                service,
                                {"CYCLE", number},
                                {"REASON", step.reason}});
    }
}

}  // namespace dockerext::reconcile
