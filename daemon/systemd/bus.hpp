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
/// Calls and signals arrive only while `pump` runs. Whoever awaits a call or holds a match keeps it alive.
class Bus {
public:
    using MessageHandler = std::function<void(sd_bus_message*)>;

    /// A request to hear signals; it ends with this value.
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

    /// `not_found` where there is no bus, `unavailable` when nobody answers there.
    static Result<std::shared_ptr<Bus>> connect(const asio::any_io_executor& executor);

    Bus(Bus&&) = delete;
    ~Bus();

    Result<BusMessage> new_call(const char* service, const char* path, const char* interface,
                                const char* method);

    /// The reply. An error reply is an error: "Unit x.service not found.", with the kind that its name stands
    /// for; `unavailable` when the connection breaks meanwhile.
    Task<Result<BusMessage>> call(BusMessage request, Duration limit);

    /// Calls `hear` for each signal that fits `rule` (D-Bus specification, "Match Rules"), from what is sent
    /// after the calls that were made before.
    Result<Match> on_signal(const std::string& rule, MessageHandler hear);
    /// Calls `broken` when the connection is lost.
    Result<Match> on_loss(std::function<void()> broken);

    /// Reads and dispatches until cancelled, or until the connection breaks: `unavailable`.
    Task<Result<>> pump();

private:
    struct Link;
    explicit Bus(std::unique_ptr<Link> link);
    Task<Result<BusMessage>> reply_to(BusMessage request);

    std::unique_ptr<Link> link_;
};

}  // namespace dockerext::systemd
