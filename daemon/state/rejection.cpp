#include "state/rejection.hpp"

#include "base/folder.hpp"
#include "base/regular_file.hpp"
#include "base/utf8.hpp"
#include "state/folder.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <tuple>
#include <vector>

namespace dockerext::state {
namespace {

constexpr std::size_t kept_rejections = 20;
constexpr std::size_t longest_name = 200;
constexpr std::string_view reason_suffix = ".reason";

bool is_plain(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '-' || c == '_';
}

std::string plain_name(std::string_view name) {
    std::string plain(name.substr(0, longest_name));
    std::replace_if(
        plain.begin(), plain.end(), [](char c) { return !is_plain(c); }, '_');
    if (plain.starts_with('.')) plain.front() = '_';
    if (plain.ends_with(reason_suffix)) plain += '_';
    return plain;
}

/// `name`, or the first of NAME.1, NAME.2 … that is free: earlier entries are not overwritten.
std::string free_name(const UniqueFd& folder, const std::string& name) {
    std::string candidate = name;
    struct stat file_stat = {};
    for (unsigned i = 1; ::fstatat(folder.get(), candidate.c_str(), &file_stat, AT_SYMLINK_NOFOLLOW) == 0;
         ++i) {
        candidate = name + "." + std::to_string(i);
    }
    return candidate;
}

Result<> write_reason(const UniqueFd& folder, const std::string& name, std::string_view reason) {
    const UniqueFd file(::openat(folder.get(), (name + std::string(reason_suffix)).c_str(),
                                 O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0600));
    if (!file) return Error::from_errno(errno, "write the reason");
    return write_all(file, valid_utf8(reason) + "\n");
}

/// When the entry arrived: its change time, which a rename updates.
std::tuple<std::int64_t, std::int64_t> arrival(const UniqueFd& folder, const std::string& name) {
    struct stat file_stat = {};
    if (::fstatat(folder.get(), name.c_str(), &file_stat, AT_SYMLINK_NOFOLLOW) != 0) return {0, 0};
    return {file_stat.st_ctim.tv_sec, file_stat.st_ctim.tv_nsec};
}

void drop_oldest(const RejectedFolder& folder) {
    std::vector<std::tuple<std::int64_t, std::int64_t, std::string>> entries;
    (void)each_name(folder.fd, [&](std::string_view name) {
        if (name.ends_with(reason_suffix)) return;
        const auto [seconds, nanoseconds] = arrival(folder.fd, std::string(name));
        entries.emplace_back(seconds, nanoseconds, name);
    });
    if (entries.size() <= kept_rejections) return;
    std::sort(entries.begin(), entries.end());
    entries.resize(entries.size() - kept_rejections);
    for (const auto& [seconds, nanoseconds, name] : entries) {
        std::error_code ignored;  // what cannot be removed now may be removed next time
        std::filesystem::remove_all(folder.path / name, ignored);
        std::filesystem::remove(folder.path / (name + std::string(reason_suffix)), ignored);
    }
}

}  // namespace

bool is_plain_name(std::string_view name) { return !name.empty() && plain_name(name) == name; }

Result<> move_to_rejected(const UniqueFd& incoming, const RejectedFolder& rejected, const std::string& name,
                          std::string_view reason) {
    const std::string target = free_name(rejected.fd, plain_name(name));
    if (::renameat(incoming.get(), name.c_str(), rejected.fd.get(), target.c_str()) != 0) {
        const int why = errno;
        struct stat file_stat = {};
        const bool is_there = ::fstatat(incoming.get(), name.c_str(), &file_stat, AT_SYMLINK_NOFOLLOW) == 0;
        if (!is_there) return {};
        return Error::from_errno(why, "move '" + plain_name(name) + "' to rejected");
    }
    drop_oldest(rejected);
    return write_reason(rejected.fd, target, reason);
}

}  // namespace dockerext::state
