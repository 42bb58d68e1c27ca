#pragma once

#include "reconcile/engine_link.hpp"
#include "reconcile/loop_state.hpp"

#include <chrono>
#include <optional>
#include <set>
#include <string>
#include <vector>

/// Orders from people, and news from the engine. They change what the loop knows, and wake it.
namespace dockerext::reconcile {

// From the settings.
/// If the documents are the same, what has failed is tried again: these services, or with {} everything.
void adopt(LoopState& loop, AcceptedSettings accepted, const std::set<model::ServiceName>& again);
/// `down`: nothing is desired any more, and the project leaves. This is on disk on return; a later
/// process continues the removal if this one ends.
void down(LoopState& loop, model::RemovalScope scope);
/// The project leaves, although settings are in force: their services run as a stack.
void remove_project(LoopState& loop);
/// Waits until all former projects are gone, and returns the names of what was removed. Fails at the
/// first attempt that fails; the loop retries further by itself. `loop` outlives the call.
Task<Result<std::vector<std::string>>> wait_until_down(LoopState& loop);

// From the engine.
void engine_connected(LoopState& loop, const EngineLink::MissedEvents& missed);
void engine_lost(LoopState& loop);
void event_received(LoopState& loop, const engine::Event& event);

// From operators.
void check_everything(LoopState& loop);
void retry(LoopState& loop, const std::set<model::ServiceName>& services);
void restart(LoopState& loop, const std::set<model::ServiceName>& services);
void pause(LoopState& loop, std::optional<std::chrono::seconds> duration);
void resume(LoopState& loop);

}  // namespace dockerext::reconcile
