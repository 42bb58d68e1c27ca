#pragma once

#include "model/desired.hpp"
#include "model/history.hpp"
#include "model/observed.hpp"

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

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

/// The images of a project that are present, kept up to date, and in history.registry_images. Others are
/// pulled anyway. What it is made from outlives it.
class ImageUpdates {
public:
    ImageUpdates(const model::Desired& desired, const model::Observed& observed,
                 const model::History& history);

    /// The next question to a registry, at `now` if it is overdue; none if there is nothing to ask.
    std::optional<ImageCheck> next_check(model::WallTime now) const;
    /// The digest of the newer image to pull for the service now; "" if there is none, if it is too young, if
    /// no update window is open, if drift is only reported, or if the registry has to be asked first: about
    /// this image again, or about others of the project, which may have moved together.
    std::string available(const model::Service& service) const;

private:
    struct Followed {
        const model::ImageRef* image = nullptr;
        const model::RegistryImage* registry = nullptr;
        const model::ObservedImage* local = nullptr;
        std::chrono::seconds interval{0};

        bool is_newer() const;
    };
    std::optional<model::WallTime> round_of_questions() const;
    model::WallTime due_at(const Followed& image, std::optional<model::WallTime> round,
                           model::WallTime now) const;

    const model::ReconcilePolicy& policy_;
    model::WallTime observed_at_;
    std::vector<Followed> followed_;
    std::map<model::ImageRef, std::size_t> by_image_;              ///< index in `followed_`
    model::WallTime all_answered_since_ = model::WallTime::max();  ///< by the registries that can be asked
};

}  // namespace dockerext::plan
