#pragma once

#include "loading.hpp"

namespace dockerext::compose {

using Files = std::map<std::string, std::string>;

/// The input for a YAML text with these files beside it.
inline Input input_with(const std::string& yaml, Files files) {
    Input input = input_of_yaml(yaml);
    input.read_file = [files = std::move(files)](const std::string& path) -> Result<std::string> {
        const auto found = files.find(path);
        if (found == files.end()) return Error(ErrorKind::not_found, "no such file");
        return found->second;
    };
    return input;
}

}  // namespace dockerext::compose
