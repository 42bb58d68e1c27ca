#pragma once

#include "base/error.hpp"
#include "base/problem.hpp"
#include "model/desired.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace dockerext::compose {

/// What a file holds; `not_found` when there is none of that absolute path.
using ReadFile = std::function<Result<std::string>(const std::string& path)>;

/// Whether a variable that is not among the given ones is one without a value.
enum class Variables { all_given, some_unknown };

struct Input {
    /// JSON text of the Compose model, of services at the top level, or of a string of YAML that holds
    /// either.
    std::string document;
    std::string pointer = "/compose";  ///< where it stood; begins the path of every problem
    std::map<std::string, std::string>
        environment;  ///< for interpolation, and for environment keys without a value
    Variables variables = Variables::all_given;  ///< else no problem is told that one of them might solve
    std::string project_directory;               ///< absolute; relative paths resolve against it
    std::string config_file;                     ///< absolute; the label project.config_files
    ReadFile read_file;  ///< for the files that the model names; without it they are refused
};

/// A project exactly when there is no problem, and all variables are given.
struct Loaded {
    std::optional<model::Project> project;
    std::vector<Problem> problems;
};

/// The document as Docker Compose v2 would understand it (compose-semantics 1–4), every problem at once and
/// in the order of the text. A problem of YAML begins with line and column; the path of one in another file
/// is that file's, '#' and the pointer within it. Pure but for `read_file`.
Loaded load(const Input& input);

}  // namespace dockerext::compose
