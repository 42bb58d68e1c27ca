#pragma once

#include "model/settings.hpp"
#include "registry/answers.hpp"

#include <chrono>
#include <optional>
#include <string>

/// Questions to registries about their images, asked by the daemon itself over https: the engine's own
/// question (GET /distribution) counts as a pull at Docker Hub.
namespace dockerext::registry {

template <typename T>
struct Answer {
    Result<T> result;
    std::optional<std::chrono::seconds> retry_after;  ///< the pause that a refusing registry asked for
    bool is_refused = false;                          ///< the error is an answer of the registry
};

using Login = std::optional<model::PasswordLogin>;

/// The digest that the reference has now: a HEAD, which counts as no pull. `unavailable` or `timeout` if the
/// registry cannot be reached in this way; errors of an answer: answers.hpp. No error contains a password or
/// a token.
Task<Answer<std::string>> current_digest(Reference reference, Login login);

/// When the image was created that the reference (a digest) has for the platform; nullopt if it does not say.
/// Reads its manifest, which counts as a pull.
Task<Answer<std::optional<WallTime>>> creation_time(Reference reference, std::string platform, Login login);

/// How a registry answers to somebody without a login.
struct Reached {
    unsigned status = 0;
    std::optional<WallTime> time;  ///< by its clock
};
/// GET /v2/. Any answer is a success.
Task<Result<Reached>> reach(WebServer server);

}  // namespace dockerext::registry
