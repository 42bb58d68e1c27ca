#pragma once

#include "model/names.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>

/// Who owns an object of the engine, by its labels; plan/networks knows networks of old versions of Compose,
/// which have none. We never change what we do not own.
namespace dockerext::model {

using Labels = std::map<std::string, std::string>;

/// The replica that a container with these labels claims to be: it carries project, service,
/// container-number, oneoff and config-hash as Compose (docker-compose v1 too) and this daemon write them.
/// nullopt otherwise: an image that Compose built passes project and service on to any container, and a
/// one-off container is not a replica.
std::optional<Slot> claimed_slot(const Labels& container);
/// The same, for a replica of `project` only.
std::optional<Slot> claimed_slot(const Labels& container, const ProjectName& project);

/// Whether the label `image` names exactly the image from which the container was created. No image can
/// contain its own id, so these labels are the container's own.
bool proves_claim(const Labels& container, const ImageId& made_from);

/// Whether all labels of the claim come from the image, for example from one made by `docker commit` of a
/// replica.
bool is_claim_inherited(const Labels& container, const Labels& image);

/// Whether a network or volume was made for `project`, by Compose or by this daemon. `kind` is
/// labels::network or labels::volume.
bool belongs_to(const ProjectName& project, const Labels& object, std::string_view kind);

}  // namespace dockerext::model
