#include "shim/lock.hpp"

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>
#include <string>
#include <thread>

namespace dockerext::shim {

Result<UniqueFd> wait_for_lock(const std::filesystem::path& path, std::chrono::milliseconds max_wait) {
    constexpr std::chrono::milliseconds pause{20};
    const std::string doing = "lock '" + path.string() + "'";
    UniqueFd file(::open(path.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!file) return Error::from_errno(errno, doing);
    for (std::chrono::milliseconds waited{0}; ::flock(file.get(), LOCK_EX | LOCK_NB) != 0; waited += pause) {
        if (errno != EWOULDBLOCK && errno != EINTR) return Error::from_errno(errno, doing);
        if (waited >= max_wait) return Error(ErrorKind::timeout, doing + ": another command has it");
        std::this_thread::sleep_for(pause);
    }
    return file;
}

}  // namespace dockerext::shim
