// Replaces systemd/systemd.cpp: a machine without a service manager. With --root, the daemon does not manage
// the engine itself, so it makes no calls here.
#include "systemd/systemd.hpp"

namespace dockerext::systemd {
namespace {

Error absent() { return {ErrorKind::unavailable, "systemd: there is none"}; }

Task<Result<>> refuse() { co_return absent(); }

}  // namespace

struct Systemd::State {};

Systemd::Systemd(const asio::any_io_executor&, std::vector<std::string>)
    : state_(std::make_unique<State>()) {}
Systemd::~Systemd() = default;

Task<void> Systemd::run() { (void)co_await sleep_for(Duration::max()); }

Task<Result<>> Systemd::changed() {
    (void)co_await sleep_for(Duration::max());
    co_return Error(ErrorKind::cancelled, "changes of units");
}

Task<Result<UnitFacts>> Systemd::unit(std::string) { co_return absent(); }
Task<Result<>> Systemd::start(std::string, Duration) { return refuse(); }
Task<Result<>> Systemd::stop(std::string, Duration) { return refuse(); }
Task<Result<>> Systemd::restart(std::string, Duration) { return refuse(); }
Task<Result<>> Systemd::reload(std::string, Duration) { return refuse(); }
Task<Result<>> Systemd::reset_failed(std::string) { return refuse(); }
Task<Result<>> Systemd::enable(std::string) { return refuse(); }
Task<Result<>> Systemd::daemon_reload() { return refuse(); }

}  // namespace dockerext::systemd
