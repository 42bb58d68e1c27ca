#pragma once

#include <string>
#include <string_view>

namespace dockerext::model {

/// Why a text is not an image reference, worded to follow "'nginx:' is no image reference: "; "" if it is
/// one. Valid are [REGISTRY/]NAME[:TAG][@DIGEST] by the grammar of the distribution project, as the engine
/// reads it, and an image's id.
std::string image_reference_error(std::string_view reference);

/// Whether the part of a reference before its first slash names a registry: it cannot be part of a name.
bool names_registry(std::string_view first);

}  // namespace dockerext::model
