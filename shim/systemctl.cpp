#include "shim/systemctl.hpp"

#include "shim/program.hpp"

#include <unistd.h>

namespace dockerext::shim {
namespace {

constexpr std::chrono::seconds answer_deadline{20};
const Error no_systemctl(ErrorKind::not_found, "systemctl: not found");

}  // namespace

std::optional<std::filesystem::path> find_program(const std::array<std::filesystem::path, 2>& paths) {
    for (const auto& path : paths) {
        if (::access(path.c_str(), X_OK) == 0) return path;
    }
    return std::nullopt;
}

Result<> require_systemd(const Layout& layout) {
    std::error_code ignored;
    if (std::filesystem::is_directory(layout.booted, ignored) && find_program(layout.systemctl)) return {};
    return Error(ErrorKind::invalid_input,
                 "systemd does not run on this machine; dockerextd needs a distribution with systemd");
}

Result<> systemctl(const Layout& layout, std::initializer_list<const char*> words,
                   std::chrono::milliseconds deadline) {
    const auto program = find_program(layout.systemctl);
    if (!program) return no_systemctl;
    return run_program(*program, words, deadline);
}

Result<std::string> systemctl_output(const Layout& layout, std::initializer_list<const char*> words) {
    const auto program = find_program(layout.systemctl);
    if (!program) return no_systemctl;
    return program_output(*program, words, answer_deadline);
}

}  // namespace dockerext::shim
