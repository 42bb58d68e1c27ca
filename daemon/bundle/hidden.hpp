#pragma once

#include "base/redactor.hpp"
#include "state/paths.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

/// What a bundle must not contain. For this room only.
namespace dockerext::bundle {

/// Hides the secrets of all stored and submitted settings, root's passwords for registries, and the engine's
/// key, also in hexadecimal. Fails if any of them cannot be read.
Result<Redactor> secrets_of_machine(const std::filesystem::path& root, const state::Paths& paths);

/// A redactor of these secrets that knows them in hexadecimal, too.
Redactor with_hexadecimal(std::vector<Secret> secrets);

/// `text` without user and password in any address: "http://(hidden)@proxy:3128".
std::string without_passwords(std::string_view text);

// Others than the protected settings may put secrets into these. What is no JSON is `invalid_input`.

/// An answer of the engine, or its daemon.json, without the values of containers' environments, and of
/// options for volumes and logs. Their names stay.
Result<std::string> without_values(std::string_view json);
/// The list of containers, also without commands and labels of those that are not of the project.
Result<std::string> without_strangers(std::string_view containers, std::string_view project);
/// The texts of units without the values of variables and credentials, and without commands that set a proxy
/// or a password. Of several variables in a setting, the first one's name stays.
std::string without_unit_secrets(std::string_view units);
/// dockerd's log without the requests that it writes if it debugs: they have variables of containers.
std::string without_request_bodies(std::string_view log);
/// A file of variables, such as /etc/default/docker, without their values. Ends after a value that may have
/// more than one line.
std::string without_variables(std::string_view file);

}  // namespace dockerext::bundle
