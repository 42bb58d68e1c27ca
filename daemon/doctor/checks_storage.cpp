#include "doctor/check.hpp"

#include <algorithm>
#include <array>
#include <cmath>

/// Disks, and what waits for them.
namespace dockerext::doctor {
namespace {

using model::Category;

constexpr std::uint64_t mebibyte = 1ULL << 20, gibibyte = 1ULL << 30;
constexpr double low_percent = 10, empty_percent = 3;

double percent(std::uint64_t part, std::uint64_t whole) {
    return whole == 0 ? 100 : 100 * static_cast<double>(part) / static_cast<double>(whole);
}

std::string size_text(std::uint64_t bytes) {
    return bytes < 10 * gibibyte ? std::to_string(bytes / mebibyte) + " MiB"
                                 : std::to_string(bytes / gibibyte) + " GiB";
}

/// `enough`: bytes of which nobody has to free any, however small a part of the disk they are.
Verdict judge_space(const Space& space, std::string_view what, std::uint64_t enough,
                    const std::string& remedy) {
    const std::string where(what);
    if (space.is_read_only)
        return error(where + " is on a file system that is mounted read-only",
                     "mount it writable; see dmesg for errors");
    const double bytes = percent(space.bytes_free, space.bytes_total);
    const double inodes = percent(space.inodes_free, space.inodes_total);
    const std::string free = where + ": " + size_text(space.bytes_free) + " free of " +
                             size_text(space.bytes_total) + " (" + std::to_string(std::lround(bytes)) +
                             " %), " + std::to_string(std::lround(inodes)) + " % of the inodes";
    const bool has_enough = space.bytes_free >= enough;
    if (inodes < empty_percent || (bytes < empty_percent && !has_enough)) return error(free, remedy);
    if (inodes < low_percent || (bytes < low_percent && !has_enough)) return warning(free, remedy);
    return ok(free);
}

Verdict judge_engine_space(const Facts& facts) {
    return judged(facts.machine.engine_space, [&](const Space& space) {
        const std::string root = facts.engine.info ? facts.engine.info->data_root : "/var/lib/docker";
        return judge_space(
            space, root, 20 * gibibyte,
            "docker system df shows what uses it; docker image prune; limit the containers' logs");
    });
}

Verdict judge_state_space(const Facts& facts) {
    return judged(facts.machine.state_space, [&](const Space& space) {
        return judge_space(space, facts.machine.state_folder, 512 * mebibyte,
                           "free space: without it new settings cannot be stored");
    });
}

Verdict judge_run_space(const Facts& facts) {
    return judged(facts.machine.run_space, [](const Space& space) {
        return judge_space(space, "/run", 16 * mebibyte, "remove what fills it: du -x /run | sort -n");
    });
}

Verdict judge_driver(const Facts& facts) {
    return judged(facts.engine.info, [](const EngineInfo& info) {
        const std::string& driver = info.storage_driver;
        const std::string found = "storage driver " + driver +
                                  (info.backing_filesystem.empty() ? "" : " on " + info.backing_filesystem);
        const char* const other = R"(docker.config: {"storage-driver": "overlay2"}; images are pulled again)";
        if (!info.supports_d_type)
            return error(found + " without d_type: files of images get lost",
                         "make the file system again with mkfs.xfs -n ftype=1");
        if (driver == "vfs") return warning(found + ": each container copies its whole image", other);
        if (driver == "aufs" || driver == "devicemapper" || driver == "overlay")
            return warning(found + ": engines from version 25 on do not have it", other);
        return ok(found);
    });
}

/// Locks and extended attributes of the engine's storage do not work on these.
Verdict judge_engine_file_system(const Facts& facts) {
    return judged(facts.machine.engine_space, [](const Space& space) {
        if (space.type.empty()) return ok("the engine's data is on a local file system");
        const std::string found = "the engine's data is on " + space.type;
        if (space.type == "tmpfs")
            return warning(found + ": images and volumes are gone after a reboot",
                           R"(docker.config: {"data-root": "/path/on/a/disk"})");
        return error(found + ", on which the engine's storage does not work",
                     R"(docker.config: {"data-root": "/path/on/a/local/disk"}; volumes may be on a network)");
    });
}

Verdict judge_pressure(const Facts& facts) {
    return judged(facts.machine.pressure, [](const Pressure& pressure) {
        constexpr double high = 40;
        const std::string found = "processes waited " + std::to_string(std::lround(pressure.io)) +
                                  " % of the last minute for disks, " +
                                  std::to_string(std::lround(pressure.memory)) + " % for memory, " +
                                  std::to_string(std::lround(pressure.cpu)) + " % for processors";
        if (std::max({pressure.io, pressure.memory}) < high && pressure.cpu < 2 * high) return ok(found);
        return warning(found,
                       "docker stats shows who uses them; limit those services, or use a larger machine");
    });
}

constexpr std::array table_of_storage{
    Check{"engine-space", Category::storage, "settings.md#reconcile", judge_engine_space},
    Check{"state-space", Category::storage, "doctor.md#storage", judge_state_space},
    Check{"run-space", Category::storage, "doctor.md#storage", judge_run_space},
    Check{"driver", Category::storage, "settings.md#docker", judge_driver},
    Check{"file-system", Category::storage, "settings.md#docker", judge_engine_file_system},
    Check{"pressure", Category::storage, "doctor.md#storage", judge_pressure},
};

}  // namespace

std::span<const Check> storage_checks() { return table_of_storage; }

}  // namespace dockerext::doctor
