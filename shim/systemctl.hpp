#pragma once

#include "base/error.hpp"
#include "shim/layout.hpp"

#include <array>
#include <chrono>
#include <filesystem>
#include <initializer_list>
#include <optional>
#include <string>

namespace dockerext::shim {

/// `invalid_input` unless systemd is this machine's service manager.
Result<> require_systemd(const Layout& layout);

/// Runs `systemctl WORDS…` with run_program.
Result<> systemctl(const Layout& layout, std::initializer_list<const char*> words,
                   std::chrono::milliseconds deadline = std::chrono::seconds(20));

/// The same, but returns its standard output.
Result<std::string> systemctl_output(const Layout& layout, std::initializer_list<const char*> words);

/// The first executable path.
std::optional<std::filesystem::path> find_program(const std::array<std::filesystem::path, 2>& paths);

}  // namespace dockerext::shim
