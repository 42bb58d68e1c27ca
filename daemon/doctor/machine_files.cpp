#include "doctor/machine_files.hpp"

#include "base/folder.hpp"
#include "base/named_file.hpp"
#include "base/regular_file.hpp"
#include "doctor/machine_text.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/timex.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

namespace dockerext::doctor {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr std::size_t text_limit = std::size_t{1} << 20;
constexpr std::size_t max_names = 10'000;
constexpr std::string_view azure_tag = "7783-7084-3265-9085-8269-3286-77";

std::string type_of(decltype(std::declval<struct statfs>().f_type) magic) {
    // linux/magic.h, and the file systems' own sources.
    static constexpr std::array types{std::pair{0x6969U, "nfs"},      std::pair{0x01021994U, "tmpfs"},
                                      std::pair{0x65735546U, "fuse"}, std::pair{0xFF534D42U, "cifs"},
                                      std::pair{0xFE534D42U, "smb"},  std::pair{0x00C36400U, "ceph"},
                                      std::pair{0x01021997U, "9p"}};
    for (const auto& [number, name] : types) {
        if (static_cast<std::uint32_t>(magic) == number) return name;
    }
    return "";
}

WallTime changed_at(const struct stat& facts) {
    return std::chrono::system_clock::from_time_t(facts.st_mtime);
}

/// Calls `visit` with the name and the facts of each regular file in the folder; none if it does not exist.
template <typename Visit>
Found<bool> each_file(const fs::path& path, Visit visit) {
    const auto folder = open_named_folder(path);
    if (!folder) return folder.error().kind() == ErrorKind::not_found ? Found<bool>(true) : folder.error();
    const auto names = names_in(*folder, max_names);
    if (!names) return names.error();
    for (const std::string& name : *names) {
        struct stat facts = {};
        const bool is_known = ::fstatat(folder->get(), name.c_str(), &facts, AT_SYMLINK_NOFOLLOW) == 0;
        if (is_known && S_ISREG(facts.st_mode)) visit(name, facts);
    }
    return true;
}

/// Whether the process runs a dockerextd, perhaps one that was replaced since ("dockerextd (deleted)").
bool is_our_program(pid_t process) {
    std::error_code none;
    const fs::path program = fs::read_symlink("/proc/" + std::to_string(process) + "/exe", none);
    return program.filename().native().starts_with("dockerextd");
}

/// Version 1 has the two numbers in two files.
std::optional<double> limit_of_group(const fs::path& root, const std::string& group) {
    const auto unified = read_text(root / ("sys/fs/cgroup" + group) / "cpu.max");
    if (unified) return processors_in(*unified);
    const fs::path folder = root / ("sys/fs/cgroup/cpu" + group);
    const auto quota = read_text(folder / "cpu.cfs_quota_us");
    const auto period = read_text(folder / "cpu.cfs_period_us");
    return quota && period ? processors_in(*quota + " " + *period) : std::nullopt;
}

}  // namespace

Error without_right(const Error& error) {
    for (const std::string_view words : {"Permission denied", "Operation not permitted"}) {
        if (error.message().find(words) != std::string::npos) return {ErrorKind::unavailable, "needs root"};
    }
    return error;
}

Found<std::string> read_text(const fs::path& path) {
    auto text = read_named_file(path, text_limit);
    if (!text) return without_right(text.error().within(path.native()));
    return text;
}

Found<Space> read_space(const fs::path& folder) {
    struct statfs facts = {};
    if (::statfs(folder.c_str(), &facts) != 0)
        return without_right(Error::from_errno(errno, folder.native()));
    const auto block = static_cast<std::uint64_t>(facts.f_bsize);
    return Space{.bytes_free = facts.f_bavail * block,
                 .bytes_total = facts.f_blocks * block,
                 .inodes_free = facts.f_ffree,
                 .inodes_total = facts.f_files,
                 .is_read_only = (facts.f_flags & ST_RDONLY) != 0,
                 .type = type_of(facts.f_type)};
}

Found<StateFacts> read_state(const state::Paths& paths, WallTime now) {
    StateFacts found;
    struct stat facts = {};
    if (::stat(paths.state.c_str(), &facts) != 0)
        return without_right(Error::from_errno(errno, paths.state.native()));
    found.mode = facts.st_mode & 07777;
    const auto is_old = [&](const struct stat& file, std::chrono::minutes age) {
        return changed_at(file) < now - age;
    };
    const auto note = [&](const std::string& name, const struct stat& file) {
        found.last_change = std::max(found.last_change, changed_at(file));
        if (name.ends_with(".tmp") && is_old(file, 1h)) found.leftovers.push_back(name);
    };
    const auto note_temporary = [&](const std::string& name, const struct stat& file) {
        if (is_old(file, 1h)) found.leftovers.push_back("spool/tmp/" + name);
    };
    const auto note_arrival = [&](const std::string&, const struct stat& file) {
        if (is_old(file, 5min)) ++found.waiting;
    };
    for (const auto& visited :
         {each_file(paths.state, note), each_file(paths.state / "good", note),
          each_file(paths.spool / "tmp", note_temporary), each_file(paths.spool / "new", note_arrival)}) {
        if (!visited) return without_right(visited.error());
    }
    return found;
}

