#pragma once

#include "base/json_document.hpp"
#include "engine/client.hpp"

#include <string>
#include <string_view>

/// The three shapes that nearly all calls of the Engine API have. For this room only. `doing` begins the
/// message of every error: "start container web".
namespace dockerext::engine {

/// A question, answered with JSON within limits::look.
Task<Result<JsonDocument>> ask(Client& client, HttpRequest request, std::string doing);

/// An order, answered with nothing of interest.
Task<Result<>> order(Client& client, HttpRequest request, Limit limit, unsigned also_fine, std::string doing);

/// A creation within limits::create, answered with the new object's id.
Task<Result<std::string>> create(Client& client, HttpRequest request, std::string doing);

/// A name as it is; of an id the twelve digits that Docker shows.
std::string shown(std::string_view id);

}  // namespace dockerext::engine
