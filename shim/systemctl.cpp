#include "shim/systemctl.hpp"

#include "shim/program.hpp"

#include <unistd.h>

#include <optional>

namespace dockerext::shim {
namespace {

std::optional<std::filesystem::path> find_systemctl(const Places& places) {
    for (const auto& path : places.systemctl) {
        if (::access(path.c_str(), X_OK) == 0) return path;
    }
    return std::nullopt;
}

}  // namespace

Result<> require_systemd(const Places& places) {
    std::error_code ignored;
    if (std::filesystem::is_directory(places.booted, ignored) && find_systemctl(places)) return {};
    return Error(ErrorKind::invalid_input,
                 "systemd does not run on this machine; dockerextd needs a distribution with systemd");
}

Result<> systemctl(const Places& places, std::initializer_list<const char*> words,
                   std::chrono::milliseconds deadline) {
    const auto program = find_systemctl(places);
    if (!program) return Error(ErrorKind::not_found, "systemctl: not found");
    return run_program(*program, words, deadline);
}

}  // namespace dockerext::shim
