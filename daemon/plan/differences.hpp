#pragma once

#include "model/desired.hpp"
#include "model/observed.hpp"
#include "model/plan.hpp"

#include <string>
#include <vector>

namespace dockerext::plan {

/// What a slot's container is compared with.
struct Expectation {
    const model::Service& service;
    unsigned number = 1;
    const model::ObservedImage* image = nullptr;   ///< null when the reference is not present locally
    std::string network_mode, ipc_mode, pid_mode;  ///< with service:X resolved, as in `volumes_from`
    std::vector<std::string> volumes_from;
    const Redactor& redact;
    const model::EngineFacts& engine;
    const model::Observed& observed;
};

/// The least disruptive way to repair a field.
enum class Repair { update, recreate };

struct Difference {
    model::Change change;
    Repair repair = Repair::recreate;
};

std::vector<model::Change> changes_of(const std::vector<Difference>& differences);

/// The change for a container that should run and does not.
model::Change state_change(const model::ObservedContainer& container);

/// Every field of the container that differs from what image, engine and service together ask for, except
/// attachments to networks (attachments.hpp). A field that the service leaves to the image or the engine is
/// compared only where their choice is known for certain: a false difference would recreate the container
/// again and again. Compose's bookkeeping labels are not compared.
std::vector<Difference> differences(const Expectation& expected, const model::ObservedContainer& container);

}  // namespace dockerext::plan
