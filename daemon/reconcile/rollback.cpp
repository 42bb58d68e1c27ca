#include "reconcile/rollback.hpp"

#include "base/catch_exceptions.hpp"
#include "base/clock.hpp"
#include "base/log.hpp"
#include "plan/config_hash.hpp"
#include "reconcile/first_runs.hpp"
#include "reconcile/status.hpp"

#include <algorithm>
#include <utility>

namespace dockerext::reconcile {

using namespace model;
using namespace std::chrono_literals;

namespace {

constexpr Duration retry_delay = 30s;  ///< each attempt reads the settings anew

}  // namespace

Task<void> Rollback::run(std::function<Status()> current_status) {
    for (;;) {
        const std::uint64_t seen = changes_.number();
        if (intent_.in_force() == nullptr) forget_good();
        if (steady_now() >= retry_at_) {
            auto checking = catch_exceptions(check(current_status));
            const auto checked = co_await std::move(checking);
            const std::string error = checked ? "" : checked.error().message();
            if (std::exchange(last_error_, error) != error && !error.empty())
                log::error("cannot keep settings, or cannot roll back", {{"ERROR", error}});
            if (!checked) retry_at_ = steady_now() + retry_delay;
        }
        bool cancelled = co_await is_cancelled();  // cancelled outside of an await
        const auto until_retry = retry_at_ - steady_now();
        const Duration longest = until_retry > Duration::zero() ? Duration(until_retry) : 1h;
        if (!cancelled) (void)co_await changes_.wait_beyond(seen, longest);
        cancelled = cancelled || co_await is_cancelled();
        if (cancelled) co_return;
    }
}

/// `down` has removed the good settings, and the next ones begin at number 1 again.
void Rollback::forget_good() {
    kept_.clear();
    earlier_number_.reset();
}

/// The status of many services takes time: it is derived only if there is something to keep.
Task<Result<>> Rollback::check(const std::function<Status()>& current_status) {
    const AcceptedSettings* const accepted = intent_.in_force();
    if (intent_.is_paused(wall_now())) co_return Result<>();
    const auto& history = ledger_.history();
    const bool has_failures = !history.failed_rollouts.empty() || !history.failure_records.empty();
    if (!has_failures || refused_of_ != intent_.requested()) refused_.clear();
    const bool is_partly_back = intent_.rolled_back() && !intent_.rolled_back()->services.empty();
    if (accepted != nullptr && has_newer_image()) {
        log::info("trying the newest settings again, because one of their images is a newer one", {});
        auto ending = settings_.end_rollback();
        co_return co_await std::move(ending);
    }
    if (accepted == nullptr || (intent_.rolled_back() && !is_partly_back)) co_return Result<>();
    auto images = is_partly_back ? std::nullopt : images_to_keep();
    if (images && is_good(current_status())) co_return keep_as_good(std::move(*images));
    auto failed = failed_rollout();
    if (!failed) {
        auto searching = failed_document();
        auto found = co_await std::move(searching);
        if (!found) co_return found.error();
        failed = std::move(*found);
    }
    if (!failed) co_return Result<>();
    auto rolling_back = roll_back(std::move(*failed));
    co_return co_await std::move(rolling_back);
}

bool Rollback::is_due() const {
    const bool is_partly_back = intent_.rolled_back() && !intent_.rolled_back()->services.empty();
    const bool is_back = intent_.rolled_back() && !is_partly_back;
    if (intent_.in_force() == nullptr || is_back || intent_.is_paused(wall_now())) return false;
    if (failed_rollout()) return true;
    const std::vector<NewFailure> failures = new_failures();
    return std::any_of(failures.begin(), failures.end(), [&](const NewFailure& failure) {
        return failure.what == NewFailure::What::image || !earlier_services_.contains(failure.service);
    });
}

/// Settings came back because newer images of the same names had failed, and a name means yet another image
/// now.
bool Rollback::has_newer_image() const {
    const Observed* const observed = reconciler_.facts().observed;
    if (!intent_.rolled_back() || observed == nullptr) return false;
    const auto& images = intent_.rolled_back()->images;
    return std::any_of(images.begin(), images.end(), [&](const auto& failed) {
        const auto image = observed->images.find(failed.first);
        return image != observed->images.end() && image->second.id != failed.second;
    });
}

Task<Result<>> Rollback::roll_back(Failure failure) {
    auto rolling_back = settings_.roll_back(failure.to, failure.services, failure.reason);
    auto rolled_back = co_await std::move(rolling_back);
    if (!rolled_back) co_return failed_to_return(failure.reason, rolled_back.error());
    co_return rolled_back;
}

/// An error that may pass is returned. Any other is told until these settings or their failures have gone.
Result<> Rollback::failed_to_return(const std::string& reason, const Error& error) {
    const ErrorKind kind = error.kind();
    const bool may_pass = is_transient(kind) || kind == ErrorKind::cancelled ||
                          kind == ErrorKind::conflict;  // other settings came
    if (may_pass) return error;
    log::error("cannot return to earlier settings", {{"REASON", reason}, {"ERROR", error.message()}});
    refused_of_ = intent_.requested();
    refused_[reason] = error.message();
    changes_.raise();
    return {};
}

std::optional<PartStatus> Rollback::part() const {
    if (refused_.empty() || refused_of_ != intent_.requested()) return std::nullopt;
    return PartStatus{
        "settings.rollback", PartState::failed,
        "cannot return to earlier settings: " + refused_.begin()->second +
            "; the present settings stay in force: apply corrected ones, or remove the cause and "
            "run `dockerextd reconcile`",
        true};
}

/// Of new services, and of images.
Task<Result<std::optional<Rollback::Failure>>> Rollback::failed_document() {
    for (const NewFailure& failure : new_failures()) {
        if (failure.what == NewFailure::What::image) co_return Failure{{}, {}, failure.reason};
        auto searching = has_earlier_version(failure.service);
        const auto has_earlier = co_await std::move(searching);
        if (!has_earlier) {
            if (auto told = failed_to_return(failure.reason, has_earlier.error()); !told)
                co_return told.error();
        } else if (!*has_earlier) {
            co_return Failure{{}, {}, failure.reason};
        }
    }
    co_return std::nullopt;
}

/// Settings that were good once do not become bad: then something else is to blame.
std::vector<Rollback::NewFailure> Rollback::new_failures() const {
    const AcceptedSettings& accepted = *intent_.in_force();
    const Observed* const observed = reconciler_.facts().observed;
    const Project& project = accepted.desired.project;
    const ReconcilePolicy& policy = accepted.desired.policy;
    if (!policy.rollback.value_or(false) || intent_.rolled_back() || observed == nullptr) return {};
    std::vector<NewFailure> all;
    const auto add = [&](const Service& service, NewFailure::What what, std::string reason) {
        const bool goes_on = service.update.failure_action == UpdateConfig::FailureAction::proceed;
        if (!goes_on && !service.never_rolls_back) all.push_back({service.name, what, std::move(reason)});
    };
    const History& history = ledger_.history();
    for (const auto& [name, service] : project.services) {
        const ImageRef& image = service.container.image;
        const auto record = history.failure_records.find(subject_of(image));
        const bool is_known = record != history.failure_records.end() && ledger_.is_unavailable(image) &&
                              !observed->images.contains(image);
        if (is_known && wall_now() - record->second.since >= policy.rollout_deadline)
            add(service, NewFailure::What::image, "image " + image.value + ": " + record->second.last_error);
    }
    const auto failed = failed_first_runs(project, *observed, history, ledger_.proven(), steady_now());
    for (const auto& [subject, error] : failed)
        add(project.services.at(service_of(subject)), NewFailure::What::first_run,
            to_string(subject) + ": " + error);
    if (all.empty()) return all;
    const std::vector<state::GoodSettings> good = settings_.good();
    const bool can_return = !good.empty() && good.front().fingerprint != accepted.fingerprint;
    std::erase_if(all, [&](const NewFailure& each) { return !can_return || refused_.contains(each.reason); });
    return all;
}

Task<Result<bool>> Rollback::has_earlier_version(ServiceName service) {
    const std::vector<state::GoodSettings> good = settings_.good();
    if (good.empty()) co_return false;
    const unsigned newest = good.front().number;
    if (earlier_number_ != newest) {
        auto examining = settings_.former().read(newest, {}, std::set<ServiceName>(), std::nullopt);
        const auto former = co_await std::move(examining);
        if (!former) co_return former.error();
        earlier_services_.clear();
        for (const auto& [name, each] : former->accepted.desired.project.services)
            earlier_services_.insert(name);
        earlier_number_ = newest;
    }
    co_return earlier_services_.contains(service);
}

std::optional<Rollback::Images> Rollback::images_to_keep() const {
    const Observed* const observed = reconciler_.facts().observed;
    if (observed == nullptr) return std::nullopt;
    const AcceptedSettings& accepted = *intent_.in_force();
    Images images;
    for (const auto& [name, service] : accepted.desired.project.services) {
        const auto image = observed->images.find(service.container.image);
        if (image != observed->images.end()) images[image->first] = image->second.id;
    }
    if (kept_ == accepted.fingerprint && kept_images_ == images) return std::nullopt;
    return images;
}

Result<> Rollback::keep_as_good(Images images) {
    if (auto kept = settings_.keep_as_good(images); !kept) return kept;
    kept_ = intent_.in_force()->fingerprint;
    kept_images_ = std::move(images);
    return {};
}

/// Of the first service that is to return and has not yet.
std::optional<Rollback::Failure> Rollback::failed_rollout() const {
    const AcceptedSettings& accepted = *intent_.in_force();
    const bool all = accepted.desired.policy.rollback.value_or(false);
    Failure failure;
    if (intent_.rolled_back()) failure.services = intent_.rolled_back()->services;
    for (const auto& [subject, rollout] : ledger_.history().failed_rollouts) {
        const Service* const service = service_to_return(subject, rollout);
        if (service == nullptr || failure.services.contains(service->name)) continue;
        std::string reason = to_string(subject) + ": " + rollout.error;
        if (refused_.contains(reason) || !is_to_blame(*service, rollout)) continue;
        failure.to = number_before();
        if (!failure.to && !has_others()) continue;
        if (all) failure.services.clear();
        else failure.services.insert(service->name);
        failure.reason = std::move(reason);
        return failure;
    }
    return std::nullopt;
}

const Service* Rollback::service_to_return(const Subject& subject, const FailedRollout& rollout) const {
    if (subject.kind != Subject::Kind::container || !is_given_up(rollout)) return nullptr;
    const Desired& desired = intent_.in_force()->desired;
    const auto found = desired.project.services.find(service_of(subject));
    if (found == desired.project.services.end() || found->second.never_rolls_back) return nullptr;
    const Service& service = found->second;
    if (service.update.tolerates(given_up_replicas(service.name), service.scale)) return nullptr;
    const bool is_asked = desired.policy.rollback.value_or(false) ||
                          service.update.failure_action == UpdateConfig::FailureAction::rollback;
    return is_asked ? &service : nullptr;
}

unsigned Rollback::given_up_replicas(const ServiceName& service) const {
    const auto& failed = ledger_.history().failed_rollouts;
    return static_cast<unsigned>(std::count_if(failed.begin(), failed.end(), [&](const auto& entry) {
        return entry.first.kind == Subject::Kind::container && is_given_up(entry.second) &&
               service_of(entry.first) == service;
    }));
}

/// If the repair of drift has failed, other settings would not help: then the old container is of the wanted
/// version. If everything ran with the same settings before, only another image can be to blame.
bool Rollback::is_to_blame(const Service& service, const FailedRollout& rollout) const {
    const Observed* const observed = reconciler_.facts().observed;
    const ObservedContainer* const old =
        observed == nullptr ? nullptr : find_container(*observed, rollout.old);
    if (old != nullptr && old->image_id == rollout.image && plan::matches_config_hash(service, *old))
        return false;
    const auto good = good_of_same_settings();
    if (!good) return true;
    const auto image = good->images.find(service.container.image);
    return image != good->images.end() && image->second != rollout.image;
}

/// Whether other settings than those in force were good. Without them the failed service is all there is to
/// tell.
bool Rollback::has_others() const {
    const std::vector<state::GoodSettings> good = settings_.good();
    return std::any_of(good.begin(), good.end(),
                       [&](const auto& each) { return each.fingerprint != intent_.requested(); });
}

/// Of the settings that some services are of already; or of the same settings, with the image that ran, if
/// everything ran with them.
std::optional<unsigned> Rollback::number_before() const {
    if (intent_.rolled_back()) return intent_.rolled_back()->number;
    const auto good = good_of_same_settings();
    return good ? std::optional(good->number) : std::nullopt;
}

/// None if others were good since, or these never were.
std::optional<state::GoodSettings> Rollback::good_of_same_settings() const {
    std::vector<state::GoodSettings> good = settings_.good();
    const bool is_same = !good.empty() && good.front().fingerprint == intent_.in_force()->fingerprint;
    return is_same ? std::optional(std::move(good.front())) : std::nullopt;
}

}  // namespace dockerext::reconcile
