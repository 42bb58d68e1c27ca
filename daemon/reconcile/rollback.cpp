#include "reconcile/rollback.hpp"

#include "base/catch_exceptions.hpp"
#include "base/log.hpp"

#include <algorithm>
#include <utility>

namespace dockerext::reconcile {

using namespace model;
using namespace std::chrono_literals;

namespace {

/// Whether everything runs as the settings in force ask, whatever newer ones were rejected.
bool is_good(const Status& status) {
    const auto is_ready = [](const ServiceStatus& service) {
        return is_converged(service.state) && !service.in_progress;
    };
    const auto is_open = [](const PartStatus& part) {
        return part.state == PartState::failed || part.state == PartState::pending;
    };
    return status.engine.state == EngineState::running && !status.paused_until && status.held.empty() &&
           !status.services.empty() &&
           std::all_of(status.services.begin(), status.services.end(), is_ready) &&
           std::none_of(status.parts.begin(), status.parts.end(), is_open);
}

}  // namespace

Task<void> Rollback::run(std::function<Status()> current_status) {
    for (;;) {
        const std::uint64_t seen = changes_.number();
        auto checking = catch_exceptions(check(current_status()));
        const auto checked = co_await std::move(checking);
        const std::string error = checked ? "" : checked.error().message();
        if (std::exchange(last_error_, error) != error && !error.empty())
            log::error("cannot keep settings, or cannot roll back", {{"ERROR", error}});
        bool cancelled = co_await is_cancelled();  // cancelled outside of an await
        if (!cancelled) (void)co_await changes_.wait_beyond(seen, 1h);
        cancelled = cancelled || co_await is_cancelled();
        if (cancelled) co_return;
    }
}

Task<Result<>> Rollback::check(Status status) {
    const AcceptedSettings* const accepted = intent_.in_force();
    if (accepted == nullptr) kept_.clear();
    if (accepted == nullptr || intent_.rolled_back()) co_return Result<>();
    if (is_good(status)) co_return keep_as_good();
    const auto failed = failed_rollout();
    if (!failed) refused_.clear();
    const bool is_wanted = accepted->desired.policy.rollback.value_or(false);
    if (!failed || !is_wanted || refused_ == accepted->fingerprint) co_return Result<>();
    const std::string from = accepted->fingerprint;
    auto rolling_back = settings_intake_.roll_back(failed->to, failed->reason);
    auto rolled_back = co_await std::move(rolling_back);
    const bool is_final = !rolled_back && !is_transient(rolled_back.error().kind()) &&
                          rolled_back.error().kind() != ErrorKind::cancelled;
    if (is_final) refused_ = from;
    co_return rolled_back;
}

Result<> Rollback::keep_as_good() {
    const Observed* const observed = reconciler_.facts().observed;
    if (observed == nullptr) return {};
    const AcceptedSettings& accepted = *intent_.in_force();
    std::map<ImageRef, ImageId> images;
    for (const auto& [name, service] : accepted.desired.project.services) {
        const auto image = observed->images.find(service.container.image);
        if (image != observed->images.end()) images[image->first] = image->second.id;
    }
    if (kept_ == accepted.fingerprint && kept_images_ == images) return {};
    if (auto kept = settings_intake_.keep_as_good(images); !kept) return kept;
    kept_ = accepted.fingerprint;
    kept_images_ = std::move(images);
    return {};
}

/// If everything ran with the same settings before, only another image can be to blame: then they go on with
/// the image that ran. Otherwise it is the repair of drift that has failed, and other settings would not
/// help.
std::optional<Rollback::Failure> Rollback::failed_rollout() const {
    const AcceptedSettings& accepted = *intent_.in_force();
    const Project& project = accepted.desired.project;
    for (const auto& [subject, rollout] : ledger_.history().failed_rollouts) {
        if (subject.kind != Subject::Kind::container || !is_given_up(rollout)) continue;
        const auto service = project.services.find(service_of(subject));
        if (service == project.services.end()) continue;
        if (service->second.update.failure_action == UpdateConfig::FailureAction::proceed) continue;
        const std::string reason = to_string(subject) + ": " + rollout.error;
        const std::vector<state::GoodSettings> good = settings_intake_.good();
        if (good.empty() || good.front().fingerprint != accepted.fingerprint) return Failure{{}, reason};
        const auto image = good.front().images.find(service->second.container.image);
        if (image != good.front().images.end() && image->second != rollout.image)
            return Failure{good.front().number, reason};
    }
    return std::nullopt;
}

}  // namespace dockerext::reconcile
