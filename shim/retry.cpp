#include "shim/retry.hpp"

#include "shim/program.hpp"
#include "shim/systemctl.hpp"

#include <string>

namespace dockerext::shim {
namespace {

constexpr std::chrono::seconds deadline{20};

}  // namespace

Result<> schedule_enable_retries(const CommandContext& context, std::int64_t sequence) {
    const auto systemd_run = find_program(context.layout.systemd_run);
    if (!systemd_run) return Error(ErrorKind::not_found, "systemd-run: not found");
    const std::string unit = std::string("--unit=") + enable_again_name;
    const std::string number = "--setenv=ConfigSequenceNumber=" + std::to_string(sequence);
    const std::string handler = context.handler.folder / packaged_handler;
    return run_program(
        *systemd_run,
        {"--quiet", "--no-block", unit.c_str(), number.c_str(), "--property=Restart=on-failure",
         "--property=RestartSec=30", "--property=StartLimitIntervalSec=0",
         "--property=RestartPreventExitStatus=203",  // the program no longer exists
         handler.c_str(), "enable-again"},
        deadline);
}

void cancel_enable_retries(const Layout& layout) {
    std::error_code ignored;
    if (!std::filesystem::exists(layout.enable_again, ignored)) return;
    (void)systemctl(layout, {"stop", enable_again_name});
    (void)systemctl(layout, {"reset-failed", enable_again_name});
}

}  // namespace dockerext::shim
