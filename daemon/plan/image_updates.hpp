#pragma once

#include "model/desired.hpp"
#include "model/history.hpp"
#include "model/observed.hpp"

#include <chrono>
#include <optional>
#include <string>

/// Images that pull_policy keeps up to date while nothing else changes: when their registry is asked, and
/// whether what it said is a reason to pull.
namespace dockerext::plan {

/// How long an answer of the registry is good for; nullopt if it is never asked: pull_policy does not ask for
/// it, the image is built, or a digest names it.
std::optional<std::chrono::seconds> check_interval(const model::Service& service);

/// The reference that pull_policy keeps up to date.
const model::ImageRef& followed_reference(const model::Service& service);
/// The service as if it used the image that `followed` names, to keep that up to date.
model::Service with_followed_image(const model::Service& service);

struct ImageCheck {
    model::ImageRef image;
    model::WallTime at;
};
/// The next question to a registry, at `now` if it is overdue; none if there is nothing to ask. Only present
/// images are asked about, as others are pulled anyway, and only those that history.registry_images has.
std::optional<ImageCheck> next_check(const model::Desired& desired, const model::Observed& observed,
                                     const model::History& history, model::WallTime now);

/// The digest of the newer image to pull for the service now; "" if there is none, if it is too young, if no
/// update window is open, if drift is only reported, or if the registry has to be asked first: about this
/// image again, or about others of the project, which may have moved together.
std::string available_update(const model::Desired& desired, const model::Observed& observed,
                             const model::History& history, const model::Service& service);

}  // namespace dockerext::plan
