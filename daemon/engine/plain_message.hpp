#pragma once

#include <string>

namespace dockerext::engine {

/// The engine's message without what differs between two occurrences of the same failure, and without the
/// layers of the engine that it passed: ids of endpoints, "OCI runtime create failed". Ids of containers are
/// shortened.
std::string plain_message(std::string message);

/// What to do when an image could not be pulled, beginning with the kind of problem ("credentials: …"); "" if
/// the engine's message names none that is known.
std::string pull_advice(const std::string& message);

}  // namespace dockerext::engine
