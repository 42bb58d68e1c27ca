#pragma once

#include "base/problem.hpp"
#include "model/desired.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace dockerext::compose {

struct Input {
    std::string document;              ///< JSON text of the Compose model, or of services at the top level
    std::string pointer = "/compose";  ///< where it stood; begins the path of every problem
    std::map<std::string, std::string>
        environment;                ///< for interpolation, and for environment keys without a value
    std::string project_directory;  ///< absolute; relative paths resolve against it
    std::string config_file;        ///< absolute; the label project.config_files
};

/// A project exactly when there is no problem.
struct Loaded {
    std::optional<model::Project> project;
    std::vector<Problem> problems;
};

/// The document as Docker Compose v2 would understand it (compose-semantics 1–4), every problem at once.
/// Pure: reads no file and no clock.
Loaded load(const Input& input);

}  // namespace dockerext::compose
