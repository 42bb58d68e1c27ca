#include "cli/waiting.hpp"

#include "base/clock.hpp"
#include "cli/live_view.hpp"
#include "cli/progress.hpp"
#include "cli/shared_texts.hpp"
#include "cli/status.hpp"
#include "cli/status_feed.hpp"
#include "cli/times.hpp"

#include <algorithm>
#include <map>
#include <ostream>

namespace dockerext::cli {
namespace {

using namespace model;

/// Patience can run out without a change of the status, so the status is read at least this often.
constexpr std::chrono::seconds poll_interval{10};
constexpr std::chrono::seconds redraw_interval{1};

/// The result of the wait and its reason.
struct WaitResult {
    Exit exit = Exit::success;
    std::string reason;
    std::vector<Problem> problems;
};

/// Whether a service is unlikely to recover by itself: it has failed, the engine keeps restarting it, or its
/// state is unknown although the engine runs.
bool is_failing(const ServiceStatus& service, const EngineStatus& engine) {
    const bool silent = service.state == ServiceState::unknown && engine.state == EngineState::running;
    return service.state == ServiceState::failed || service.state == ServiceState::restarting || silent;
}

/// Whether nothing more will happen: everything that is not well has failed and will not be tried again, or
/// the settings were rejected.
bool is_stuck(const Status& status) {
    const auto given_up = [](const ServiceStatus& service) { return is_given_up(service); };
    const auto settled = [](const ServiceStatus& service) {
        return is_converged(service.state) || is_given_up(service);
    };
    const bool has_lasting_failure = status.settings.state == SettingsState::rejected ||
                                     status.settings.state == SettingsState::rolled_back ||
                                     std::any_of(status.services.begin(), status.services.end(), given_up);
    return has_lasting_failure && status.engine.state == EngineState::running &&
           std::all_of(status.services.begin(), status.services.end(), settled);
}

/// Why each part and service is not well, with what its containers say.
std::vector<std::string> causes_of(const Status& status, WallTime now) {
    std::vector<std::string> causes;
    for (const PartStatus& part : status.parts) {
        if (part.state == PartState::failed) causes.push_back(printable(part.name + ": " + part.message));
    }
    for (const ServiceStatus& service : status.services) {
        if (is_converged(service.state)) continue;
        const std::string state =
            printable(service.name.value) + ": " + std::string(to_string(service.state));
        causes.push_back(joined_nonempty({state, reason_text(service, now)}, ": "));
        for (const Evidence& evidence : service.evidence) {
            causes.push_back(printable(evidence.what) + ":");
            for (const std::string& line : evidence.lines) causes.push_back("    " + printable(line));
        }
    }
    return causes;
}

class Watch {
public:
    Watch(std::optional<std::int64_t> sequence, const Context& context)
        : sequence_(sequence),
          context_(context),
          progress_(context.console),
          view_(context.console),
          feed_(context) {}

    /// Reads the status once, waiting at most `longest`; the result, if it is clear.
    std::optional<WaitResult> poll_status(std::chrono::seconds longest);
    Exit finish(const WaitResult& verdict) const;
    /// The result when `limit` has passed.
    WaitResult timed_out(std::chrono::seconds limit) const;

private:
    std::optional<WaitResult> evaluate(const Status& status);
    bool fails_for_long(const std::string& name, bool fails);

    std::optional<std::int64_t> sequence_;
    const Context& context_;
    Progress progress_;
    LiveView view_;
    StatusFeed feed_;
    std::map<std::string, SteadyTime> failing_since_;  ///< parts and services
    Result<HttpResponse> answer_ = HttpResponse{};
    std::string headline_;
    std::vector<std::string> causes_;
};

bool Watch::fails_for_long(const std::string& name, bool fails) {
    if (!fails) return failing_since_.erase(name), false;
    const auto now = steady_now();
    return now - failing_since_.try_emplace(name, now).first->second >= context_.failure_timeout;
}

std::optional<WaitResult> Watch::evaluate(const Status& status) {
    if (sequence_ && status.settings.sequence < *sequence_) return {};  // not read yet
    if (sequence_ && status.settings.state == SettingsState::rejected) {
        return WaitResult{Exit::usage, "the daemon rejected the settings", status.settings.errors};
    }
    if (sequence_ && status.settings.state == SettingsState::rolled_back) {
        const auto& errors = status.settings.errors;
        return WaitResult{Exit::pending,
                          "rolled back" + (errors.empty() ? "" : "; " + message_of(errors.front()))};
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
    return is_stuck(status) ? std::optional(WaitResult{Exit::pending, headline_}) : std::nullopt;
}

std::optional<WaitResult> Watch::poll_status(std::chrono::seconds longest) {
    auto update = feed_.next(longest);
    answer_ = std::move(update.answer);
    const WallTime now = context_.now();
    if (!answer_) {
        if (context_.json) return {};
        const std::string why = unreachable_text(context_, answer_.error());
        if (context_.console.is_live) view_.show(why);
        else progress_.print_once(why, now);
        return {};
    }
    if (!update.status) return WaitResult{Exit::failed, "the daemon did not return its status"};
    const auto& status = *update.status;
    if (!status) return WaitResult{Exit::failed, status.error().message()};
    headline_ = headline(*status, now);
    causes_ = causes_of(*status, now);
    const bool is_received = !sequence_ || status->settings.sequence >= *sequence_;
    if (!context_.json && is_received && context_.console.is_live) view_.show(*status, now);
    else if (!context_.json && is_received) progress_.show(*status, now);
    return evaluate(*status);
}

WaitResult Watch::timed_out(std::chrono::seconds limit) const {
    if (!answer_) return {Exit::unreachable, unreachable_text(context_, answer_.error())};
    return {Exit::pending, "timed out after " + duration_text(limit) + ": " + headline_};
}

Exit Watch::finish(const WaitResult& verdict) const {
    if (context_.json && answer_) show_json(context_, answer_->body);
    if (verdict.exit != Exit::success) {
        report_error(context_, verdict.exit, verdict.reason);
        show_problems(context_, verdict.problems);
        const bool is_about_state = verdict.exit == Exit::pending;
        for (const std::string& cause : is_about_state ? causes_ : std::vector<std::string>())
            context_.console.err << "  " << cause << "\n";
    } else if (!context_.json) {
        if (!context_.console.is_live) context_.console.out << headline_ << "\n";  // the view begins with it
    }
    return verdict.exit;
}

}  // namespace

Exit wait_until_converged(std::optional<std::int64_t> sequence, std::chrono::seconds limit,
                          const Context& context) {
    const auto end = steady_now() + limit;
    const auto longest = std::min(context.console.is_live ? redraw_interval : poll_interval,
                                  std::chrono::ceil<std::chrono::seconds>(context.failure_timeout));
    Watch watch(sequence, context);
    for (;;) {
        const auto left = std::chrono::ceil<std::chrono::seconds>(end - steady_now());
        if (const auto verdict = watch.poll_status(std::min(left, longest))) return watch.finish(*verdict);
        if (steady_now() >= end) return watch.finish(watch.timed_out(limit));
    }
}

}  // namespace dockerext::cli
