#pragma once

#include <string>
#include <string_view>

namespace dockerext::model {

/// Why a text is not an image reference, worded to follow "'nginx:' is no image reference: "; "" if it is
/// one. Valid are [REGISTRY/]NAME[:TAG][@DIGEST] by the grammar of the distribution project, as the engine
/// reads it, and an image's id.
std::string image_reference_error(std::string_view reference);

/// A reference as docker's own client writes it into a service: without Docker Hub's name, and with the tag
/// "latest" if it has neither tag nor digest. "docker.io/library/nginx" becomes "nginx:latest".
std::string familiar_image(std::string_view reference);

/// Whether the part of a reference before its first slash names a registry: it cannot be part of a name.
bool names_registry(std::string_view first);

}  // namespace dockerext::model
