#pragma once

#include "model/plan.hpp"

#include <string>

namespace dockerext::plan {

/// One line for each step, for display and tests:
/// "[0] -> 1 start demo-web-1: not running (state: exited → running); waits for db to be healthy".
/// Then a line for each held subject: "held container web-1: backoff: …".
std::string to_text(const model::Plan& plan);

/// {"steps":[{"id","after","verb","object","service","reason","changes":[{field,have,want}],"waitsFor"}],
///  "held":[{"subject","service","why","reason"}]}; `service` is null for objects that services share.
std::string to_json(const model::Plan& plan);

/// `plan` for display. Subjects are named after images, networks and volumes, and may hold a secret. In the
/// rest of the plan, secrets are hidden already.
model::Plan redacted(model::Plan plan, const Redactor& redact);

}  // namespace dockerext::plan
