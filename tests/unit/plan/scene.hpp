#pragma once

#include "world.hpp"

#include <string>

namespace dockerext::test {

/// One service "web" with restart: always and 64 MiB of memory, whose container runs as desired.
World web_running();
/// The same in a hand-over: the successor runs and has held, and the old container is stopped. The settings
/// of the two differ in environment.N; the successor behaves as `program` says.
World web_handing_over(const std::string& program = "serve");

model::Service& web_of(World& world);
/// Changes the settings of the service, as its hash shows.
void new_version(model::Service& service);
/// The container named demo-web-1.
model::ObservedContainer& container_of(World& world);
model::ObservedContainer& successor_of(World& world);
/// The subject of slot web-1.
model::Subject web_subject();

/// Puts `subject` in backoff: it has failed, and its next attempt is still to come.
void back_off(World& world, const model::Subject& subject);

/// Marks the container's run as unproven; `previous_failure` says how its previous run failed, "" if it did
/// not.
void mark_unproven(World& world, const model::ObservedContainer& container,
                   const std::string& previous_failure = "");

/// The plan as text, with container ids replaced by "ID".
std::string plan_text(const World& world);
std::string without_ids(const World& world, std::string text);

/// A change to the observed state, and the resulting plan.
struct Case {
    const char* what;
    void (*arrange)(World&);
    const char* plan;
};

}  // namespace dockerext::test
