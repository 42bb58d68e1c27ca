#include "base/log.hpp"
#include "cli/execute.hpp"

namespace dockerext::cli {

/// Runs the daemon, which writes to the log.
Exit execute(const Run& command, Context& context) {
    if (command.verbose) log::set_level(log::Level::debug);
    const auto outcome = context.services.run(context.root, command.docker_host);
    if (outcome) return Exit::success;
    log::error("cannot run", {{"ERROR", outcome.error().message()}});
    return Exit::failed;
}

}  // namespace dockerext::cli
