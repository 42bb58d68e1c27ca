#pragma once

#include <span>
#include <string>
#include <string_view>

namespace dockerext::cli {

/// The error for a word that is none of these commands: "'ps' is not a command; did you mean 'status'?"
std::string unknown_command(const std::string& word, std::span<const std::string_view> commands);

}  // namespace dockerext::cli
