#pragma once

#include "base/trigger.hpp"
#include "systemd/bus.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace dockerext::systemd {

constexpr Duration systemd_query_limit = std::chrono::seconds(10);

/// The match rule for a signal of systemd's manager (D-Bus specification, "Match Rules").
std::string manager_rule(std::string_view member);

/// Reads the object path in a reply.
Result<std::string> read_path(const Result<BusMessage>& reply);
Result<> discard_value(const Result<BusMessage>& reply);

/// The connection to systemd over the system bus. Connects, subscribes to systemd's signals, and reconnects
/// when the connection breaks.
class SystemdConnection {
public:
    SystemdConnection(const asio::any_io_executor& executor, std::vector<std::string> watched);

    /// Connects, and reconnects when the connection breaks, until cancelled.
    Task<void> run();

    /// Fires when a watched unit or its files change, and when the connection is made or lost.
    Trigger& dirty() noexcept { return dirty_; }

    /// The current connection, or why there is none. Waits for the first attempt to connect.
    Task<Result<std::shared_ptr<Bus>>> bus();
    /// The same, but waits at most `limit`.
    Task<Result<std::shared_ptr<Bus>>> bus(Duration limit);
    /// Creates a call of a method of the manager.
    static Result<BusMessage> new_call(Bus& bus, const char* method);
    /// Creates a call of a method of `interface` on the object at `path`.
    static Result<BusMessage> new_call(Bus& bus, const std::string& path, const char* interface,
                                       const char* method);
    /// Calls a method of the manager with string arguments.
    Task<Result<BusMessage>> call(std::string method, std::vector<std::string> arguments, Duration limit);

private:
    /// Makes one connection and serves it until it breaks.
    Task<void> serve();
    Result<std::vector<Bus::Match>> listen(Bus& on);
    Task<Result<>> subscribe(std::shared_ptr<Bus> on);
    void set_connected(std::shared_ptr<Bus> connected);
    void set_disconnected(const Error& why);

    asio::any_io_executor executor_;
    std::vector<std::string> watched_;
    Trigger dirty_;
    Condition attempted_;  ///< to connect
    bool has_attempted_ = false;
    bool has_logged_loss_ = false;  ///< has logged that there is no connection
    Duration pause_;
    std::shared_ptr<Bus> bus_;
    Error loss_;  ///< why there is no connection
};

}  // namespace dockerext::systemd
