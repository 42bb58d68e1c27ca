#pragma once

#include "base/secret.hpp"
#include "compose/field.hpp"

#include <optional>
#include <string>

namespace dockerext::compose {

/// Where the file of a secret is, unless its target is an absolute path.
inline constexpr std::string_view secrets_folder = "/run/secrets/";

/// A member of the top-level `configs` or `secrets`.
struct FileObject {
    std::string name;  ///< the name in the engine, if it is an object of a swarm
    std::string file;
    std::string environment;
    std::optional<std::string> content;  ///< as written (configs only)
    bool external = false;
    std::string driver, template_driver;
    StringMap labels;
    /// The content, from wherever it comes; without it, `file` is mounted.
    std::optional<Secret> value;
    std::string pointer;
};

FileObject read_config(const Node& node, Diagnostics& diagnostics);
FileObject read_secret(const Node& node, Diagnostics& diagnostics);

}  // namespace dockerext::compose
