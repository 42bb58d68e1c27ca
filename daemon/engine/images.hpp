#pragma once

#include "base/json_document.hpp"
#include "base/secret.hpp"
#include "engine/client.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>

/// /images of the Engine API.
namespace dockerext::engine {

/// GET /images/{ref}/json; `not_found` if the engine has no such image.
Task<Result<JsonDocument>> inspect_image(Client& client, std::string ref);

/// Every reference the engine has (tags and digests) with its image id, from GET /images/json.
Task<Result<std::map<std::string, std::string>>> list_images(Client& client);

/// GET /distribution/{ref}/json: the digest that the reference has at its registry, which the engine asks. At
/// Docker Hub this counts as a pull. `auth`: as for a pull.
Task<Result<std::string>> registry_digest(Client& client, std::string ref, std::optional<Secret> auth);

struct PullProgress {
    std::uint64_t done_bytes = 0;  ///< over all layers whose size is known
    std::uint64_t total_bytes = 0;
    unsigned done_layers = 0;
    unsigned total_layers = 0;
    bool operator==(const PullProgress&) const = default;
};

/// POST /images/create?fromImage=…&tag=…; fails with the error that the engine or the registry reports in the
/// stream. `auth` is the X-Registry-Auth header's value, if any. `progress` is called during the call, on
/// this thread. `platform`: "linux/arm64", or "" for the engine's own.
Task<Result<>> pull_image(Client& client, std::string ref, std::optional<Secret> auth,
                          std::function<void(const PullProgress&)> progress, std::string platform = {});

/// POST /build with the engine's own builder (version=1). `query` holds its parameters. `context` gives the
/// tar in pieces, or nothing if the engine fetches the context itself. Fails with the engine's error and the
/// last lines of the failed step. `auth` is the X-Registry-Config header's value, if any.
Task<Result<>> build_image(Client& client, std::string ref, std::string query,
                           std::function<Task<Result<std::string>>()> context,
                           std::optional<Secret> auth = {});

}  // namespace dockerext::engine
