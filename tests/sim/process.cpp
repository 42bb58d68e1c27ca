#include "process.hpp"

#include "base/spawn.hpp"
#include "control_socket.hpp"
#include "intake/parse_envelope.hpp"
#include "reconcile/daemon.hpp"
#include "state/daemon_state.hpp"
#include "state/good_settings.hpp"
#include "state/paths.hpp"
#include "state/settings_store.hpp"
#include "state/spool_settings.hpp"

#include <csignal>
#include <exception>
#include <memory>

namespace dockerext::sim {
namespace {

constexpr std::uint64_t max_steps_at_one_time = 100'000;  ///< far more than any work takes without waiting

/// Waits until cancelled: clients in the simulator never disconnect.
Task<void> never() { (void)co_await sleep_for(Duration::max()); }

/// Whether the daemon handles SIGTERM. Before it does, the signal would end the simulator.
bool handles_sigterm() {
    struct sigaction present = {};
    ::sigaction(SIGTERM, nullptr, &present);
    return present.sa_handler != SIG_DFL && present.sa_handler != SIG_IGN;
}

std::string exception_text(std::exception_ptr bug) {
    try {
        std::rethrow_exception(std::move(bug));
    } catch (const std::exception& exception) {
        return exception.what();
    }
}

}  // namespace

Process::Process(std::filesystem::path root, Disk& disk, std::string docker_host)
    : root_(std::move(root)), disk_(disk), docker_host_(std::move(docker_host)) {}

void Process::start() {
    has_ended_ = is_terminating_ = false;
    failure_.clear();
    io_.emplace(1);
    const auto outcome = std::make_shared<std::optional<Result<>>>();
    spawn(io_->get_executor(), store_result(reconcile::daemon(root_, docker_host_), *outcome),
          [this, outcome](std::exception_ptr bug) {
              has_ended_ = true;
              if (bug) failure_ = "an exception: " + exception_text(std::move(bug));
              else if (!**outcome) failure_ = (*outcome)->error().message();
              else if (!is_terminating_) failure_ = "it ended by itself";
          });
}

void Process::kill() {
    io_.reset();
    steps_until_kill_ = 0;
    has_ended_ = false;
}

void Process::terminate() {
    if (!io_ || !handles_sigterm()) return;
    is_terminating_ = true;
    (void)std::raise(SIGTERM);
}

void Process::work() {
    for (std::uint64_t now = 0; io_ && !has_ended_ && io_->poll_one() != 0;) {
        ++steps;
        if (++now == max_steps_at_one_time) {
            has_ended_ = true;
            failure_ = "it spins: " + std::to_string(now) + " steps, and no time has passed";
        }
        if (disk_.dead() || (steps_until_kill_ != 0 && --steps_until_kill_ == 0)) has_ended_ = true;
    }
}

bool Process::ask(const std::string& method, const std::string& target, const std::string& body,
                  OnAnswer on_answer) {
    const auto handler = ControlSockets::handlers.find(state::Paths(root_).control_socket);
    if (!io_ || has_ended_ || handler == ControlSockets::handlers.end()) return false;
    HttpRequest request{method, target, body, {}};
    Peer peer{PeerCredentials{}, [] { return never(); }};
    const auto response = std::make_shared<std::optional<HttpResponse>>();
    spawn(io_->get_executor(),
          store_result((*handler->second)(std::move(request), std::move(peer)), *response),
          [response, on_answer = std::move(on_answer)](std::exception_ptr bug) {
              if (bug) std::rethrow_exception(std::move(bug));
              if (on_answer) on_answer((*response)->status, (*response)->body);
          });
    return true;
}

void Process::spool_document(const std::string& settings, std::int64_t sequence,
                             const std::string& protected_settings) {
    disk_.set_other_process(true);
    model::Envelope envelope;
    envelope.sequence = sequence;
    envelope.public_settings = settings;
    envelope.protected_settings = Secret(protected_settings);
    (void)state::spool_settings(state::Paths(root_).spool, envelope);
    disk_.set_other_process(false);
}

std::optional<model::Project> Process::parse_project(const std::string& settings) const {
    const state::Paths paths(root_);
    model::Envelope envelope;
    envelope.public_settings = settings;
    const auto taken =
        intake::parse_envelope(envelope, paths.project, state::SettingsStore(paths.state).file(), {});
    if (!taken.accepted) return std::nullopt;
    return taken.accepted->desired.project;
}

std::set<std::string> Process::good_images() const {
    disk_.set_other_process(true);
    std::set<std::string> images;
    for (const state::GoodSettings& good : state::GoodSettingsStore(state_folder(root_)).list()) {
        for (const auto& [reference, id] : good.images) images.insert(id.value);
    }
    disk_.set_other_process(false);
    return images;
}

bool Process::is_rolled_back() const {
    disk_.set_other_process(true);
    const bool is = state::DaemonStateStore(state_folder(root_)).load().rolled_back.has_value();
    disk_.set_other_process(false);
    return is;
}

std::filesystem::path Process::state_folder(const std::filesystem::path& root) {
    return state::Paths(root).state;
}

}  // namespace dockerext::sim
