#include "doctor/peer.hpp"

#include "base/unique_fd.hpp"

#include <sys/socket.h>
#include <sys/un.h>

#include <cerrno>
#include <cstring>

namespace dockerext::doctor {

Result<pid_t> listener_of(const std::filesystem::path& socket) {
    const std::string doing = "connect to " + socket.native();
    const UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!fd) return Error::from_errno(errno, doing);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (socket.native().size() >= sizeof(address.sun_path)) return Error::from_errno(ENAMETOOLONG, doing);
    std::memcpy(address.sun_path, socket.c_str(), socket.native().size());
    const auto* const generic = reinterpret_cast<const sockaddr*>(&address);  // NOLINT: as bind(2) wants it
    if (::connect(fd.get(), generic, sizeof(address)) != 0) return Error::from_errno(errno, doing);
    ucred peer{};
    socklen_t size = sizeof(peer);
    if (::getsockopt(fd.get(), SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0)
        return Error::from_errno(errno, doing);
    return peer.pid;
}

}  // namespace dockerext::doctor
