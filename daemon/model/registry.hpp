#pragma once

#include "model/settings.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace dockerext::model {

/// The name under which docker stores the login to a registry: "example.azurecr.io", "host:5000", and
/// "https://index.docker.io/v1/" for Docker Hub. `server` is as people write it: with or without scheme and
/// path; "" is Docker Hub.
std::string registry_key(std::string_view server);

/// The registry that an image reference begins with: "host:5000" of "host:5000/nginx"; "" if it names none.
std::string_view named_registry(std::string_view image);

/// The key of the registry that an image comes from: "nginx" comes from Docker Hub, "host:5000/nginx" does
/// not.
std::string registry_of(std::string_view image);

/// A digest or an image's id as people read it: "sha256:" and the first twelve digits.
std::string short_digest(std::string_view digest);

/// Our login for the registry that an image comes from; null if there is none. Valid as long as `logins`.
const RegistryLogin* login_for(std::string_view image, std::span<const RegistryLogin> logins);

/// The member "auth" in docker's config.json.
Secret stored_auth(std::string_view username, const Secret& password);

/// What the Engine API calls AuthConfig, for the registry with this key.
Secret login_json(std::string_view key, std::string_view username, const Secret& password);
/// The header X-Registry-Auth of the Engine API (1.40 and later) for the registry with this key.
Secret registry_auth_header(std::string_view key, std::string_view username, const Secret& password);

/// This header for an image; nullopt unless we have a user name and a password for its registry.
std::optional<Secret> pull_auth(std::string_view image, std::span<const RegistryLogin> logins);

/// The header X-Registry-Config of a build: all logins with user name and password, by the registries' keys.
/// nullopt if there are no such logins.
std::optional<Secret> build_auth(std::span<const RegistryLogin> logins);

}  // namespace dockerext::model
