#include "reconcile/engine_interruptions.hpp"

#include "engine/response.hpp"
#include "engine/system.hpp"
#include "plan/engine_interruption.hpp"

#include <optional>

namespace dockerext::reconcile {

Task<void> tell_interruptions(engine::Client& client, bool is_connected, model::Plan& plan) {
    std::optional<plan::RunningContainers> running;
    if (is_connected && plan::restarts_engine(plan)) {
        const auto info = co_await engine::info(client);
        if (info)
            running = {engine::integer_in(info->root(), "ContainersRunning"),
                       engine::boolean_in(info->root(), "LiveRestoreEnabled")};
    }
    plan::tell_interruptions(plan, running);
}

}  // namespace dockerext::reconcile
