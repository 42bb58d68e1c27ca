#include "reconcile/reporter.hpp"

#include "base/atomic_file.hpp"
#include "base/catch_exceptions.hpp"
#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/timeout.hpp"
#include "report/azure_status_json.hpp"
#include "systemd/notify.hpp"

#include <utility>

namespace dockerext::reconcile {
namespace {

using namespace std::chrono_literals;

// Progress, time limits and the expiry of certificates change the status without an event.
constexpr Duration active_interval = 2s;
constexpr Duration idle_interval = 1min;
constexpr Duration first_look_timeout = 10s;  ///< normally the first look takes less

}  // namespace

Reporter::Reporter(Changes& changes, state::ReportTargetStore store)
    : changes_(changes),
      store_(std::move(store)),
      target_(store_.load()),
      no_report_until_(steady_now() + first_look_timeout) {
    if (!target_ || !target_->unfinished) return;
    issues_ = report::issues_of(*target_->unfinished, steady_now(), wall_now());
}

Task<void> Reporter::run(std::function<model::Status()> current_status) {
    for (;;) {
        const std::uint64_t reported_change = changes_.number();
        auto reporting = catch_exceptions(report_status(current_status));
        const auto reported = co_await std::move(reporting);
        if (!reported) log::error("cannot report the status", {{"ERROR", reported.error().message()}});
        bool cancelled = co_await is_cancelled();  // cancelled outside of an await
        if (!cancelled)
            (void)co_await changes_.wait_beyond(reported_change, is_idle_ ? idle_interval : active_interval);
        cancelled = cancelled || co_await is_cancelled();
        if (cancelled) co_return;
    }
}

void Reporter::azure_settings_received(const model::Envelope& envelope) {
    const auto now = wall_now();
    const bool is_repeated = target_ && target_->sequence == envelope.sequence;
    save_target({envelope.handler->status_folder, envelope.sequence, is_repeated ? target_->since : now,
                 is_repeated ? target_->unfinished : std::nullopt});
    reported_to_azure_.reset();
    if (!is_repeated) new_settings();
}

void Reporter::new_settings() {
    const auto now = steady_now();
    issues_ = report::unfinished_since(now);
    no_report_until_ = now + first_look_timeout;
}

void Reporter::save_target(const state::ReportTarget& target) {
    if (target_ == target) return;
    target_ = target;
    if (const auto saved = store_.save(target); !saved)
        log::warning("cannot save the report state; the status in Azure will be wrong after a restart",
                     {{"ERROR", saved.error().message()}});
}

void Reporter::save_unfinished_time() {
    if (!target_) return;
    state::ReportTarget target = *target_;
    target.unfinished = report::unfinished(issues_, steady_now(), wall_now(), target.unfinished);
    save_target(target);
}

Task<Result<>> Reporter::report_status(const std::function<model::Status()>& current_status) {
    const model::Status status = current_status();
    issues_ = report::issues_of(status, issues_, steady_now());
    const std::string_view state = model::to_string(status.state);
    if (std::exchange(reported_to_systemd_, state) != state) systemd::notify_status(reported_to_systemd_);
    is_idle_ = status.state != model::OverallState::converging && issues_.empty();
    write_azure_status(status);
    save_unfinished_time();
    co_return Result<>();
}

void Reporter::write_azure_status(const model::Status& status) {
    std::error_code ignored;
    if (!target_ || !std::filesystem::is_directory(target_->folder, ignored)) return;
    const bool waits_for_first_look = !reported_to_azure_ && steady_now() < no_report_until_;
    if (waits_for_first_look && report::is_about_to_look(status))
        return;  // the earlier report is more accurate
    const auto now = wall_now();
    report::AzureStatus reported = report::azure_status(status, issues_, steady_now());
    const auto file = target_->folder / (std::to_string(target_->sequence) + ".status");
    if (reported_to_azure_ == reported && std::filesystem::exists(file, ignored)) return;
    const auto written = replace_file(file, report::to_json(reported, target_->since, now));
    if (written) {
        reported_to_azure_ = std::move(reported);
        last_logged_error_.clear();
    } else if (std::exchange(last_logged_error_, written.error().message()) != written.error().message()) {
        log::error("cannot write the status for Azure", {{"ERROR", last_logged_error_}});
    }
}

}  // namespace dockerext::reconcile
