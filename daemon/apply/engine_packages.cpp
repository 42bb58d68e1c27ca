#include "apply/engine_change.hpp"
#include "apply/host_files.hpp"
#include "packages/engine_install.hpp"

#include <algorithm>
#include <utility>

namespace dockerext::apply {
namespace {

using namespace std::chrono_literals;

// An uninstallation must not take long: a minute for locks of other programs, and another one to remove.
constexpr Duration removal_lock_timeout = 45s;  ///< apt's and zypper's own wait takes 60 s
constexpr Duration removal_limit = 110s;

Result<packages::InstallRecipe> recipe_for(const std::filesystem::path& root,
                                           const model::InstallEngine& install) {
    if (install.source == model::EngineSource::none)
        return Error(ErrorKind::invalid_input,
                     "docker.install is \"none\": dockerextd does not install the engine");
    const auto release = packages::read_os_release(root);
    if (!release) return release.error();
    return packages::engine_packages(*release, install);
}

packages::PackageTools tools_of(const HostAccess& host) {
    packages::PackageTools tools;
    tools.root = host.root;
    tools.search_path = host.search_path;
    tools.as_units = host.root == "/";
    tools.scratch = "/run/dockerextd";
    tools.redact = host.redact;
    tools.progress = host.progress;
    return tools;
}

Result<> save_if_changed(HostAccess& host, const state::HostRecord& before, const state::HostRecord& after) {
    if (before == after) return {};
    return host.record_store.save(after);
}

Result<> save_pin(HostAccess& host, std::optional<model::PinnedVersion> pinned_version) {
    const auto record = load_record(host);
    if (!record) return record.error();
    state::HostRecord after = *record;
    after.owned.pinned_version = std::move(pinned_version);
    return save_if_changed(host, *record, after);
}

/// The parts of the recipe that are on the machine. None if that cannot be determined.
Task<std::optional<model::Installed>> present(const HostAccess& host, const packages::InstallRecipe& recipe) {
    std::vector<std::string> packages = recipe.packages;
    packages.insert(packages.end(), recipe.extra_packages.begin(), recipe.extra_packages.end());
    const auto listed =
        co_await packages::installed_packages(recipe.family, std::move(packages), tools_of(host));
    if (!listed) co_return std::nullopt;
    model::Installed found{{listed->begin(), listed->end()}, {}};
    for (const std::filesystem::path& file : recipe.file_paths()) {
        std::error_code absent;
        if (std::filesystem::exists(host.root / file.relative_path(), absent)) found.files.insert(file);
    }
    co_return found;
}

/// Records, on disk before the installation starts, that the packages it will add belong to dockerextd:
/// afterwards, this can no longer be determined.
Task<Result<>> claim(HostAccess& host, const packages::InstallRecipe& recipe) {
    const auto there = co_await present(host, recipe);
    if (!there) co_return Result<>{};
    const auto record = load_record(host);
    if (!record) co_return record.error();
    state::HostRecord after = *record;
    model::Installed& recorded = after.owned.installed;
    for (const auto& packages : {recipe.packages, recipe.extra_packages})
        for (const std::string& package : packages)
            if (!there->packages.contains(package)) recorded.packages.insert(package);
    for (const std::filesystem::path& file : recipe.file_paths())
        if (!there->files.contains(file)) recorded.files.insert(file);
    co_return save_if_changed(host, *record, after);
}

/// Gives up the claim to what a failed installation did not add: others may still install it. Claims of an
/// earlier recipe stay.
Task<void> drop_claim(HostAccess& host, const packages::InstallRecipe& recipe) {
    const auto there = co_await present(host, recipe);
    const auto record = load_record(host);
    if (!there || !record) co_return;
    state::HostRecord after = *record;
    for (const auto& packages : {recipe.packages, recipe.extra_packages})
        for (const std::string& package : packages)
            if (!there->packages.contains(package)) after.owned.installed.packages.erase(package);
    for (const std::filesystem::path& file : recipe.file_paths())
        if (!there->files.contains(file)) after.owned.installed.files.erase(file);
    (void)save_if_changed(host, *record, after);  // on an error, the claim stays too long, at worst
}

/// Makes systemd read the new unit if the package scripts have not, as while an image is built.
Task<Result<>> load_unit(systemd::Systemd& systemd) {
    auto facts = co_await systemd.unit(engine_unit());
    if (facts && facts->load == model::UnitLoad::not_found) {
        const auto read = co_await systemd.daemon_reload();
        if (!read) co_return read.error();
        facts = co_await systemd.unit(engine_unit());
    }
    if (!facts) co_return facts.error();
    if (facts->load == model::UnitLoad::not_found)
        co_return Error(ErrorKind::not_found,
                        "the engine's packages are installed, but there is no " + engine_unit());
    co_return Result<>{};
}

}  // namespace

Task<Result<>> install_engine(HostAccess& host, model::InstallEngine install) {
    const auto recipe = recipe_for(host.root, install);
    if (!recipe) co_return recipe.error();
    if (!install.version.empty() && recipe->pin.possible()) {
        const auto stored = save_pin(host, model::PinnedVersion{install.source, install.version});
        if (!stored) co_return stored.error();
    }
    const auto claimed = co_await claim(host, *recipe);
    if (!claimed) co_return claimed.error();
    const auto installed = co_await packages::install_engine(*recipe, tools_of(host));
    if (!installed) {
        // After a timeout, the installation may still be running.
        const ErrorKind kind = installed.error().kind();
        if (kind != ErrorKind::cancelled && kind != ErrorKind::timeout) co_await drop_claim(host, *recipe);
        co_return installed.error();
    }
    co_return co_await load_unit(host.systemd);
}

Task<Result<>> release_engine(HostAccess& host, model::ReleaseVersion release) {
    auto recipe = recipe_for(
        host.root, {.source = release.pinned_version.source, .version = release.pinned_version.version});
    if (!recipe) co_return recipe.error();
    const auto released = co_await packages::unpin_version(std::move(*recipe), tools_of(host));
    if (!released) co_return released.error();
    co_return save_pin(host, std::nullopt);
}

Task<Result<>> remove_engine(HostAccess& host, model::RemoveEngine remove) {
    const auto release = packages::read_os_release(host.root);
    if (!release) co_return release.error();
    auto recipe = packages::package_removal(*release, std::move(remove.packages));
    if (!recipe) co_return recipe.error();
    packages::PackageTools tools = tools_of(host);
    tools.lock_timeout = removal_lock_timeout;
    tools.limit = removal_limit;
    const auto removed = co_await packages::remove_packages(std::move(*recipe), std::move(tools));
    if (!removed) co_return removed.error();
    if (const auto written = write_files(host.root, remove.files); !written) co_return written.error();
    const auto read = co_await host.systemd.daemon_reload();
    (void)read;  // the unit is gone; a late reload does no harm
    co_return host.record_store.save({});
}

}  // namespace dockerext::apply
