#pragma once

#include "world.hpp"

#include <string>

namespace dockerext::test {

/// One service, "web", restart: always and 64 MiB, whose container runs as it should.
World web_running();
/// The same, until the successor of its container is there and has held, and the old one is stopped. Its
/// settings differ in environment.N, and it behaves as `program` says.
World web_handing_over(const std::string& program = "serve");

model::Service& web_of(World& world);
/// The container called demo-web-1.
model::ObservedContainer& container_of(World& world);
model::ObservedContainer& successor_of(World& world);
/// The slot web-1.
model::Subject web_subject();

/// `subject` failed, and its time has not come.
void back_off(World& world, const model::Subject& subject);

/// Its run has yet to hold; `last_end` is how the one before it ended, when that was a failure.
void yet_to_hold(World& world, const model::ObservedContainer& container, const std::string& last_end = "");

/// The plan as text, the ids of containers shortened to "ID".
std::string plan_text(const World& world);
std::string without_ids(const World& world, std::string text);

/// What is found, and the plan it gives.
struct Case {
    const char* what;
    void (*happen)(World&);
    const char* plan;
};

}  // namespace dockerext::test
