#pragma once

#include "base/json_document.hpp"
#include "engine/client.hpp"

#include <string>
#include <string_view>
#include <vector>

/// The three forms of nearly all calls of the Engine API. For this room only. `doing` begins the message of
/// every error: "start container web".
namespace dockerext::engine {

/// The status of an answer about an object that does not exist.
constexpr unsigned http_not_found = 404;

/// A query, answered with JSON.
Task<Result<JsonDocument>> get_json(Client& client, HttpRequest request, std::string doing,
                                    Limit limit = limits::inspect);

/// A command; its answer is ignored.
Task<Result<>> send_command(Client& client, HttpRequest request, Limit limit, unsigned also_accepted,
                            std::string doing);

/// Creates an object within limits::create; returns its id.
Task<Result<std::string>> create(Client& client, HttpRequest request, std::string doing);

/// "filters=…" for the target of a list: the objects whose `key` is one of `words`.
std::string filter_parameter(std::string_view key, const std::vector<std::string>& words);

/// For messages: a name unchanged, an id cut to the twelve digits that Docker shows.
std::string short_id(std::string_view id);

}  // namespace dockerext::engine
