#pragma once

#include "base/error.hpp"
#include "base/redactor.hpp"

#include <string>
#include <string_view>

namespace dockerext::engine {

/// The engine's message without what differs between two occurrences of the same failure, and without the
/// layers of the engine that it passed: ids of endpoints, "OCI runtime create failed". Ids of containers are
/// shortened. Redacted before that: a shortened secret is none that `redact` knows.
std::string plain_message(std::string_view text, const Redactor& redact);

/// What to do when an image could not be pulled, beginning with the kind of problem ("credentials: …"); "" if
/// the engine's message names none that is known.
std::string pull_advice(const std::string& message);

/// Whether no answer of a registry was the problem, so that other images of that registry would fail, too.
bool is_registry_unreachable(const Error& error);

}  // namespace dockerext::engine
