#include "systemd/bus.hpp"

#include "base/condition.hpp"
#include "base/timeout.hpp"

#include <fcntl.h>
#include <poll.h>
#include <systemd/sd-bus.h>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <string_view>

namespace dockerext::systemd {
namespace {

using Descriptor = asio::posix::stream_descriptor;

struct SlotUnref {
    void operator()(sd_bus_slot* slot) const { sd_bus_slot_unref(slot); }
};
using Slot = std::unique_ptr<sd_bus_slot, SlotUnref>;

struct BusClose {
    void operator()(sd_bus* bus) const { sd_bus_close_unref(bus); }  // without waiting for a flush
};

/// Maps error names of D-Bus and systemd to kinds. All other names are `internal`.
constexpr std::pair<std::string_view, ErrorKind> kinds[] = {
    {"org.freedesktop.DBus.Error.FileNotFound", ErrorKind::not_found},
    {"org.freedesktop.DBus.Error.UnknownObject", ErrorKind::not_found},
    {"org.freedesktop.systemd1.NoSuchUnit", ErrorKind::not_found},
    {"org.freedesktop.DBus.Error.Disconnected", ErrorKind::unavailable},
    {"org.freedesktop.DBus.Error.LimitsExceeded", ErrorKind::unavailable},
    {"org.freedesktop.DBus.Error.NameHasNoOwner", ErrorKind::unavailable},
    {"org.freedesktop.DBus.Error.NoReply", ErrorKind::unavailable},
    {"org.freedesktop.DBus.Error.NoServer", ErrorKind::unavailable},
    {"org.freedesktop.DBus.Error.ServiceUnknown", ErrorKind::unavailable},
    {"org.freedesktop.DBus.Error.TimedOut", ErrorKind::timeout},
    {"org.freedesktop.DBus.Error.Timeout", ErrorKind::timeout},
    {"org.freedesktop.DBus.Error.InvalidArgs", ErrorKind::invalid_input},
    {"org.freedesktop.systemd1.JobTypeNotApplicable", ErrorKind::conflict},
    {"org.freedesktop.systemd1.TransactionIsDestructive", ErrorKind::conflict},
    {"org.freedesktop.systemd1.TransactionJobsConflicting", ErrorKind::conflict},
    {"org.freedesktop.systemd1.UnitMasked", ErrorKind::conflict},
};

Error error_of(const sd_bus_error& error) {
    const std::string_view name = error.name;
    const auto found =
        std::find_if(std::begin(kinds), std::end(kinds), [&](const auto& k) { return k.first == name; });
    const ErrorKind kind = found == std::end(kinds) ? ErrorKind::internal : found->second;
    return {kind, error.message != nullptr ? error.message : error.name};
}

/// The error for a failed sd-bus function: an error of the connection, not an error reply.
Error link_error(int r, std::string_view doing) {
    Error error = Error::from_errno(-r, doing);
    const bool keeps_kind = error.kind() == ErrorKind::not_found || error.kind() == ErrorKind::cancelled;
    return keeps_kind ? error : Error(ErrorKind::unavailable, error.message());
}

/// The pending reply of a call. Lives in the waiting coroutine; the slot ends with it, so no reply comes
/// later.
struct Reply {
    Condition arrived;
    std::optional<Result<BusMessage>> outcome;
    Slot slot;
};

int on_reply(sd_bus_message* message, void* waiting, sd_bus_error*) {
    auto& reply = *static_cast<Reply*>(waiting);
    const sd_bus_error* error = sd_bus_message_get_error(message);
    if (error != nullptr) reply.outcome.emplace(error_of(*error));
    else reply.outcome.emplace(BusMessage(sd_bus_message_ref(message)));
    reply.arrived.notify();
    return 0;
}

}  // namespace

void BusMessageUnref::operator()(sd_bus_message* message) const { sd_bus_message_unref(message); }

struct Bus::Match::State {
    MessageHandler handler;
    Slot slot;
};

Bus::Match::Match(std::unique_ptr<State> state) : state_(std::move(state)) {}
Bus::Match::Match(Match&&) noexcept = default;
Bus::Match& Bus::Match::operator=(Match&&) noexcept = default;
Bus::Match::~Match() = default;

struct Bus::Link {
    std::unique_ptr<sd_bus, BusClose> bus;
    Descriptor descriptor;  ///< a duplicate, because sd-bus may close its own at any time

