#pragma once

#include "base/json_cursor.hpp"
#include "base/problem.hpp"
#include "dockerd/command_line.hpp"

#include <string>
#include <string_view>

namespace dockerext::dockerd {

/// Why dockerd would not start with this flag: no version has it, or its value is of the wrong type. "" if it
/// would, or if only dockerd itself can tell.
std::string flag_problem(const GivenFlag& flag);

/// Whether the value of a switch turns it on, in any spelling that dockerd takes.
bool is_on(std::string_view value);

/// The same for the keys of `config`, an object of daemon.json: switches, numbers, and the options of the log
/// driver. Keys that are not known here are left to dockerd.
void check_config_values(const JsonCursor& config, Problems& problems);

}  // namespace dockerext::dockerd
