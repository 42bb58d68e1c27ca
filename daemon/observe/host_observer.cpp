#include "observe/host_observer.hpp"

#include "base/off_loop.hpp"
#include "base/regular_file.hpp"
#include "packages/engine_install.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <functional>
#include <optional>
#include <system_error>
#include <utility>

namespace dockerext::observe {
namespace {

namespace fs = std::filesystem;
namespace paths = model::host_paths;
using model::ObservedHost;

constexpr std::size_t file_limit = std::size_t{1} << 20;
constexpr std::array managed_files{paths::drop_in,     paths::daemon_json, paths::ca,
                                   paths::certificate, paths::key,         paths::credentials};

bool is_enabled(const systemd::UnitFacts& unit) { return unit.enabled == systemd::UnitEnabled::enabled; }

bool is_absent(const Error& error) { return error.kind() == ErrorKind::not_found; }

Result<std::string> read_file(const fs::path& path) {
    const auto fd = open_regular(AT_FDCWD, path);
    if (!fd) return fd.error();
    return read_all(*fd, file_limit);
}

/// Reads a file in the same way as systemd: it follows links, and a link to /dev/null masks a file.
Result<std::string> read_unit_file(const fs::path& path) {
    std::error_code code;
    const fs::path target = fs::canonical(path, code);
    if (code) return Error::from_code(code, "find '" + path.native() + "'");
    if (target == "/dev/null") return std::string();
    auto text = read_file(target);
    if (!text) return text.error().within("read '" + path.native() + "'");
    return text;
}

/// A missing file is not part of the unit, because systemd will not read it next time.
Result<> read_unit_text(const fs::path& path, std::vector<std::string>& texts) {
    if (path.empty() || path == paths::drop_in) return {};
    auto text = read_unit_file(path);
    if (text) texts.push_back(std::move(*text));
    else if (!is_absent(text.error())) return text.error();
    return {};
}

Result<> read_unit_texts(const systemd::UnitFacts& unit, ObservedHost& host) {
    host.unit_file = unit.fragment.string();
    if (auto outcome = read_unit_text(unit.fragment, host.unit_texts); !outcome) return outcome;
    for (const fs::path& path : unit.drop_ins) {
        if (auto outcome = read_unit_text(path, host.unit_texts); !outcome) return outcome;
    }
    // An absent or unreadable file gives no variables.
    for (const fs::path& path : unit.environment_files) {
        auto text = read_unit_file(path);
        if (text) host.environment_files[path] = std::move(*text);
    }
    return {};
}

/// The logins are read by clients, and not by dockerd.
bool is_read_by_dockerd(std::string_view name) { return name != paths::credentials; }

/// Reads a file that dockerextd manages, through its descriptor, so that content and mode belong to the same
/// file.
Result<> read_managed_file(const fs::path& path, std::string name, ObservedHost& host) {
    const auto fd = open_regular(AT_FDCWD, path);
    if (!fd) return fd.error();
    struct stat facts = {};
    if (::fstat(fd->get(), &facts) != 0) return Error::from_errno(errno, "fstat");
    auto content = read_all(*fd, file_limit);
    if (!content) return content.error();
    host.modes[name] = facts.st_mode & 07777u;
    if (is_read_by_dockerd(name))
        host.changed_at[name] = model::WallTime(std::chrono::seconds(facts.st_ctim.tv_sec) +
                                                std::chrono::nanoseconds(facts.st_ctim.tv_nsec));
    host.files[std::move(name)] = Secret(std::move(*content));
    return {};
}

/// Fails only for reasons outside the files.
Result<> read_managed_files(const fs::path& root, ObservedHost& host) {
    for (const std::string_view file : managed_files) {
        const std::string name(file);
        const fs::path path = root / file.substr(1);
        const auto read = read_managed_file(path, name, host);
        if (read || is_absent(read.error())) continue;
        if (read.error().kind() == ErrorKind::unavailable) return read.error().within("'" + name + "'");
        host.unreadable[name] = read.error().message();
    }
    return {};
}

/// Like sd_booted(3). If systemd is PID 1 but does not answer, nothing is known about its units.
bool is_booted_by_systemd() {
    std::error_code ignored;
    return fs::is_directory("/run/systemd/system", ignored);
}

struct Units {
    systemd::UnitFacts service, socket;
};

Task<Result<Units>> query_units(systemd::Systemd& systemd) {
    const std::string name(paths::engine_unit);
    auto service = co_await systemd.unit(name);
    if (!service) co_return service.error();
    auto socket = co_await systemd.unit("docker.socket");
    if (!socket) co_return socket.error();
    co_return Units{std::move(*service), std::move(*socket)};
}

ObservedHost host_from(const Units& units) {
    ObservedHost host;
    const systemd::UnitFacts& service = units.service;
    host.systemd = true;
    host.unit.load = service.load;
    host.unit.active = service.active;
    host.unit.enabled = is_enabled(service) || is_enabled(units.socket);
    host.unit.result = service.result;
    host.unit.run = service.invocation;
    host.unit.active_since = service.active_since.value_or(model::WallTime{});
    return host;
}

Result<ObservedHost> read_host_state(const fs::path& root, const std::optional<Units>& units) {
    ObservedHost host = units ? host_from(*units) : ObservedHost{};
    const auto texts = units ? read_unit_texts(units->service, host) : Result<>();
    if (!texts) return texts.error();
    if (const auto outcome = read_managed_files(root, host); !outcome) return outcome.error();
    host.installed = host.unit.load == model::UnitLoad::loaded || !packages::dockerd_under(root).empty();
    return host;
}

}  // namespace

std::span<const std::string_view> host_files() { return managed_files; }

Task<Result<ObservedHost>> observe_host(systemd::Systemd& systemd, fs::path root) {
    std::optional<Units> units;
    if (root == "/") {
        auto queried = co_await query_units(systemd);
        if (!queried && is_booted_by_systemd()) co_return queried.error();
        if (queried) units = std::move(*queried);
    }
    std::function<Result<ObservedHost>(std::stop_token)> work =
        [root = std::move(root), units = std::move(units)](const std::stop_token&) {
            return read_host_state(root, units);
        };
    auto observing = off_loop(std::move(work));
    co_return co_await std::move(observing);
}

Task<ObservedHost> with_package(ObservedHost host, fs::path root) {
    std::function<Result<packages::OsRelease>(std::stop_token)> work = [root](const std::stop_token&) {
        return packages::read_os_release(root);
    };
    auto reading = off_loop(std::move(work));
    const auto release = co_await std::move(reading);
    const auto family =
        release ? packages::package_family(*release) : Result<packages::PackageFamily>(release.error());
    if (!family) {
        host.package_problem = family.error().message();
        co_return host;
    }
    packages::PackageTools tools;
    tools.root = root;
    const auto engine = co_await packages::installed_engine(*family, std::move(tools));
    if (!engine) host.package_problem = engine.error().message();
    else if (*engine) host.package = (*engine)->package;
    co_return host;
}

}  // namespace dockerext::observe