    /// Makes `pump` check again which events to wait for, when sd-bus has data to send.
    void wake() {
        boost::system::error_code ignored;
        if ((sd_bus_get_events(bus.get()) & POLLOUT) != 0) descriptor.cancel(ignored);
    }
};

Bus::Bus(std::unique_ptr<Link> link) : link_(std::move(link)) {}
Bus::~Bus() = default;

Result<std::shared_ptr<Bus>> Bus::connect(const asio::any_io_executor& executor) {
    sd_bus* raw = nullptr;
    if (const int r = sd_bus_open_system(&raw); r < 0) return link_error(r, "system bus");
    std::unique_ptr<sd_bus, BusClose> bus(raw);
    const int fd = ::fcntl(sd_bus_get_fd(raw), F_DUPFD_CLOEXEC, 3);
    if (fd < 0) return Error::from_errno(errno, "system bus");
    return std::shared_ptr<Bus>(
        new Bus(std::unique_ptr<Link>(new Link{std::move(bus), Descriptor(executor, fd)})));
}

Result<BusMessage> Bus::new_call(const char* service, const char* path, const char* interface,
                                 const char* method) {
    sd_bus_message* message = nullptr;
    const int r =
        sd_bus_message_new_method_call(link_->bus.get(), &message, service, path, interface, method);
    if (r < 0) return link_error(r, method);
    return BusMessage(message);
}

Task<Result<BusMessage>> Bus::reply_to(BusMessage request) {
    Reply reply;
    sd_bus_slot* slot = nullptr;
    const int r = sd_bus_call_async(link_->bus.get(), &slot, request.get(), on_reply, &reply, UINT64_MAX);
    if (r < 0) co_return link_error(r, "send");
    reply.slot.reset(slot);
    link_->wake();
    co_await reply.arrived.wait();
    if (!reply.outcome) co_return Error(ErrorKind::cancelled, "D-Bus call");
    co_return std::move(*reply.outcome);
}

Task<Result<BusMessage>> Bus::call(BusMessage request, Duration limit) {
    const char* member = sd_bus_message_get_member(request.get());
    const std::string method = member != nullptr ? member : "D-Bus call";
    auto outcome = co_await with_timeout(limit, "no reply", reply_to(std::move(request)));
    if (!outcome) co_return outcome.error().within(method);
    co_return outcome;
}

Result<Bus::Match> Bus::on_signal(const std::string& rule, MessageHandler handler) {
    auto state = std::unique_ptr<Match::State>(new Match::State{std::move(handler), nullptr});
    const auto on_message = [](sd_bus_message* message, void* match, sd_bus_error*) {
        static_cast<Match::State*>(match)->handler(message);
        return 0;
    };
    // Without this callback, sd-bus would close the connection when the bus refuses the match.
    const auto installed = [](sd_bus_message*, void*, sd_bus_error*) { return 0; };
    sd_bus_slot* slot = nullptr;
    const int r =
        sd_bus_add_match_async(link_->bus.get(), &slot, rule.c_str(), on_message, installed, state.get());
    if (r < 0) return link_error(r, "match");
    state->slot.reset(slot);
    link_->wake();
    return Match(std::move(state));
}

Result<Bus::Match> Bus::on_disconnect(std::function<void()> callback) {
    return on_signal(
        "type='signal',sender='org.freedesktop.DBus.Local',path='/org/freedesktop/DBus/Local',"
        "interface='org.freedesktop.DBus.Local',member='Disconnected'",
        [callback = std::move(callback)](sd_bus_message*) { callback(); });
}

Task<Result<>> Bus::pump() {
    for (;;) {
        int r = 0;
        while ((r = sd_bus_process(link_->bus.get(), nullptr)) > 0) {
        }
        if (r < 0) co_return link_error(r, "system bus");
        const int events = sd_bus_get_events(link_->bus.get());
        if (events < 0) co_return link_error(events, "system bus");
        const auto awaited = (events & POLLOUT) != 0 ? Descriptor::wait_write : Descriptor::wait_read;
        auto [error] = co_await link_->descriptor.async_wait(awaited, asio::as_tuple(asio::use_awaitable));
        const bool cancelled = co_await is_cancelled();
        if (cancelled) co_return Error(ErrorKind::cancelled, "system bus");
        if (error && error != asio::error::operation_aborted) co_return Error::from_code(error, "system bus");
    }
}

}  // namespace dockerext::systemd
