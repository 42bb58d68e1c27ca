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
/// key, also in hexadecimal. Fails if the settings cannot be read.
Result<Redactor> secrets_of_machine(const std::filesystem::path& root, const state::Paths& paths);

/// A redactor of these secrets that knows them in hexadecimal, too.
Redactor with_hexadecimal(std::vector<Secret> secrets);

/// `text` with every password in an address hidden: "http://user:(hidden)@proxy:3128".
std::string without_passwords(std::string_view text);

/// An inspect of a container with the values of its environment hidden: others than the protected settings
/// may put a secret there. `invalid_input` for anything else than an inspect.
Result<std::string> without_environment(std::string_view inspect);

}  // namespace dockerext::bundle
