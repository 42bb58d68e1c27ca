// The part of Reconciler that takes projects away which left the settings.
#include "base/clock.hpp"
#include "reconcile/reconciler.hpp"

#include "base/log.hpp"
#include "plan/leaving.hpp"

namespace dockerext::reconcile {

using namespace model;

namespace {

using namespace std::chrono_literals;
constexpr int rounds = 3;     ///< of looking and removing before one gives up for a while
constexpr auto finding = 2s;  ///< a daemon that has only just started has not found the engine yet
constexpr Backoff retirement_backoff{.first = 1s, .longest = 300s};

}  // namespace

Task<Result<std::vector<std::string>>> Reconciler::dismissed() {
    const auto asked = steady_now();
    while (!memory_.retired.empty()) {
        if (!connected_ && steady_now() - asked >= finding) {
            co_return Error(ErrorKind::unavailable,
                            "the engine does not answer; what is left goes when it is back");
        }
        if (retirement_error_) co_return *retirement_error_;
        (void)co_await retirement_.wait(1s);
        const bool told_to_end = co_await is_cancelled();
        if (told_to_end) co_return Error(ErrorKind::cancelled, "down");
    }
    co_return gone_;
}

/// They go before anything of the new project comes: they may hold its ports and names.
Task<void> Reconciler::retire() {
    const std::uint64_t era = era_;
    while (!memory_.retired.empty() && steady_now() >= retire_at_) {
        const ProjectName project = *memory_.retired.begin();
        const auto gone = co_await take_down(project);
        if (era != era_) co_return;  // an order came meanwhile; it may want the project again
        if (gone) {
            failed_retirements_ = 0;
            retirement_error_.reset();
            memory_.retired.erase(project);
            remember_now();
            log::info("a project that left the settings is gone",
                      {{"PROJECT", client_.redact()(project.value)}});
            forget_secrets_of_the_gone();
        } else {
            retirement_error_ = gone.error().within("remove project " + client_.redact()(project.value));
            retire_at_ = steady_now() + retirement_backoff.after(++failed_retirements_, 0.5);
            log::warning("a project that left the settings could not be removed",
                         {{"ERROR", retirement_error_->message()}});
        }
        retirement_.raise();
    }
}

/// What is left of a project may hold them, and whatever goes wrong with it may tell them.
void Reconciler::forget_secrets_of_the_gone() {
    if (!accepted_ && memory_.retired.empty()) client_.redact_with({});
}

/// Until nothing of it is there; left early when an order comes. Volumes stay.
Task<Result<>> Reconciler::take_down(ProjectName project) {
    const std::uint64_t era = era_;
    co_await runs_.join();
    std::optional<Error> error;
    for (int round = 0; round < rounds && era == era_; ++round) {
        auto plan = co_await plan_retirement(project);
        if (!plan) co_return plan.error();
        if (plan->steps.empty()) co_return Result<>();
        if (era != era_) break;
        error.reset();
        apply::Executor::Hooks hooks;
        hooks.ended = [&](const apply::Outcome& outcome) {
            const bool removal = verb(outcome.step.operation).starts_with("remove");
            if (outcome.error && !outcome.skipped) error = outcome.error;
            else if (removal && !outcome.error) gone_.push_back(outcome.step.object);
        };
        co_await apply_.run(std::move(*plan), ++cycle_, client_.redact(), std::move(hooks));
    }
    co_return error.value_or(
        Error(ErrorKind::conflict, "containers keep coming back; is something else starting them?"));
}

Task<Result<Plan>> Reconciler::plan_retirement(ProjectName project) {
    observe::Observer observer(client_);
    Project nothing;
    nothing.name = project;
    observer.want(nothing);
    observer.mark_all();
    auto observed = co_await observer.refresh();
    if (!observed) co_return observed.error();
    if (!observed->unknown.empty()) {
        const auto& [subject, error] = *observed->unknown.begin();
        co_return error.within(to_string(subject));
    }
    co_return plan::make_down_plan(project, plan::Extent::without_volumes, *observed, {}, steady_now(),
                                   client_.redact());
}

}  // namespace dockerext::reconcile
