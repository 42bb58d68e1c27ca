#pragma once

#include "model/settings.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace dockerext::model {

/// The name under which docker keeps the login to a registry: "example.azurecr.io", "host:5000", and
/// "https://index.docker.io/v1/" for Docker Hub. `server` is as people write it: with or without scheme and
/// path; "" is Docker Hub.
std::string registry_key(std::string_view server);

/// The same of the registry that an image comes from: "nginx" is Docker Hub's, "host:5000/nginx" is not.
std::string registry_of(std::string_view image);

/// Who we are where an image comes from; null where we are nobody. Lives as long as `logins`.
const RegistryLogin* login_for(std::string_view image, std::span<const RegistryLogin> logins);

/// The member "auth" in docker's config.json.
Secret stored_auth(std::string_view username, const Secret& password);

/// The header X-Registry-Auth of the Engine API (1.40 and later) for a registry by its key.
Secret registry_auth_header(std::string_view key, std::string_view username, const Secret& password);

/// Such a header for an image, as far as we have a user name and a password where it comes from.
std::optional<Secret> pull_auth(std::string_view image, std::span<const RegistryLogin> logins);

/// The header X-Registry-Config of a build: all logins with user name and password, by the registries' keys.
/// None when there are none.
std::optional<Secret> build_auth(std::span<const RegistryLogin> logins);

}  // namespace dockerext::model
