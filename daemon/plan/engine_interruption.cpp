#include "plan/engine_interruption.hpp"

#include <algorithm>
#include <string>
#include <variant>

namespace dockerext::plan {

using namespace model;

namespace {

std::string interruption(const std::optional<RunningContainers>& running) {
    if (!running) return "restarts dockerd";
    if (running->count == 0) return "restarts dockerd; no container runs";
    if (running->live_restore) return "restarts dockerd; no container is interrupted (live-restore)";
    const bool is_one = running->count == 1;
    return "restarts dockerd; " + std::to_string(running->count) +
           (is_one ? " container is interrupted" : " containers are interrupted");
}

std::string effect_text(ChangeEngine::Effect effect, const std::optional<RunningContainers>& running) {
    switch (effect) {
    case ChangeEngine::Effect::none: return "nothing is restarted";
    case ChangeEngine::Effect::reload: return "reloads dockerd; no container is interrupted";
    case ChangeEngine::Effect::restart: return interruption(running);
    }
    return "";
}

}  // namespace

bool touches_engine(const Plan& plan) {
    return std::any_of(plan.steps.begin(), plan.steps.end(), [](const Step& step) {
        const auto* change = std::get_if<ChangeEngine>(&step.operation);
        return std::holds_alternative<InstallEngine>(step.operation) ||
               std::holds_alternative<StartEngine>(step.operation) ||
               (change != nullptr && change->effect != ChangeEngine::Effect::none);
    });
}

bool restarts_engine(const Plan& plan) {
    return std::any_of(plan.steps.begin(), plan.steps.end(), [](const Step& step) {
        const auto* change = std::get_if<ChangeEngine>(&step.operation);
        return change != nullptr && change->effect == ChangeEngine::Effect::restart;
    });
}

void tell_interruptions(Plan& plan, const std::optional<RunningContainers>& running) {
    for (Step& step : plan.steps) {
        const auto* const change = std::get_if<ChangeEngine>(&step.operation);
        if (change != nullptr) step.reason += "; " + effect_text(change->effect, running);
    }
}

}  // namespace dockerext::plan
