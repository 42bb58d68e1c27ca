// Replaces systemd/systemd.cpp: a machine without a service manager. With --root, the daemon does not manage
// the engine itself, so it makes no calls here.
#include "systemd/systemd.hpp"

#include "base/timer.hpp"

namespace dockerext::systemd {
namespace {

Error absent() { return {ErrorKind::unavailable, "systemd: there is none"}; }

Task<Result<>> refuse() { co_return absent(); }

}  // namespace

struct Systemd::State {
    asio::any_io_executor executor;
};

Systemd::Systemd(const asio::any_io_executor& executor, std::vector<std::string>)
    : state_(std::make_unique<State>(State{executor})) {}
Systemd::~Systemd() = default;

Task<void> Systemd::run() {
    Timer never(state_->executor);
    co_await never.wait();
}

Task<Result<>> Systemd::changed() {
    Timer never(state_->executor);
    co_await never.wait();
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
