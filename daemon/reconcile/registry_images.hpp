#pragma once

#include "reconcile/ledger_state.hpp"

/// What registries said about images (model::RegistryImage), for the failure ledger.
namespace dockerext::reconcile {

/// Takes up present images whose registry is to be asked from now on, and forgets those that left the
/// settings. An image that is older than its pull_policy allows has been pulled before.
void track_registry_images(LedgerState& ledger, const model::Desired& desired,
                           const model::Observed& observed, model::WallTime wall_now);

/// The registry has told the reference's digest, and when that image was created if the settings ask.
void registry_answered(LedgerState& ledger, const model::ImageRef& image, std::string digest,
                       std::optional<model::WallTime> created_at, model::WallTime wall_now);

/// The registry was asked in vain; `error` has its secrets hidden. If it asked for a pause, that is for all
/// of its images.
void registry_failed(LedgerState& ledger, const model::ImageRef& image, std::string error,
                     std::optional<std::chrono::seconds> pause, model::WallTime wall_now);

/// The image was pulled, so it is what the registry has.
void image_pulled(LedgerState& ledger, const model::ImageRef& image, model::WallTime wall_now);

}  // namespace dockerext::reconcile
