#include "state/lock.hpp"

#include "base/regular_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <string>

namespace dockerext::state {
namespace {

Error held_by_another(const UniqueFd& file, const std::filesystem::path& folder) {
    const auto text = read_all(file, 32);
    std::string pid = text ? *text : "";
    while (!pid.empty() && pid.back() == '\n') pid.pop_back();
    const std::string who = pid.empty() ? "another dockerextd" : "another dockerextd (pid " + pid + ")";
    return {ErrorKind::conflict, who + " runs on " + folder.string()};
}

}  // namespace

Result<UniqueFd> lock_folder(const std::filesystem::path& folder) {
    const std::string doing = "lock '" + (folder / "lock").string() + "'";
    UniqueFd file(
        ::open((folder / "lock").c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0600));
    if (!file) return Error::from_errno(errno, doing);
    if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
        if (errno == EWOULDBLOCK) return held_by_another(file, folder);
        return Error::from_errno(errno, doing);
    }
    // The pid is only for people: the lock is valid without it, for example on a full disk.
    if (::ftruncate(file.get(), 0) == 0) (void)write_all(file, std::to_string(::getpid()) + "\n");
    return file;
}

}  // namespace dockerext::state
