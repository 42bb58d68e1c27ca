#include "reconcile/scheduled_events.hpp"

#include "base/clock.hpp"
#include "base/log.hpp"

#include <chrono>
#include <utility>

namespace dockerext::reconcile {

using namespace model;
using namespace std::chrono_literals;
using azure::MachineEnd;

namespace {

/// Azure gives notice of 30 s at least (Preempt).
constexpr Duration between_requests = 5s;
constexpr Duration without_settings = 24h;
/// The service is away for a moment now and then.
constexpr unsigned tolerated_failures = 5;

std::string reason_of(const MachineEnd& end) {
    const std::string what = end.type == MachineEnd::Type::terminate ? "terminate" : "preempt";
    const std::string when = end.not_before.empty() ? "" : ", not before " + end.not_before;
    return "Azure is about to " + what + " this machine (event " + end.event + when + ")";
}

}  // namespace

ScheduledEvents::ScheduledEvents(std::function<void()> changed, ScheduledEventRequests requests)
    : changed_(std::move(changed)), requests_(std::move(requests)) {}

Task<void> ScheduledEvents::run() {
    for (bool going = true; going;) {
        if (is_wanted_) co_await look();
        going = co_await trigger_.wait(is_wanted_ ? between_requests : without_settings);
    }
}

Task<void> ScheduledEvents::look() {
    auto asking = ask();
    const auto answer = co_await std::move(asking);
    const bool cancelled = co_await is_cancelled();
    if (!is_wanted_ || cancelled) co_return;
    handle_answer(answer);
    const bool is_due = end_ && has_departed_ && !end_->not_before.empty() && !end_->concerns_others;
    if (is_due && acknowledged_ != end_->event) co_await acknowledge();
}

Task<Result<std::optional<MachineEnd>>> ScheduledEvents::ask() {
    if (machine_name_.empty()) {
        auto name = co_await requests_.machine_name();
        if (!name) co_return name.error();
        machine_name_ = std::move(*name);
    }
    auto asking = requests_.machine_end(machine_name_, has_answer_ ? azure::usual_limit : azure::first_limit);
    co_return co_await std::move(asking);
}

void ScheduledEvents::handle_answer(const Result<std::optional<MachineEnd>>& answer) {
    const auto part_before = part();
    const Departure before = departure();
    if (answer) {
        failures_ = 0;
        has_answer_ = true;
        if (end_ && (!*answer || (*answer)->event != end_->event)) has_departed_ = false;
        end_ = *answer;
    } else {
        ++failures_;
        error_ = answer.error().message();
    }
    const Departure now = departure();
    if (now != before && !now.reason.empty()) log::warning(now.reason, {{"EVENT", end_->event}});
    if (now.reason.empty() && !before.reason.empty())
        log::info("this machine stays: Azure has withdrawn its event", {});
    if (now != before || part()->state != part_before->state) changed_();
}

Task<void> ScheduledEvents::acknowledge() {
    const std::string event = end_->event;
    auto acknowledging = requests_.acknowledge(event);
    const auto done = co_await std::move(acknowledging);
    if (done) {
        acknowledged_ = event;
        log::info("acknowledged the scheduled event", {{"EVENT", event}});
    } else if (done.error().kind() != ErrorKind::cancelled &&
               std::exchange(complaint_, done.error().message()) != done.error().message()) {
        log::warning("cannot acknowledge the scheduled event", {{"EVENT", event}, {"ERROR", complaint_}});
    }
}

void ScheduledEvents::adopt(bool is_wanted) {
    if (is_wanted == is_wanted_) return;
    is_wanted_ = is_wanted;
    has_answer_ = has_departed_ = false;
    failures_ = 0;
    end_.reset();
    trigger_.raise();
}

void ScheduledEvents::departed(const Departure& cause) {
    if (!end_ || cause != departure() || std::exchange(has_departed_, true)) return;
    trigger_.raise();
}

Departure ScheduledEvents::departure() const {
    return {.is_known = !is_wanted_ || has_answer_, .reason = end_ ? reason_of(*end_) : ""};
}

std::optional<PartStatus> ScheduledEvents::part() const {
    if (!is_wanted_) return std::nullopt;
    PartStatus part{"swarm.scheduled-events", PartState::ok, ""};
    if (failures_ > tolerated_failures) {
        part.state = PartState::failed;
        part.message = error_;
    } else if (!has_answer_) {
        part.state = PartState::pending;
        part.message = "asking Azure's instance metadata service";
    }
    return part;
}

}  // namespace dockerext::reconcile
