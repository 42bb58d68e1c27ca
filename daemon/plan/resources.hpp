#pragma once

#include "plan/image_updates.hpp"
#include "plan/work.hpp"

#include <map>

namespace dockerext::plan {

/// The objects that services share. Each is planned once; a second request gets the same answer.
class Resources {
public:
    explicit Resources(Work& work);

    /// Waits for a missing image: its properties are unknown until it is present.
    const Need& image(const model::Service& service);
    /// Waits for the first image that the plan needs and that is not available yet, if there is one.
    Need all_images() const;
    const ImageUpdates& updates() const noexcept { return updates_; }
    const Need& network(const model::NetworkName& name);
    const Need& volume(const model::VolumeName& name);

private:
    Need provide_image(const model::Service& service);
    model::Operation pull_or_build(const model::Service& service, bool present) const;

    Work& work_;
    ImageUpdates updates_;
    std::map<model::ImageRef, const model::Build*> builds_;  ///< by the image that they make
    std::map<model::ImageRef, Need> images_;
    std::map<model::NetworkName, Need> networks_;
    std::map<model::VolumeName, Need> volumes_;
};

}  // namespace dockerext::plan
