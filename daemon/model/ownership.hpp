#pragma once

#include "model/names.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>

/// Whose an object of the engine is. The only place that decides it: what is not ours is never changed.
namespace dockerext::model {

using Labels = std::map<std::string, std::string>;

/// The replica that a container with these labels claims to be: it carries project, service,
/// container-number, oneoff and config-hash as Compose (docker-compose v1 too) and this daemon write them.
/// None otherwise: images that Compose has built bring project and service to any container, and one-off
/// containers are nobody's replica.
std::optional<Slot> claimed_slot(const Labels& container);
/// The same, for a replica of `project` only.
std::optional<Slot> claimed_slot(const Labels& container, const ProjectName& project);

/// Whether the label `image` names the very image that the container was made from. No image can carry its
/// own id, so the labels are the container's own.
bool proves_claim(const Labels& container, const ImageId& made_from);

/// Whether everything that makes the claim comes from the image: one made by `docker commit` of a replica,
/// say.
bool is_claim_inherited(const Labels& container, const Labels& image);

/// Whether a network or volume was made for `project`, by Compose or by this daemon. `kind` is
/// labels::network or labels::volume.
bool belongs_to(const ProjectName& project, const Labels& object, std::string_view kind);

}  // namespace dockerext::model
