#pragma once

#include "model/plan.hpp"

#include <optional>
#include <set>
#include <string_view>

namespace dockerext::plan {

/// The ids of the images that somebody uses: a container of anyone, the settings in force, or good settings.
/// They refer to the arguments.
std::set<std::string_view> used_images(const model::Observed& observed, const model::History& history);
/// Whether all images and containers are known, so that an image may count as unused.
bool are_users_known(const model::Observed& observed);

struct ImageCollection {
    model::Plan plan;
    std::optional<model::WallTime> next;  ///< when the next image has been unused for long enough
};

/// Plans the removal of images that this daemon brought, and that nobody uses any more: those unused for
/// longer than `policy.keep`, and if the engine's disk is too full, the one unused for longest. Never one
/// with a name that somebody else gave it. Empty while anything is under way, or not known. `redact` hides
/// secrets in names.
ImageCollection collect_images(const model::ImagePolicy& policy, const model::Observed& observed,
                               const model::History& history, model::SteadyTime now, model::WallTime wall_now,
                               const Redactor& redact = {});

}  // namespace dockerext::plan
