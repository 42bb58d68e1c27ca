#pragma once

#include "base/task.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <functional>
#include <memory>
#include <string>

struct sd_bus_message;

namespace dockerext::systemd {

struct BusMessageUnref {
    void operator()(sd_bus_message* message) const;
};
using BusMessage = std::unique_ptr<sd_bus_message, BusMessageUnref>;

/// A connection to the system bus (or the one that DBUS_SYSTEM_BUS_ADDRESS names) on the daemon's thread.
/// Replies and signals arrive only while `pump` runs. Keep it alive while a call is awaited or a match
/// exists.
class Bus {
public:
    using MessageHandler = std::function<void(sd_bus_message*)>;

    /// A subscription to signals; it ends when this object is destroyed.
    class Match {
    public:
        Match(Match&&) noexcept;
        Match& operator=(Match&&) noexcept;
        ~Match();

    private:
        friend class Bus;
        struct State;
        explicit Match(std::unique_ptr<State> state);
        std::unique_ptr<State> state_;
    };

    /// `not_found` if the machine has no bus, `unavailable` if the bus does not answer.
    static Result<std::shared_ptr<Bus>> connect(const asio::any_io_executor& executor);

    Bus(Bus&&) = delete;
    ~Bus();

    Result<BusMessage> new_call(const char* service, const char* path, const char* interface,
                                const char* method);

    /// Sends a call and returns the reply. An error reply becomes an error with its text ("Unit x.service not
    /// found.") and the kind that its D-Bus name maps to; `unavailable` if the connection breaks meanwhile.
    Task<Result<BusMessage>> call(BusMessage request, Duration limit);

    /// Calls `handler` for each signal that matches `rule` (D-Bus specification, "Match Rules"). The match
    /// takes effect after the calls that were made before it.
    Result<Match> on_signal(const std::string& rule, MessageHandler handler);
    /// Calls `callback` when the connection is lost.
    Result<Match> on_disconnect(std::function<void()> callback);

    /// Reads and dispatches until cancelled; `unavailable` when the connection breaks.
    Task<Result<>> pump();

private:
    struct Link;
    explicit Bus(std::unique_ptr<Link> link);
    Task<Result<BusMessage>> reply_to(BusMessage request);

    std::unique_ptr<Link> link_;
};

}  // namespace dockerext::systemd
