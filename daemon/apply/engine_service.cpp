#include "apply/engine_change.hpp"

#include "apply/engine_effect.hpp"
#include "host/engine_install.hpp"

#include <boost/asio/this_coro.hpp>

namespace dockerext::apply {
namespace {

std::string unit() { return std::string(model::host_paths::engine_unit); }

Result<host::InstallRecipe> recipe_for(const std::filesystem::path& root, model::InstallEngine install) {
    if (install.source == model::EngineSource::none)
        return Error(ErrorKind::invalid_input,
                     "docker.install is \"none\": the engine is others' to install");
    const auto release = host::read_os_release(root);
    if (!release) return release.error();
    const bool is_ce = install.source == model::EngineSource::docker_ce;
    return host::engine_packages(
        *release, {.origin = is_ce ? host::EngineOrigin::docker_ce : host::EngineOrigin::distro,
                   .version = std::move(install.version),
                   .mirror = std::move(install.mirror),
                   .key = std::move(install.key),
                   .azure_environment = std::move(install.azure_environment)});
}

host::PackageTools tools_of(const HostAccess& host) {
    host::PackageTools tools;
    tools.root = host.root;
    tools.search_path = host.search_path;
    tools.as_units = host.root == "/";
    tools.scratch = "/run/dockerextd";
    tools.progress = host.progress;
    return tools;
}

Result<> remember_kept(HostAccess& host, std::optional<model::KeptVersion> kept) {
    auto memory = remembered(host);
    if (!memory) return memory.error();
    if (memory->owned.kept_version == kept) return {};
    memory->owned.kept_version = std::move(kept);
    return host.memory.save(*memory);
}

/// Packages are installed in an image, too, and then nobody tells systemd.
Task<Result<>> make_known(host::Systemd& systemd) {
    auto facts = co_await systemd.unit(unit());
    if (facts && facts->load == host::UnitLoad::not_found) {
        const auto read = co_await systemd.daemon_reload();
        if (!read) co_return read.error();
        facts = co_await systemd.unit(unit());
    }
    if (!facts) co_return facts.error();
    if (facts->load == host::UnitLoad::not_found)
        co_return Error(ErrorKind::not_found,
                        "the engine's packages are installed, but there is no " + unit());
    co_return Result<>{};
}

/// systemd starts what it has read, not what is there.
Task<Result<>> with_fresh_files(host::Systemd& systemd) {
    const auto facts = co_await systemd.unit(unit());
    if (!facts) co_return facts.error();
    if (!facts->need_daemon_reload) co_return Result<>{};
    co_return co_await systemd.daemon_reload();
}

Task<Result<>> bring_up(engine::Client& client, HostAccess& host) {
    const auto began = std::chrono::system_clock::now();
    if (host.progress) host.progress("starting dockerd");
    const auto fresh = co_await with_fresh_files(host.systemd);
    if (!fresh) co_return fresh.error();
    const auto reset = co_await host.systemd.reset_failed(unit());
    if (!reset) co_return reset.error();
    auto up = co_await host.systemd.start(unit(), 2 * host.patience);
    if (up) {
        up = co_await wait_for_engine(client, host);
    }
    if (up) co_return Result<>{};
    const std::string words = host.last_words(began);
    co_return Error(up.error().kind(),
                    up.error().message() + (words.empty() ? "" : "; dockerd said: " + words));
}

}  // namespace

Task<Result<>> start_engine(engine::Client& client, HostAccess& host, model::StartEngine start) {
    co_await asio::this_coro::throw_if_cancelled(false);
    if (start.start) {
        const auto up = co_await bring_up(client, host);
        if (!up) co_return up.error();
    }
    if (!start.enable) co_return Result<>{};
    co_return co_await host.systemd.enable(unit());
}

Task<Result<>> install_engine(HostAccess& host, model::InstallEngine install) {
    co_await asio::this_coro::throw_if_cancelled(false);
    auto recipe = recipe_for(host.root, install);
    if (!recipe) co_return recipe.error();
    if (!install.version.empty() && recipe->keeping.possible()) {
        const auto stored = remember_kept(host, model::KeptVersion{install.source, install.version});
        if (!stored) co_return stored.error();
    }
    const auto installed = co_await host::install_engine(std::move(*recipe), tools_of(host));
    if (!installed) co_return installed.error();
    co_return co_await make_known(host.systemd);
}

Task<Result<>> release_engine(HostAccess& host, model::ReleaseVersion release) {
    co_await asio::this_coro::throw_if_cancelled(false);
    auto recipe = recipe_for(host.root, {.source = release.kept.source, .version = release.kept.version});
    if (!recipe) co_return recipe.error();
    const auto released = co_await host::release_version(std::move(*recipe), tools_of(host));
    if (!released) co_return released.error();
    co_return remember_kept(host, std::nullopt);
}

}  // namespace dockerext::apply
