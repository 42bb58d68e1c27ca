#include "reconcile/metrics_exporter.hpp"

#include "base/atomic_file.hpp"
#include "base/catch_exceptions.hpp"
#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/named_file.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

namespace dockerext::reconcile {

using namespace model;

namespace {

using namespace std::chrono_literals;

constexpr Duration retry_interval = 10s;
constexpr Duration file_interval = 15s;  ///< as often as Prometheus asks by default
constexpr Duration exporter_sleep = 1h;
constexpr mode_t readable_by_all = 0644;

/// In a folder of somebody else, the file could be made into anything between two of our calls.
Result<> check_folder(const std::filesystem::path& folder) {
    const auto opened = open_named_folder(folder);
    if (!opened) return opened.error();
    struct stat found {};
    if (::fstat(opened->get(), &found) != 0) return Error::from_errno(errno, "stat " + folder.string());
    const bool is_ours = found.st_uid == 0 || found.st_uid == ::geteuid();
    if (is_ours && (found.st_mode & (S_IWGRP | S_IWOTH)) == 0) return {};
    return Error(ErrorKind::invalid_input,
                 folder.string() + " must belong to root, and nobody else may write to it");
}

void log_new_error(std::string_view what, std::string& logged, std::string error) {
    if (!error.empty() && error != logged) log::warning(what, {{"ERROR", error}});
    logged = std::move(error);
}

}  // namespace

MetricsExporter::MetricsExporter(const asio::any_io_executor& executor, const Intent& intent,
                                 Changes& changes, std::filesystem::path root)
    : executor_(executor), intent_(intent), changes_(changes), root_(std::move(root)) {}

Task<void> MetricsExporter::run(Snapshot snapshot) {
    for (bool going = true; going;) {
        const std::uint64_t seen = changes_.number();
        auto exporting = catch_exceptions(export_as_asked(snapshot));
        const auto exported = co_await std::move(exporting);
        if (!exported) log::error("cannot export metrics", {{"ERROR", exported.error().message()}});
        bool cancelled = co_await is_cancelled();  // cancelled outside of an await
        if (!cancelled) (void)co_await changes_.wait_beyond(seen, until_next());
        cancelled = cancelled || co_await is_cancelled();
        going = !cancelled;
    }
    co_await close();
    remove_file();
}

MetricsSettings MetricsExporter::asked() const {
    const AcceptedSettings* const accepted = intent_.in_force();
    return accepted != nullptr ? accepted->metrics : MetricsSettings();
}

std::optional<PartStatus> MetricsExporter::part() const {
    const MetricsSettings now = asked();
    if (now == MetricsSettings()) return std::nullopt;
    PartStatus part{.name = "daemon.metrics", .state = PartState::ok, .message = {}};
    if (now != exported_) {
        part.state = PartState::pending;
        return part;
    }
    for (const std::string& error : {listen_error_, file_error_}) {
        if (error.empty()) continue;
        part.state = PartState::failed;
        part.message += (part.message.empty() ? "" : "; ") + error;
    }
    if (part.state == PartState::failed) part.message += "; retrying";
    return part;
}

Task<Result<>> MetricsExporter::export_as_asked(const Snapshot& snapshot) {
    const auto before = part();
    const MetricsSettings now = asked();
    if (now.textfile != exported_.textfile) remove_file();
    const bool moved = listener_ && listener_->address != now.listen;
    if (moved) co_await close();
    exported_ = now;
    if (!exported_.listen) listen_error_.clear();
    else if (!listener_) listen(*exported_.listen, snapshot);
    if (!exported_.textfile.empty()) write_file(snapshot);
    const auto after = part();
    if (before && after && (before->state != after->state || before->message != after->message))
        changes_.raise();
    co_return Result<>();
}

Task<void> MetricsExporter::close() {
    if (!listener_) co_return;
    listener_->serving->cancel();
    co_await listener_->serving->join();
    listener_.reset();
}

void MetricsExporter::listen(const TcpAddress& address, const Snapshot& snapshot) {
    auto server = report::MetricsServer::listen(executor_, address, snapshot);
    if (!server)
        return log_new_error("cannot serve metrics", listen_error_,
                             server.error().message() +
                                 " (another program may use the port: free it, or "
                                 "change metrics.listen)");
    listen_error_.clear();
    listener_.emplace(Listener{address, std::move(*server), std::make_unique<TaskGroup>(executor_)});
    listener_->serving->spawn(listener_->server->serve());
    log::info("serving metrics", {{"ADDRESS", to_string(address)}});
}

void MetricsExporter::write_file(const Snapshot& snapshot) {
    const SteadyTime now = steady_now();
    const bool is_up_to_date = is_written_ && file_error_.empty() && written_change_ == changes_.number();
    if (is_up_to_date || now < write_again_at_) return;
    write_again_at_ = now + file_interval;
    written_change_ = changes_.number();
    const std::filesystem::path file = file_path();
    Result<> written = check_folder(file.parent_path());
    if (written)
        written = replace_file(file, report::metrics_text(snapshot(), report::MetricsFormat::prometheus_text),
                               readable_by_all);
    is_written_ = is_written_ || written;
    log_new_error("cannot write metrics", file_error_,
                  written ? ""
                          : written.error().message() +
                                " (dockerextd.service may write only to folders in its ReadWritePaths=, "
                                "see metrics.textfile in the settings reference)");
}

void MetricsExporter::remove_file() {
    file_error_.clear();
    write_again_at_ = {};
    if (!std::exchange(is_written_, false)) return;
    if (const auto removed = dockerext::remove_file(file_path()); !removed)
        log::warning("cannot remove the file of metrics", {{"ERROR", removed.error().message()}});
}

std::filesystem::path MetricsExporter::file_path() const {
    return root_ / std::filesystem::path(exported_.textfile).relative_path();
}

Duration MetricsExporter::until_next() const {
    const bool retries = !listen_error_.empty() || !file_error_.empty();
    const bool is_outdated = !exported_.textfile.empty() && written_change_ != changes_.number();
    if (is_outdated) return std::clamp<Duration>(write_again_at_ - steady_now(), 0s, file_interval);
    return retries ? retry_interval : exporter_sleep;
}

}  // namespace dockerext::reconcile
