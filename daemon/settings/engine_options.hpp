#pragma once

#include "base/json_cursor.hpp"
#include "base/problem.hpp"
#include "dockerd/command_line.hpp"

#include <string>
#include <vector>

namespace dockerext::settings {

/// A flag as written in docker.options.
struct EngineOption {
    dockerd::GivenFlag flag;
    std::string pointer;  ///< of the item that contains it
};

struct EngineOptions {
    std::vector<std::string> arguments;  ///< for dockerd's command line, one argument each
    std::vector<EngineOption> flags;
};

/// Reads the array docker.options. An item may contain several words ("--dns 8.8.8.8"), as the old extension
/// allowed.
EngineOptions read_options(const JsonCursor& array, Problems& problems);

/// Refuses flags that set what `config` sets as well, because dockerd would not start. `config` is the object
/// docker.config.
void refuse_contradictions(const EngineOptions& options, const JsonCursor& config, Problems& problems);

}  // namespace dockerext::settings
