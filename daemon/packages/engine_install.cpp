#include "packages/engine_install.hpp"

#include "base/joined.hpp"
#include "base/plain_text.hpp"
#include "packages/public_file.hpp"
#include "packages/signing_key.hpp"

#include <sstream>
#include <system_error>

namespace dockerext::packages {
namespace {

namespace fs = std::filesystem;
using model::EnginePackage;

Result<> write_files(const PackageRunner& runner, const std::vector<HostFile>& files) {
    for (const HostFile& file : files) {
        const auto written = write_public_file(runner.under_root(file.path), file.text);
        if (!written) return written.error();
    }
    return {};
}

Task<Result<>> add_repository(PackageRunner& runner, InstallRecipe recipe) {
    if (recipe.key) {
        const auto provided = co_await ensure_signing_key(runner, *recipe.key);
        if (!provided) co_return provided.error();
    }
    co_return write_files(runner, recipe.files);
}

/// Whether the package lists may be out of date, so that it helps to read them again.
bool is_fixed_by_refresh(PackageFault fault) {
    return fault == PackageFault::not_found || fault == PackageFault::stale_lists;
}

Task<PackageOutcome> refresh(PackageRunner& runner, InstallRecipe recipe) {
    runner.report("updating the package lists");
    co_return co_await runner.run(recipe.refresh);
}

/// Runs `command`. If it fails because an earlier run was interrupted, runs `repair`, then `command` again.
Task<PackageOutcome> run_repaired(PackageRunner& runner, Command command, Command repair, std::string doing) {
    runner.report(doing);
    PackageOutcome outcome = co_await runner.run(command);
    const bool repairable = outcome.fault == PackageFault::interrupted && !repair.empty();
    if (!repairable) co_return outcome;
    runner.report("completing an interrupted installation");
    const PackageOutcome repaired = co_await runner.run(std::move(repair));
    if (repaired.error) co_return repaired;
    runner.report(doing);
    co_return co_await runner.run(std::move(command));
}

Task<Result<>> install(PackageRunner& runner, InstallRecipe recipe, std::string doing) {
    std::optional<PackageOutcome> refreshed;
    if (!recipe.files.empty()) refreshed = co_await refresh(runner, recipe);
    PackageOutcome outcome = co_await run_repaired(runner, recipe.install, recipe.repair, doing);
    if (!refreshed && is_fixed_by_refresh(outcome.fault)) {
        refreshed = co_await refresh(runner, recipe);
        outcome = co_await run_repaired(runner, recipe.install, recipe.repair, doing);
    }
    if (!outcome.error) co_return Result<>{};
    // If the lists could not be read, that is why the package was not found.
    const bool refresh_failed = refreshed && refreshed->error && is_fixed_by_refresh(outcome.fault);
    co_return refresh_failed ? refreshed->error->within("update the package lists") : *outcome.error;
}

Task<Result<>> run_all(PackageRunner& runner, std::vector<Command> commands) {
    for (const Command& command : commands) {
        const PackageOutcome outcome = co_await runner.run(command);
        if (outcome.error) co_return outcome.error->within(command_text(command));
    }
    co_return Result<>{};
}

/// Parses lines like "docker.io\t20.10.24+dfsg1-1\tinstalled". Other lines are errors about absent packages.
std::vector<EnginePackage> listed_packages(const std::string& listing) {
    std::vector<EnginePackage> listed;
    std::istringstream lines(listing);
    for (std::string line; std::getline(lines, line);) {
        std::istringstream fields(line);
        std::string package, version, status;
        const bool complete = std::getline(fields, package, '\t') && std::getline(fields, version, '\t') &&
                              std::getline(fields, status);
        if (!complete || status == "not-installed" || status == "config-files") continue;
        listed.push_back({package, version, status == "installed" || status.starts_with("triggers-")});
    }
    return listed;
}

Command listing_command(PackageFamily family, std::vector<std::string> packages) {
    Command command = family == PackageFamily::apt
                          ? Command{"dpkg-query", "--show", "--showformat",
                                    "${Package}\\t${Version}\\t${db:Status-Status}\\n"}
                          : Command{"rpm", "--query", "--queryformat", "%{NAME}\\t%{EVR}\\tinstalled\\n"};
    for (std::string& package : packages) command.push_back(std::move(package));
    return command;
}

/// Lists those of the packages that are installed.
Task<Result<std::vector<EnginePackage>>> list_packages(PackageFamily family,
                                                       std::vector<std::string> packages,
                                                       PackageTools tools) {
    Command listing = listing_command(family, std::move(packages));
    ChildOptions options;
    options.search_path = tools.search_path;
    options.redact = tools.redact;
    const auto listed = co_await run_child(std::move(listing), std::move(options));
    const std::string doing = "look for the engine's package";
    if (!listed) co_return listed.error().within(doing);
    // apt: 1 means that some packages are absent. rpm: the number of absent packages.
    const bool broken = family == PackageFamily::apt && listed->code > 1;
    if (broken || listed->signal != 0)
        co_return Error(ErrorKind::internal,
                        doing + ": " + last_lines(tools.redact(plain_text(listed->err)), 5, 1024));
    co_return listed_packages(listed->out);
}

}  // namespace

fs::path dockerd_under(const fs::path& root) {
    for (const char* folder : {"usr/bin", "usr/sbin", "usr/local/bin", "usr/local/sbin", "opt/bin",
                               "opt/docker/bin", "snap/docker/current/bin"}) {
        fs::path program = root / folder / "dockerd";
        std::error_code absent;
        if (fs::exists(program, absent)) return program;
    }
    return {};
}

Task<Result<>> install_engine(InstallRecipe recipe, PackageTools tools) {
    PackageRunner runner(std::move(tools), recipe.environment);
    const std::string doing = "installing " + joined(recipe.packages, ", ");
    const auto added = co_await add_repository(runner, recipe);
    if (!added) co_return added.error();
    if (!recipe.version.empty()) {  // before the installation, so that a power cut cannot leave it unpinned
        const auto written = write_files(runner, recipe.pin.files);
        if (!written) co_return written.error().within("keep the version");
    }
    const auto installed = co_await install(runner, recipe, doing);
    if (!installed) {
        const bool no_such_version =
            installed.error().kind() == ErrorKind::not_found && !recipe.version.empty();
        const Error error = installed.error().within("install " + joined(recipe.packages, ", "));
        if (!no_such_version) co_return error;
        co_return Error(error.kind(), error.message() +
                                          "; choose an available version, or remove the pin "
                                          "(docker.install.version)");
    }
    if (recipe.version.empty()) co_return Result<>{};
    const auto pinned_version = co_await run_all(runner, recipe.pin.commands);
    if (!pinned_version) co_return pinned_version.error().within("keep the version");
    co_return Result<>{};
}

Task<Result<>> unpin_version(InstallRecipe recipe, PackageTools tools) {
    PackageRunner runner(std::move(tools), recipe.environment);
    for (const HostFile& file : recipe.pin.files) {
        std::error_code code;
        fs::remove(runner.under_root(file.path), code);
        if (code) co_return Error::from_code(code, file.path.string());
    }
    co_return co_await run_all(runner, recipe.pin.release);
}

Task<Result<std::vector<std::string>>> installed_packages(PackageFamily family,
                                                          std::vector<std::string> packages,
                                                          PackageTools tools) {
    const auto listed = co_await list_packages(family, std::move(packages), std::move(tools));
    if (!listed) co_return listed.error();
    std::vector<std::string> present;
    for (const EnginePackage& package : *listed) present.push_back(package.name);
    co_return present;
}

Task<Result<>> remove_packages(RemovalRecipe recipe, PackageTools tools) {
    const auto present = co_await installed_packages(recipe.family, recipe.packages, tools);
    if (!present) co_return present.error();
    if (present->empty()) co_return Result<>{};
    Command command = recipe.remove;
    command.insert(command.end(), present->begin(), present->end());
    PackageRunner runner(std::move(tools), recipe.environment);
    const PackageOutcome outcome = co_await run_repaired(runner, std::move(command), std::move(recipe.repair),
                                                         "removing " + joined(*present, ", "));
    if (outcome.error) co_return outcome.error->within("remove " + joined(*present, ", "));
    co_return Result<>{};
}

Task<Result<std::optional<InstalledEngine>>> installed_engine(PackageFamily family, PackageTools tools) {
    const fs::path program = dockerd_under(tools.root);
    const auto listed = co_await list_packages(family, known_engine_packages(family), tools);
    if (!listed) co_return listed.error();
    std::optional<InstalledEngine> engine;
    if (listed->empty() && program.empty()) co_return engine;
    engine.emplace().program = program;
    if (!listed->empty()) engine->package = listed->front();
    co_return engine;
}

}  // namespace dockerext::packages
