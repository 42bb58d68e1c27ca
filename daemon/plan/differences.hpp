#pragma once

#include "model/desired.hpp"
#include "model/observed.hpp"
#include "model/plan.hpp"

#include <string>
#include <vector>

namespace dockerext::plan {

/// What a slot's container is held against.
struct Expectation {
    const model::Service& service;
    unsigned number = 1;
    const model::ObservedImage* image = nullptr;   ///< null when the reference is not present locally
    std::string network_mode, ipc_mode, pid_mode;  ///< with service:X resolved, as is the next
    std::vector<std::string> volumes_from;
    const Redactor& redact;
    const model::EngineFacts& engine;
    const model::Observed& observed;
};

/// The lowest rung of the repair ladder that puts a field right.
enum class Repair { update, recreate };

struct Difference {
    model::Change change;
    Repair repair = Repair::recreate;
};

std::vector<model::Change> changes_of(const std::vector<Difference>& differences);

/// That it should run.
model::Change state_change(const model::ObservedContainer& container);

/// Every field of the container that is not as image, engine and service together would have it; attachments
/// to networks aside (attachments.hpp). What the service leaves to image or engine is compared only where
/// their choice is known for certain: a false difference would recreate for ever. None of Compose's
/// bookkeeping labels counts.
std::vector<Difference> differences(const Expectation& expected, const model::ObservedContainer& container);

}  // namespace dockerext::plan
