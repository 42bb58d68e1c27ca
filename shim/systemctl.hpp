#pragma once

#include "base/error.hpp"
#include "shim/places.hpp"

#include <chrono>
#include <initializer_list>

namespace dockerext::shim {

/// `invalid_input` unless systemd is this machine's service manager.
Result<> require_systemd(const Places& places);

/// Runs `systemctl WORDS…`, as run_program does.
Result<> systemctl(const Places& places, std::initializer_list<const char*> words,
                   std::chrono::milliseconds deadline = std::chrono::seconds(20));

}  // namespace dockerext::shim
