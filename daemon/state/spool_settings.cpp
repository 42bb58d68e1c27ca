#include "state/spool_settings.hpp"

#include "base/clock.hpp"
#include "base/disk_sync.hpp"
#include "base/folder.hpp"
#include "base/regular_file.hpp"
#include "state/envelope_json.hpp"
#include "state/folder.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdio>

namespace dockerext::state {
namespace {

/// The number with which a name from `arrival_name` begins; 0 for other names.
std::uint64_t number_of(std::string_view name) {
    std::uint64_t number = 0;
    const auto parsed = std::from_chars(name.data(), name.data() + name.size(), number);
    return parsed.ec == std::errc() ? number : 0;
}

/// Unique on this machine, even among files that a crash left.
std::string temporary_name() {
    static std::atomic<unsigned> count = 0;
    const auto tick = steady_now().time_since_epoch().count();
    return std::to_string(::getpid()) + "-" + std::to_string(tick) + "-" + std::to_string(count++) + ".json";
}

/// A name that sorts after all waiting entries. It does not depend on the clock, which may jump.
std::string arrival_name(const UniqueFd& incoming, const std::string& temporary) {
    unsigned long long last = 0;
    (void)each_name(
        incoming, [&](std::string_view name) { last = std::max<unsigned long long>(last, number_of(name)); });
    std::array<char, 32> number{};
    (void)std::snprintf(number.data(), number.size(), "%020llu", last + 1);
    return number.data() + ("-" + temporary);
}

Result<> write_new_file(const UniqueFd& folder, const std::string& name, std::string_view bytes) {
    const UniqueFd file(
        ::openat(folder.get(), name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!file) return Error::from_errno(errno, "create '" + name + "'");
    if (auto written = write_all(file, bytes); !written) return written;
    if (::fchmod(file.get(), 0600) != 0 || sync_file(file.get()) != 0)
        return Error::from_errno(errno, "sync '" + name + "'");
    return {};
}

/// Moves the entry to `to` under a name in the order of arrival. The lock makes this order unambiguous.
Result<> deliver(const UniqueFd& from, const UniqueFd& to, const std::string& temporary) {
    if (::flock(to.get(), LOCK_EX) != 0) return Error::from_errno(errno, "lock new");
    const std::string name = arrival_name(to, temporary);
    if (::renameat(from.get(), temporary.c_str(), to.get(), name.c_str()) != 0)
        return Error::from_errno(errno, "rename");
    if (sync_file(to.get()) != 0) return Error::from_errno(errno, "fsync");
    return {};
}

Result<> write_entry(const std::filesystem::path& spool, std::string_view bytes) {
    for (const auto& folder : {spool.parent_path(), spool}) {
        if (auto made = open_folder(folder, 0700); !made) return made.error();
    }
    const auto tmp = open_folder(spool / "tmp", 0700);
    if (!tmp) return tmp.error();
    const auto incoming = open_folder(spool / "new", 0700);
    if (!incoming) return incoming.error();
    // While this lock is held, a starting daemon does not clear tmp/.
    if (::flock(tmp->get(), LOCK_SH) != 0) return Error::from_errno(errno, "lock tmp");

    const std::string name = temporary_name();
    auto done = write_new_file(*tmp, name, bytes);
    if (done) done = deliver(*tmp, *incoming, name);
    if (!done) (void)::unlinkat(tmp->get(), name.c_str(), 0);
    return done;
}

/// Of the file errors only a full disk is `unavailable`.
Error cannot_store(const Error& error) {
    constexpr std::string_view doing = "cannot store settings";
    if (error.kind() == ErrorKind::unavailable) return Error(error.kind(), "disk full").within(doing);
    return error.within(doing);
}

}  // namespace

Result<> spool_settings(const std::filesystem::path& spool, const model::Envelope& envelope) {
    const auto json = to_json(envelope);
    if (!json) return json.error();
    if (auto done = write_entry(spool, json->reveal()); !done) return cannot_store(done.error());
    return {};
}

}  // namespace dockerext::state
