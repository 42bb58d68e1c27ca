#pragma once

#include "model/status.hpp"
#include "reconcile/changes.hpp"
#include "reconcile/failure_ledger.hpp"
#include "reconcile/reconciler.hpp"
#include "reconcile/settings_in_force.hpp"

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace dockerext::reconcile {

/// Keeps settings with which everything runs, and returns to the last such ones when the rollout of new ones
/// has failed and they ask for that: for everything (reconcile.rollback), or for the service
/// (update_config.failure_action). For everything, a new service that fails, or an image that the registry
/// does not have, counts as well. Going back is not taken back itself.
class Rollback {
public:
    Rollback(const Intent& intent, const FailureLedger& ledger, const Reconciler& reconciler,
             SettingsInForce& settings, Changes& changes)
        : intent_(intent), ledger_(ledger), reconciler_(reconciler), settings_(settings), changes_(changes) {}

    /// Runs until cancelled. `current_status` returns the current status.
    Task<void> run(std::function<model::Status()> current_status);
    /// Whether earlier settings are about to be put in force: what has failed asks for it, and nothing has
    /// refused it.
    bool is_due() const;
    /// Reports that a way back is refused for good; none if it is not.
    std::optional<model::PartStatus> part() const;

private:
    struct Failure {
        std::optional<unsigned> to;  ///< the good settings to return to; none: the newest before these
        std::set<model::ServiceName> services;  ///< that are to return; empty: all
        std::string reason;                     ///< "container web-1: new container exited with code 7"
    };
    /// A failure that only reconcile.rollback concerns.
    struct NewFailure {
        enum class What { image, first_run };
        model::ServiceName service;
        What what = What::image;
        std::string reason;
    };
    using Images = std::map<model::ImageRef, model::ImageId>;
    Task<Result<>> check(const std::function<model::Status()>& current_status);
    bool has_newer_image() const;
    /// Those that run now; none if they and the settings in force are kept already.
    std::optional<Images> images_to_keep() const;
    Result<> keep_as_good(Images images);
    std::optional<Failure> failed_rollout() const;
    Task<Result<>> roll_back(Failure failure);
    std::vector<NewFailure> new_failures() const;
    Task<Result<std::optional<Failure>>> failed_document();
    bool has_others() const;
    Result<> failed_to_return(const std::string& reason, const Error& error);
    void forget_good();
    Task<Result<bool>> has_earlier_version(model::ServiceName service);
    /// The service of the rollout, if it was given up and is to return; null otherwise.
    const model::Service* service_to_return(const model::Subject& subject,
                                            const model::FailedRollout& rollout) const;
    unsigned given_up_replicas(const model::ServiceName& service) const;
    bool is_to_blame(const model::Service& service, const model::FailedRollout& rollout) const;
    std::optional<unsigned> number_before() const;
    std::optional<state::GoodSettings> good_of_same_settings() const;

    const Intent& intent_;
    const FailureLedger& ledger_;
    const Reconciler& reconciler_;
    SettingsInForce& settings_;
    Changes& changes_;
    std::string kept_;  ///< the fingerprint of the settings that were kept last
    Images kept_images_;
    std::optional<unsigned> earlier_number_;  ///< of the good settings that have these services
    std::set<model::ServiceName> earlier_services_;
    std::string last_error_;  ///< the last one logged, while it persists
    SteadyTime retry_at_;     ///< no attempt before this time, after a failed one
    /// Of these settings, by the reason to go back: why there is no way back.
    std::string refused_of_;
    std::map<std::string, std::string> refused_;
};

}  // namespace dockerext::reconcile
