#include "apply/port_holder.hpp"

#include "base/off_loop.hpp"
#include "base/timeout.hpp"
#include "engine/containers.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <string>

namespace dockerext::apply {
namespace {

std::optional<std::uint16_t> port_number(std::string_view text) {
    std::uint16_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
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
    return port_number(text.substr(colon, end - colon));
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

Task<Error> with_port_holder(engine::Client& client, Error error) {
    const auto port = taken_port(error.message());
    if (!port) co_return error;
    const std::string name = to_string(*port);
    const auto containers = co_await engine::list_containers_publishing(client, name);
    std::string holder;
    if (containers && !containers->empty() && !containers->front().names.empty()) {
        holder = "container " + client.redact()(containers->front().names.front());
    } else {
        std::function<Result<std::string>(std::stop_token)> search = [port = *port](const std::stop_token&) {
            const auto found = port_holder(port);
            return Result<std::string>(found ? to_string(*found) : "");
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
