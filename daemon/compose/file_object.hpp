#pragma once

#include "base/secret.hpp"
#include "compose/field.hpp"

#include <optional>
#include <string>

namespace dockerext::compose {

/// A member of the top-level `configs` or `secrets`.
struct FileObject {
    std::string name;
    std::string file;
    std::string environment;
    std::optional<std::string> content;  ///< as written (configs only)
    bool external = false;
    std::string driver, template_driver;
    std::optional<Secret> value;  ///< the content to write into containers; without it, `file` is mounted
    std::string pointer;
};

FileObject read_config(const Node& node, Diagnostics& diagnostics);
FileObject read_secret(const Node& node, Diagnostics& diagnostics);

}  // namespace dockerext::compose
