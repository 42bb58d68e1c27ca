#pragma once

#include "base/secret.hpp"
#include "base/task.hpp"
#include "engine/client.hpp"
#include "engine/images.hpp"
#include "model/names.hpp"

#include <map>
#include <optional>
#include <string>

namespace dockerext::apply {

/// What registries say about the images of one plan. Each image is asked for once, also if a hundred services
/// use it. A registry that cannot be reached is asked three times, because each attempt takes seconds.
class RegistryAnswers {
public:
    /// nullopt, and a warning in the log, if the registry does not say. `auth`: as for a pull. Fails only if
    /// it is cancelled.
    Task<Result<std::optional<engine::RegistryImage>>> find(engine::Client& client, model::ImageRef image,
                                                            std::optional<Secret> auth);

private:
    std::map<model::ImageRef, std::optional<engine::RegistryImage>> images_;
    std::map<std::string, unsigned> failures_;  ///< attempts to reach registries (model::registry_of)
};

}  // namespace dockerext::apply
