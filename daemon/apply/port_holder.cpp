#include "apply/port_holder.hpp"

#include "base/off_loop.hpp"
#include "base/regular_file.hpp"
#include "base/timeout.hpp"
#include "engine/containers.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <set>
#include <sstream>
#include <vector>

namespace dockerext::apply {
namespace {

namespace fs = std::filesystem;

template <typename Number>
std::optional<Number> number_in(std::string_view text, int base = 10) {
    Number number{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return number;
}

/// What precedes the address in the messages of Docker 20.10 to 29.
struct Sign {
    std::string_view text, protocol;
};
constexpr auto signs = std::to_array<Sign>({{"Bind for ", "tcp"},
                                            {"listen tcp4 ", "tcp"},
                                            {"listen tcp6 ", "tcp"},
                                            {"listen tcp ", "tcp"},
                                            {"listen udp4 ", "udp"},
                                            {"listen udp6 ", "udp"},
                                            {"listen udp ", "udp"},
                                            {"failed to bind host port for ", ""},
                                            {"failed to bind host port ", ""},
                                            {"failed to bind port ", ""}});

/// The port of "0.0.0.0:8080", "[::]:8080", "0.0.0.0:8080:172.17.0.2:80/tcp".
std::optional<std::uint16_t> port_of_address(std::string_view text) {
    std::size_t colon = text.starts_with('[') ? text.find("]:") : text.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    colon += text.starts_with('[') ? 2 : 1;
    const std::size_t end = std::min(text.find_first_not_of("0123456789", colon), text.size());
    return number_in<std::uint16_t>(text.substr(colon, end - colon));
}

struct Socket {
    std::string inode, user;
};

constexpr std::size_t max_table = std::size_t{4} << 20;

/// The sockets of /proc/net/tcp and its like that hold the port: lines of "sl local_address rem_address st
/// tx:rx tr:when retrnsmt uid timeout inode" (proc(5)).
void add_sockets(const fs::path& table, const Port& port, std::vector<Socket>& found) {
    constexpr std::string_view listens = "0A";
    const auto text = read_regular(table, max_table);
    if (!text) return;
    std::istringstream lines(*text);
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words(line);
        std::string slot, local, remote, state, queues, timer, retransmits, user, timeout, inode;
        words >> slot >> local >> remote >> state >> queues >> timer >> retransmits >> user >> timeout >>
            inode;
        const std::size_t colon = local.rfind(':');
        if (colon == std::string::npos || (port.protocol == "tcp" && state != listens)) continue;
        const auto number = number_in<std::uint16_t>(std::string_view(local).substr(colon + 1), 16);
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

std::optional<Port> taken_port(std::string_view message) {
    const auto has = [&](std::string_view text) { return message.find(text) != std::string_view::npos; };
    if (!has("port is already allocated") && !has("address already in use")) return std::nullopt;
    for (const Sign& sign : signs) {
        const std::size_t at = message.find(sign.text);
        if (at == std::string_view::npos) continue;
        const auto number = port_of_address(message.substr(at + sign.text.size()));
        if (!number) continue;
        const std::string_view protocol =
            sign.protocol.empty() ? (has("/udp") ? "udp" : "tcp") : sign.protocol;
        return Port{*number, std::string(protocol)};
    }
    return std::nullopt;
}

std::string process_holding(const Port& port, const fs::path& proc) {
    std::vector<Socket> sockets;
    add_sockets(proc / "self/net" / port.protocol, port, sockets);
    add_sockets(proc / "self/net" / (port.protocol + "6"), port, sockets);
    if (sockets.empty()) return "";
    std::set<std::string> links;
    for (const Socket& socket : sockets) links.insert("socket:[" + socket.inode + "]");
    std::error_code error;
    for (fs::directory_iterator each(proc, error), end; !error && each != end; each.increment(error)) {
        const std::string pid = each->path().filename();
        if (!number_in<unsigned>(pid) || !has_open(each->path(), links)) continue;
        const auto comm = read_regular(each->path() / "comm", 64);
        std::string name = comm ? *comm : "";
        if (name.ends_with('\n')) name.pop_back();
        return "process " + name + " (pid " + pid + ")";
    }
    return "a process of user " + sockets.front().user;
}

Task<Error> with_port_holder(engine::Client& client, Error error) {
    const auto port = taken_port(error.message());
    if (!port) co_return error;
    const std::string name = std::to_string(port->number) + "/" + port->protocol;
    const auto containers = co_await engine::list_containers_publishing(client, name);
    std::string holder;
    if (containers && !containers->empty() && !containers->front().names.empty()) {
        holder = "container " + client.redact()(containers->front().names.front());
    } else {
        std::function<Result<std::string>(std::stop_token)> search = [port = *port](const std::stop_token&) {
            return Result<std::string>(process_holding(port));
        };
        auto searching = with_timeout(std::chrono::seconds(5), "search", off_loop(std::move(search)));
        const auto found = co_await std::move(searching);
        if (found) holder = *found;
    }
    if (holder.empty()) co_return error;
    co_return Error(error.kind(), error.message() + "; port " + name + " is held by " + holder +
                                      ": end it, or publish another port");
}

}  // namespace dockerext::apply
