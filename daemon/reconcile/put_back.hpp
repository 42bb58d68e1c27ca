#pragma once

#include "base/error.hpp"
#include "model/desired.hpp"
#include "model/history.hpp"
#include "model/observed.hpp"

#include <map>
#include <set>

/// What former settings turn into when they are put in force again.
namespace dockerext::reconcile {

/// Containers are created from the images that ran then, whatever their names mean now. With `follow`, the
/// settings are the present ones, and only newer images have failed: their names are still kept up to date.
void pin_images(const std::map<model::ImageRef, model::ImageId>& images, bool follow,
                model::Project& project);

/// Of the names that a project with pinned images keeps up to date, those that mean another image now, and
/// that image.
std::map<model::ImageRef, model::ImageId> replaced_images(const model::Project& project,
                                                          const model::Observed& observed);

/// New versions of the services replace the present ones as rollback_config says, where there is one. As in
/// Swarm, it is that of the version that comes back.
void use_rollback_config(model::Project& project);

/// The services whose data may be of the project's version already: those with x-dockerextd.rollback: never
/// of which a container of that version has run.
std::set<model::ServiceName> services_to_keep(const model::Project& project, const model::Observed& observed,
                                              const model::History& history);

/// Replaces services of the project by those of another version of it, with the networks and volumes that
/// they need. `not_found` if the other version lacks one of them, or the project what one of them joins.
Result<> put_back_services(const std::set<model::ServiceName>& names, const model::Project& former,
                           model::Project& project);

}  // namespace dockerext::reconcile
