// sim [--swarm] --seed N [--hours H] [--trace] [--without N,N…]: runs one world and prints one line.
// sim [--swarm] --seconds S [--from N] [--stride N]: runs worlds for S seconds; ends at the first that breaks
// a promise. With --swarm, the worlds are of several machines.
#include "base/iso_time.hpp"
#include "base/log.hpp"
#include "swarm/world.hpp"
#include "world.hpp"

#include <malloc.h>
#include <sched.h>
#include <sys/mount.h>

#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <sstream>
#include <string_view>

/// The daemon returns memory to the system when it becomes idle. Here that would be several times per virtual
/// minute, without any use.
extern "C" int malloc_trim(std::size_t) noexcept { return 0; }

namespace {

using namespace dockerext;

struct Arguments {
    sim::Options world;
    double seconds = 0;
    std::uint64_t stride = 1;
    bool trace = false, is_swarm = false;
};

std::set<std::uint64_t> numbers_in(const std::string& list) {
    std::set<std::uint64_t> numbers;
    std::istringstream text(list);
    for (std::string number; std::getline(text, number, ',');)
        numbers.insert(std::strtoull(number.c_str(), nullptr, 10));
    return numbers;
}

Arguments arguments_in(int count, char** words) {
    Arguments given;
    for (int i = 1; i < count; ++i) {
        const std::string_view word = words[i];
        const std::string value = i + 1 < count ? words[i + 1] : "";
        if (word == "--trace") given.trace = true;
        else if (word == "--swarm") given.is_swarm = true;
        else if (word == "--seed" || word == "--from")
            given.world.seed = std::strtoull(value.c_str(), nullptr, 10), ++i;
        else if (word == "--hours") given.world.length = std::chrono::hours(std::atoi(value.c_str())), ++i;
        else if (word == "--seconds") given.seconds = std::atof(value.c_str()), ++i;
        else if (word == "--stride") given.stride = std::strtoull(value.c_str(), nullptr, 10), ++i;
        else if (word == "--without") given.world.left_out = numbers_in(value), ++i;
    }
    return given;
}

double cpu_seconds() {
    timespec spent{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &spent);
    return static_cast<double>(spent.tv_sec) + 1e-9 * static_cast<double>(spent.tv_nsec);
}

constexpr const char* mount_point = "/mnt";

/// Mounts a private file system in memory. The daemon watches all folders on the path to its files: in a
/// folder that other processes use, their events would arrive too, and runs of one seed would differ.
bool has_own_file_system() {
    return ::unshare(CLONE_NEWNS) == 0 && ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
           ::mount("dockerextd-sim", mount_point, "tmpfs", 0, nullptr) == 0;
}

/// What one world has to tell.
struct Report {
    std::string broken;
    Duration lasted;
    std::uint64_t faults, kills, calls, digest;
    std::vector<std::string> fault_log;
};

Report run_machine(const sim::Options& options, const std::filesystem::path& root) {
    sim::World world(options, root);
    world.run();
    std::uint64_t faults = world.call_faults();
    for (const auto& [name, count] : world.faults().counts) faults += count;
    return {world.broken(), world.lasted(),          faults, world.kills(), world.calls(),
            world.digest(), world.faults().fault_log};
}

Report run_swarm(const sim::Options& options, const std::filesystem::path& root) {
    sim::SwarmWorld world(options, root);
    world.run();
    return {world.broken,  world.lasted(), world.faults(), world.kills,
            world.calls(), world.digest(), world.fault_log};
}

/// False if a promise was broken.
bool print(std::uint64_t seed, const Report& report) {
    std::printf("seed %lu %s: %.1f h, %lu faults, %lu kills, %lu calls, digest %016lx\n",
                static_cast<unsigned long>(seed), report.broken.empty() ? "kept" : "BROKEN",
                std::chrono::duration<double, std::ratio<3600>>(report.lasted).count(),
                static_cast<unsigned long>(report.faults), static_cast<unsigned long>(report.kills),
                static_cast<unsigned long>(report.calls), static_cast<unsigned long>(report.digest));
    if (report.broken.empty()) return true;
    std::printf("  %s\n", report.broken.c_str());
    for (const std::string& fault : report.fault_log) std::printf("  %s\n", fault.c_str());
    return false;
}

}  // namespace

int main(int count, char** words) {
    Arguments given = arguments_in(count, words);
    if (!has_own_file_system()) return std::perror("sim: a file system of its own, which needs root"), 2;
    log::set_level(given.trace ? log::Level::info : log::Level::error);
    if (given.trace)
        given.world.trace = [](const std::string& what) {
            std::fprintf(stderr, "%s %s\n", iso_time(wall_now()).c_str(), what.c_str());
        };
    bool kept = true;
    do {
        const auto run = given.is_swarm ? run_swarm : run_machine;
        kept = print(given.world.seed, run(given.world, std::filesystem::path(mount_point) / "machine"));
        (void)std::fflush(stdout);
        given.world.seed += given.stride;
    } while (kept && cpu_seconds() < given.seconds);
    return kept ? 0 : 1;
}
