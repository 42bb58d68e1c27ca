#pragma once

#include "doctor/facts.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What dockerd was started with. For this room only.
namespace dockerext::doctor {

/// The arguments that docker.service gives to dockerd.
Result<std::vector<std::string>> arguments_of_unit(const model::ObservedHost& host);

/// Of the running engine, or those that its unit gives it.
Found<std::vector<std::string>> arguments_of_engine(const Facts& facts);

/// The content of a file of the engine; "" if it does not exist.
std::string file_text(const model::ObservedHost& host, std::string_view path);

/// What an option says, on dockerd's command line or under the same name in daemon.json: a text, or JSON;
/// nullopt if neither has it, or neither can be read.
std::optional<std::string> engine_option(const Facts& facts, std::string_view name);

}  // namespace dockerext::doctor
