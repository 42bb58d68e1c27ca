#include "reconcile/reporter.hpp"

#include "base/atomic_file.hpp"
#include "base/clock.hpp"
#include "base/contained.hpp"
#include "base/log.hpp"
#include "base/timeout.hpp"
#include "report/azure_status_json.hpp"
#include "systemd/notify.hpp"

#include <utility>

namespace dockerext::reconcile {
namespace {

using namespace std::chrono_literals;

// Progress, time limits and the expiry of certificates change the status without an event.
constexpr Duration while_working = 2s;
constexpr Duration at_rest = 1min;
constexpr Duration first_look = 10s;  ///< normally the first look takes less

}  // namespace

Reporter::Reporter(Changes& changes, state::ReportTargetStore store)
    : changes_(changes),
      store_(std::move(store)),
      target_(store_.load()),
      quiet_until_(steady_now() + first_look) {
    if (!target_ || !target_->unfinished) return;
    complaints_ = report::complaints_of(*target_->unfinished, steady_now(), wall_now());
}

Task<void> Reporter::run(std::function<model::Status()> look) {
    for (;;) {
        const std::uint64_t told_change = changes_.number();
        auto telling = contained(tell(look));
        const auto told = co_await std::move(telling);
        if (!told) log::error("cannot report the status", {{"ERROR", told.error().message()}});
        bool told_to_end = co_await is_cancelled();  // cancelled outside of an await
        if (!told_to_end)
            (void)co_await changes_.wait_beyond(told_change, at_rest_ ? at_rest : while_working);
        told_to_end = told_to_end || co_await is_cancelled();
        if (told_to_end) co_return;
    }
}

void Reporter::told_by_azure(const model::Envelope& envelope) {
    const auto now = wall_now();
    const bool again = target_ && target_->sequence == envelope.sequence;
    keep({envelope.handler->status_folder, envelope.sequence, again ? target_->since : now,
          again ? target_->unfinished : std::nullopt});
    told_azure_.reset();
    if (!again) new_settings();
}

void Reporter::new_settings() {
    const auto now = steady_now();
    complaints_ = report::not_done_since(now);
    quiet_until_ = now + first_look;
}

void Reporter::keep(const state::ReportTarget& target) {
    if (target_ == target) return;
    target_ = target;
    if (const auto saved = store_.save(target); !saved)
        log::warning("cannot save the report state; the status in Azure will be wrong after a restart",
                     {{"ERROR", saved.error().message()}});
}

void Reporter::keep_how_long() {
    if (!target_) return;
    state::ReportTarget target = *target_;
    target.unfinished = report::unfinished(complaints_, steady_now(), wall_now(), target.unfinished);
    keep(target);
}

Task<Result<>> Reporter::tell(const std::function<model::Status()>& look) {
    const model::Status status = look();
    complaints_ = report::complaints_of(status, complaints_, steady_now());
    const std::string_view state = model::to_string(status.state);
    if (std::exchange(told_systemd_, state) != state) systemd::notify_status(told_systemd_);
    at_rest_ = status.state != model::OverallState::converging && complaints_.empty();
    tell_azure(status);
    keep_how_long();
    co_return Result<>();
}

void Reporter::tell_azure(const model::Status& status) {
    std::error_code ignored;
    if (!target_ || !std::filesystem::is_directory(target_->folder, ignored)) return;
    const bool quiet = !told_azure_ && steady_now() < quiet_until_;
    if (quiet && report::is_about_to_look(status)) return;  // the earlier report is more accurate
    const auto now = wall_now();
    report::AzureStatus told = report::azure_status(status, complaints_, steady_now());
    const auto file = target_->folder / (std::to_string(target_->sequence) + ".status");
    if (told_azure_ == told && std::filesystem::exists(file, ignored)) return;
    const auto written = replace_file(file, report::to_json(told, target_->since, now));
    if (written) {
        told_azure_ = std::move(told);
        complaint_.clear();
    } else if (std::exchange(complaint_, written.error().message()) != written.error().message()) {
        log::error("cannot write the status for Azure", {{"ERROR", complaint_}});
    }
}

}  // namespace dockerext::reconcile
