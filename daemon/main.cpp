#include "base/clock.hpp"
#include "base/log.hpp"
#include "cli/commands.hpp"
#include "compose/import.hpp"
#include "reconcile/daemon.hpp"
#include "reconcile/engine_removal.hpp"
#include "reconcile/intake.hpp"
#include "state/paths.hpp"
#include "state/settings_store.hpp"
#include "state/spool.hpp"
#include "wiped_heap.hpp"

#include <sys/prctl.h>

#include <exception>
#include <iostream>

// The composition root: the one place that knows the commands and what they do.
namespace dockerext {
namespace {

int run(const cli::RunOptions& options) {
    if (options.verbose) log::set_level(log::Level::debug);
    const auto outcome = reconcile::run_daemon(options.root, options.docker_host);
    if (outcome) return 0;
    log::error("could not run", {{"ERROR", outcome.error().message()}});
    return 1;
}

/// Makes settings of a Compose file in a way of room compose's.
auto settings_by(Result<std::string> (*make)(std::string_view, const compose::Environment&)) {
    return [make](const cli::ComposeFile& file, const std::string& root) -> Result<cli::MadeSettings> {
        auto variables = compose::read_variables(file.variables, state::Paths(root).project);
        if (!variables) return variables.error().within("the .env beside it");
        auto settings = make(file.text, variables->values);
        if (!settings) return settings.error();
        return cli::MadeSettings{std::move(*settings), std::move(variables->warnings)};
    };
}

cli::Services services() {
    return {
        .run = run,
        .validate =
            [](const model::Envelope& envelope, const std::string& root) {
                const state::Paths paths(root);
                const state::SettingsStore store(paths.state);
                auto intake = reconcile::take_in(envelope, paths.project, store.file(), wall_now());
                std::vector<std::string> warnings;
                if (intake.accepted) {
                    warnings = std::move(intake.accepted->warnings);
                    for (const model::PartStatus& part : intake.accepted->parts) {
                        warnings.push_back(part.name + ": " + part.message);
                    }
                }
                return std::pair(std::move(intake.problems), std::move(warnings));
            },
        .is_compose_file = compose::is_compose_file,
        .settings_around = settings_by(compose::settings_around),
        .import_settings = settings_by(compose::import_settings),
        .spool =
            [](const model::Envelope& envelope, const std::string& root) {
                return state::spool_settings(state::Paths(root).spool, envelope);
            },
        .control_socket = [](const std::string& root) { return state::Paths(root).control_socket.string(); },
        .remove_engine = [](const std::string& root,
                            const std::string& docker_host) -> Result<cli::EngineRemoval> {
            auto removal = reconcile::remove_engine(root, docker_host);
            if (!removal) return removal.error();
            return cli::EngineRemoval{std::move(removal->done), std::move(removal->kept)};
        },
    };
}

}  // namespace
}  // namespace dockerext

int main(int argc, char** argv) {
    (void)::prctl(PR_SET_DUMPABLE, 0);  // no core dump, no ptrace: secrets are in this memory
    dockerext::use_wiped_heap_for_openssl();
    try {
        return dockerext::cli::main(argc, argv, dockerext::services());
    } catch (const std::exception& bug) {
        dockerext::log::error("stopped by a bug", {{"ERROR", bug.what()}});
        return 1;
    }
}
