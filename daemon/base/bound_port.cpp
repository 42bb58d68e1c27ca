#include "base/bound_port.hpp"

#include "base/regular_file.hpp"

#include <charconv>
#include <cstddef>
#include <set>
#include <sstream>
#include <string_view>
#include <vector>

namespace dockerext {
namespace {

namespace fs = std::filesystem;

struct BoundSocket {
    std::string inode, user;
};

constexpr std::size_t max_socket_table = std::size_t{4} << 20;

template <typename Number>
std::optional<Number> whole_number(std::string_view text, int base) {
    Number number{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return number;
}

/// The sockets of /proc/net/tcp and its like that hold the port: lines of "sl local_address rem_address st
/// tx:rx tr:when retrnsmt uid timeout inode" (proc(5)).
void add_bound_sockets(const fs::path& table, const Port& port, std::vector<BoundSocket>& found) {
    constexpr std::string_view listens = "0A";
    const auto text = read_regular(table, max_socket_table);
    if (!text) return;
    std::istringstream lines(*text);
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words(line);
        std::string slot, local, remote, state, queues, timer, retransmits, user, timeout, inode;
        words >> slot >> local >> remote >> state >> queues >> timer >> retransmits >> user >> timeout >>
            inode;
        const std::size_t colon = local.rfind(':');
        if (colon == std::string::npos || (port.protocol == "tcp" && state != listens)) continue;
        const auto number = whole_number<std::uint16_t>(std::string_view(local).substr(colon + 1), 16);
        if (number == port.number) found.push_back({inode, user});
    }
}

bool has_open(const fs::path& process, const std::set<std::string>& links) {
    std::error_code error;
    for (fs::directory_iterator file(process / "fd", error), end; !error && file != end;
         file.increment(error)) {
        std::error_code hidden;
        if (links.contains(fs::read_symlink(file->path(), hidden).string())) return true;
    }
    return false;
}

}  // namespace

std::string to_string(const Port& port) { return std::to_string(port.number) + "/" + port.protocol; }

std::string to_string(const PortHolder& holder) {
    if (holder.process.empty()) return "a process of user " + holder.user;
    return "process " + holder.process + " (pid " + holder.pid + ")";
}

std::optional<PortHolder> port_holder(const Port& port, const fs::path& proc) {
    std::vector<BoundSocket> sockets;
    add_bound_sockets(proc / "self/net" / port.protocol, port, sockets);
    add_bound_sockets(proc / "self/net" / (port.protocol + "6"), port, sockets);
    if (sockets.empty()) return std::nullopt;
    PortHolder holder{"", "", sockets.front().user};
    std::set<std::string> links;
    for (const BoundSocket& socket : sockets) links.insert("socket:[" + socket.inode + "]");
    std::error_code error;
    for (fs::directory_iterator each(proc, error), end; !error && each != end; each.increment(error)) {
        const std::string pid = each->path().filename();
        if (!whole_number<unsigned>(pid, 10) || !has_open(each->path(), links)) continue;
        const auto comm = read_regular(each->path() / "comm", 64);
        holder.process = comm ? comm->substr(0, comm->find('\n')) : "?";
        holder.pid = pid;
        break;
    }
    return holder;
}

}  // namespace dockerext