Found<pid_t> read_lock_holder(const state::Paths& paths, const fs::path& root) {
    struct stat facts = {};
    const fs::path lock = paths.state / "lock";
    if (::stat(lock.c_str(), &facts) != 0) {
        if (errno == ENOENT) return 0;
        return without_right(Error::from_errno(errno, lock.native()));
    }
    const auto locks = read_text(root / "proc/locks");
    if (!locks) return locks.error();
    const LockHolders holders = lock_holders_in(*locks, facts.st_dev, facts.st_ino);
    for (const pid_t process : holders.processes) {
        if (!holders.are_guessed || is_our_program(process)) return process;
    }
    return 0;
}

Found<Pressure> read_pressure(const fs::path& root) {
    const auto cpu = read_text(root / "proc/pressure/cpu"), memory = read_text(root / "proc/pressure/memory"),
               io = read_text(root / "proc/pressure/io");
    for (const auto& each : {cpu, memory, io}) {
        if (!each) return Error(ErrorKind::not_found, "the kernel does not measure pressure (CONFIG_PSI)");
    }
    return Pressure{pressure_in(*cpu), pressure_in(*memory), pressure_in(*io)};
}

Found<std::vector<Route>> read_routes(const fs::path& root) {
    const auto text = read_text(root / "proc/net/route");
    if (!text) return text.error();
    return routes_in(*text);
}

Found<bool> read_forwarding(const fs::path& root) {
    const auto text = read_text(root / "proc/sys/net/ipv4/ip_forward");
    if (!text) return text.error();
    return text->starts_with('1');
}

Found<std::vector<std::string>> read_nameservers(const fs::path& resolv_conf) {
    const auto text = read_text(resolv_conf);
    if (!text) return text.error();
    return nameservers_in(*text);
}

Found<std::vector<std::string>> read_docker_group(const fs::path& root) {
    const auto text = read_text(root / "etc/group");
    if (!text) return text.error();
    auto members = members_in(*text, "docker");
    if (!members) return Error(ErrorKind::not_found, "there is no group docker");
    return std::move(*members);
}

Found<FilePermissions> read_permissions(const fs::path& path, const fs::path& root) {
    struct stat facts = {};
    if (::stat(path.c_str(), &facts) != 0) return without_right(Error::from_errno(errno, path.native()));
    const auto groups = read_text(root / "etc/group");
    return FilePermissions{facts.st_mode & 07777, facts.st_uid,
                           group_name(groups ? *groups : "", facts.st_gid)};
}

Found<bool> is_any_there(const fs::path& root, const std::vector<std::string>& paths) {
    return std::any_of(paths.begin(), paths.end(),
                       [&](const std::string& path) { return ::access((root / path).c_str(), F_OK) == 0; });
}

Found<bool> read_is_azure(const fs::path& root) {
    const auto tag = read_text(root / "sys/class/dmi/id/chassis_asset_tag");
    if (!tag && tag.error().kind() == ErrorKind::not_found) return false;
    if (!tag) return tag.error();
    return tag->starts_with(azure_tag);
}

Found<std::vector<UnitFile>> read_admin_units(const fs::path& root) {
    const fs::path folder = root / "etc/systemd/system";
    std::vector<UnitFile> units;
    const auto visited = each_file(folder, [&](const std::string& name, const struct stat&) {
        if (!name.ends_with(".service")) return;
        auto text = read_text(folder / name);
        if (text && text->find("docker") != std::string::npos)
            units.push_back({"/etc/systemd/system/" + name, std::move(*text)});
    });
    if (!visited) return without_right(visited.error());
    return units;
}

Found<bool> read_is_clock_synchronised() {
    struct timex facts = {};
    if (::adjtimex(&facts) < 0) return without_right(Error::from_errno(errno, "read the clock's state"));
    return (facts.status & STA_UNSYNC) == 0;
}

Found<std::optional<ProcessorLimit>> read_processor_limit(const fs::path& root, std::string group) {
    std::optional<ProcessorLimit> least;
    for (; group.size() > 1 && group.starts_with('/'); group.resize(group.rfind('/'))) {
        const auto processors = limit_of_group(root, group);
        if (processors && (!least || *processors < least->processors))
            least = ProcessorLimit{group, *processors};
    }
    return least;
}

}  // namespace dockerext::doctor
