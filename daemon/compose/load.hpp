#pragma once

#include "base/error.hpp"
#include "base/problem.hpp"
#include "model/desired.hpp"
#include "model/stack.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace dockerext::compose {

/// Returns the content of the file at an absolute path; `not_found` when it does not exist.
using ReadFile = std::function<Result<std::string>(const std::string& path)>;

/// Whether a variable that is not given has no value, or its value is unknown.
enum class Variables { all_given, some_unknown };

/// What the model becomes: containers of this machine as of `docker compose`, or a stack of a swarm as of
/// `docker stack deploy`. What the other form alone supports is warned of.
enum class Form { containers, stack };

struct Input {
    /// JSON text of the Compose model, of services at the top level, or of a string that contains either as
    /// YAML.
    std::string document;
    std::string pointer = "/compose";  ///< where the document was found; begins the path of every problem
    std::map<std::string, std::string>
        environment;  ///< for interpolation, and for environment keys without a value
    Variables variables = Variables::all_given;  ///< some_unknown hides the problems that they might solve
    std::string project_directory;               ///< absolute; relative paths resolve against it
    std::string config_file;                     ///< absolute; for the label project.config_files
    Form form = Form::containers;
    ReadFile read_file;  ///< reads the files that the model names; if empty, such files are refused
};

/// Contains a project if and only if there is no problem and all variables are given. For Form::stack, the
/// project has nothing but its name and the warnings.
struct Loaded {
    std::optional<model::Project> project;
    std::optional<model::Stack> stack;  ///< for Form::stack
    std::vector<Problem> problems;
};

/// Loads the document as Docker Compose v2 does (compose-semantics 1–4). Reports all problems at once, in the
/// order of the text. A problem in YAML begins with line and column. For a problem in another file, the path
/// is that of the file, '#', and the pointer in the file. Pure, except for `read_file`.
Loaded load(const Input& input);

}  // namespace dockerext::compose
