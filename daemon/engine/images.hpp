#pragma once

#include "base/json_document.hpp"
#include "base/secret.hpp"
#include "engine/client.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

/// /images of the Engine API.
namespace dockerext::engine {

/// GET /images/{ref}/json; `not_found` if the engine has no such image.
Task<Result<JsonDocument>> inspect_image(Client& client, std::string ref);

struct ImageSummary {
    std::string id;                          ///< "sha256:…"
    std::vector<std::string> tags, digests;  ///< without Docker's placeholders for a nameless image
    std::uint64_t size = 0;                  ///< bytes, including layers that other images share
    bool operator==(const ImageSummary&) const = default;
};

/// GET /images/json: all images except nameless ones that others are made from.
Task<Result<std::vector<ImageSummary>>> list_images(Client& client);
/// The same with those.
Task<Result<std::vector<ImageSummary>>> list_all_images(Client& client);

/// DELETE /images/{id}, without force, and without its nameless parents. If it has a name that is not in
/// `names` (tags and digests), or a container uses it or an image that is made from it, it is a `conflict`,
/// and nothing is touched. An image that is gone counts as removed.
Task<Result<>> remove_image(Client& client, std::string id, std::set<std::string> names);

/// What an image was made for, in the words of its registry: "amd64", "linux".
struct ImagePlatform {
    std::string architecture, os;
    bool operator==(const ImagePlatform&) const = default;
};
/// What a reference stands for at its registry.
struct RegistryImage {
    std::string digest;
    std::vector<ImagePlatform> platforms;
    bool operator==(const RegistryImage&) const = default;
};
/// GET /distribution/{ref}/json: the engine asks the registry. At Docker Hub this counts as a pull. `auth`:
/// as for a pull.
Task<Result<RegistryImage>> registry_image(Client& client, std::string ref, std::optional<Secret> auth);
/// The same for the digest alone.
Task<Result<std::string>> registry_digest(Client& client, std::string ref, std::optional<Secret> auth);

struct PullProgress {
    std::uint64_t done_bytes = 0;  ///< over all layers whose size is known
    std::uint64_t total_bytes = 0;
    unsigned done_layers = 0;
    unsigned total_layers = 0;
    bool operator==(const PullProgress&) const = default;
};

/// Whether a pull or a build failed with this message because the engine's disk is too full.
bool is_lack_of_space(std::string_view message);

struct Pulled {
    bool is_new = false;  ///< the engine did not have all of the image
    std::string digest;   ///< that the registry has for the reference; "" if the engine did not say
    bool operator==(const Pulled&) const = default;
};
/// What is free on the engine's disk for a pull that has come so far; nullopt: unknown.
using RoomForPull = std::function<std::optional<std::uint64_t>(const PullProgress&)>;

/// POST /images/create?fromImage=…&tag=…; fails with the error that the engine or the registry reports in the
/// stream. `auth` is the X-Registry-Auth header's value, if any. `progress` is called during the call, on
/// this thread. `platform`: "linux/arm64", or "" for the engine's own. Ends the pull with `unavailable` as
/// soon as the layers are known to need more than `room` says. `not_found`: the registry answered that it has
/// no such image.
Task<Result<Pulled>> pull_image(Client& client, std::string ref, std::optional<Secret> auth,
                                std::function<void(const PullProgress&)> progress, std::string platform = {},
                                RoomForPull room = {});

/// POST /build with the engine's own builder (version=1). `query` holds its parameters. `context` gives the
/// tar in pieces, or nothing if the engine fetches the context itself. Fails with the engine's error and the
/// last lines of the failed step. `auth` is the X-Registry-Config header's value, if any. `image` is called
/// with the beginning of the id of each image that the build starts from, makes or takes from the cache.
Task<Result<>> build_image(Client& client, std::string ref, std::string query,
                           std::function<Task<Result<std::string>>()> context,
                           std::optional<Secret> auth = {}, std::function<void(std::string_view)> image = {});

}  // namespace dockerext::engine
