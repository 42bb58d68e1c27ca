#pragma once

#include "apply/perform.hpp"

namespace dockerext::apply {

/// Builds an image, and reports the images that the build made or pulled, even if it failed. The arguments
/// outlive the call.
Task<Result<>> build_image(const model::BuildImage& build, const CallContext& context);

}  // namespace dockerext::apply
