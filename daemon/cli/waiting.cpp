#include "cli/waiting.hpp"

#include "base/clock.hpp"
#include "cli/progress.hpp"
#include "cli/status.hpp"
#include "cli/status_feed.hpp"
#include "cli/times.hpp"
#include "cli/words.hpp"

#include <algorithm>
#include <map>
#include <ostream>

namespace dockerext::cli {
namespace {

using namespace model;

/// Patience can run out without a change of the status, so the status is read at least this often.
constexpr std::chrono::seconds look_again{10};

/// The result of the wait and its reason.
struct WaitResult {
    Exit exit = Exit::fine;
    std::string reason;
    std::vector<Problem> problems;
};

bool given_up(const ServiceStatus& service) {
    return service.state == ServiceState::failed && !service.next_attempt;
}

/// Whether a service is unlikely to recover by itself: it has failed, the engine keeps restarting it, or its
/// state is unknown although the engine runs.
bool is_failing(const ServiceStatus& service, const EngineStatus& engine) {
    const bool silent = service.state == ServiceState::unknown && engine.state == EngineState::running;
    return service.state == ServiceState::failed || service.state == ServiceState::restarting || silent;
}

/// Whether nothing more will happen: everything that is not well has failed and will not be tried again, or
/// the settings were rejected.
bool is_over(const Status& status) {
    const auto settled = [](const ServiceStatus& service) {
        return is_well(service.state) || given_up(service);
    };
    const bool lost = status.settings.state == SettingsState::rejected ||
                      std::any_of(status.services.begin(), status.services.end(), given_up);
    return lost && status.engine.state == EngineState::running &&
           std::all_of(status.services.begin(), status.services.end(), settled);
}

class Watch {
public:
    Watch(std::optional<std::int64_t> sequence, const Context& context)
        : sequence_(sequence), context_(context), progress_(context.console), feed_(context) {}

    /// Reads the status once, waiting at most `longest`; the result, if it is clear.
    std::optional<WaitResult> look(std::chrono::seconds longest);
    Exit conclude(const WaitResult& verdict) const;
    /// The result when `limit` has passed.
    WaitResult timed_out(std::chrono::seconds limit) const;

private:
    std::optional<WaitResult> judge(const Status& status);
    bool fails_for_long(const std::string& name, bool fails);

    std::optional<std::int64_t> sequence_;
    const Context& context_;
    Progress progress_;
    StatusFeed feed_;
    std::map<std::string, SteadyTime> failing_since_;  ///< parts and services
    Result<HttpResponse> answer_ = HttpResponse{};
    std::string headline_;
};

bool Watch::fails_for_long(const std::string& name, bool fails) {
    if (!fails) return failing_since_.erase(name), false;
    const auto now = steady_now();
    return now - failing_since_.try_emplace(name, now).first->second >= context_.patience;
}

std::optional<WaitResult> Watch::judge(const Status& status) {
    if (sequence_ && status.settings.sequence < *sequence_) return {};  // not read yet
    if (sequence_ && status.settings.state == SettingsState::rejected) {
        return WaitResult{Exit::usage, "the daemon rejected the settings", status.settings.errors};
    }
    if (status.state == OverallState::paused) return WaitResult{Exit::pending, headline_};
    if (status.state == OverallState::converged || status.state == OverallState::idle) return WaitResult{};
    if (status.state != OverallState::degraded) return {};
    for (const ServiceStatus& service : status.services) {
        const bool fails = is_failing(service, status.engine);
        if (fails_for_long("service " + service.name.value, fails))
            return WaitResult{Exit::pending, headline_};
    }
    for (const PartStatus& part : status.parts) {
        const bool fails = part.state == PartState::failed;
        if (part.is_final || fails_for_long("part " + part.name, fails))
            return WaitResult{Exit::pending, headline_};
    }
    return is_over(status) ? std::optional(WaitResult{Exit::pending, headline_}) : std::nullopt;
}

std::optional<WaitResult> Watch::look(std::chrono::seconds longest) {
    auto update = feed_.next(longest);
    answer_ = std::move(update.answer);
    const WallTime now = context_.now();
    if (!answer_) {
        if (!context_.json) progress_.say(answer_.error().message(), now);
        return {};
    }
    if (!update.status) return WaitResult{Exit::failed, "the daemon did not return its status"};
    const auto& status = *update.status;
    if (!status) return WaitResult{Exit::failed, status.error().message()};
    headline_ = headline(*status, now);
    const bool taken = !sequence_ || status->settings.sequence >= *sequence_;
    if (!context_.json && taken) progress_.show(*status, now);
    return judge(*status);
}

WaitResult Watch::timed_out(std::chrono::seconds limit) const {
    if (!answer_) return {Exit::unreachable, answer_.error().message()};
    return {Exit::pending, "timed out after " + duration_text(limit) + ": " + headline_};
}

Exit Watch::conclude(const WaitResult& verdict) const {
    if (context_.json && answer_) show_json(context_, answer_->body);
    if (verdict.exit != Exit::fine) {
        complain(context_, verdict.exit, verdict.reason);
        show_problems(context_, verdict.problems);
    } else if (!context_.json) {
        context_.console.out << headline_ << "\n";
    }
    return verdict.exit;
}

}  // namespace

Exit wait_until_converged(std::optional<std::int64_t> sequence, std::chrono::seconds limit,
                          const Context& context) {
    const auto end = steady_now() + limit;
    const auto longest = std::min(look_again, std::chrono::ceil<std::chrono::seconds>(context.patience));
    Watch watch(sequence, context);
    for (;;) {
        const auto left = std::chrono::ceil<std::chrono::seconds>(end - steady_now());
        if (const auto verdict = watch.look(std::min(left, longest))) return watch.conclude(*verdict);
        if (steady_now() >= end) return watch.conclude(watch.timed_out(limit));
    }
}

}  // namespace dockerext::cli
