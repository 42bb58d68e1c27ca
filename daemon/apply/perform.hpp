#pragma once

#include "apply/host_access.hpp"
#include "apply/pull_space.hpp"
#include "apply/registry_answers.hpp"
#include "engine/client.hpp"
#include "engine/images.hpp"
#include "model/history.hpp"
#include "model/plan.hpp"

#include <functional>
#include <map>
#include <optional>

namespace dockerext::apply {

/// What a step's call needs in addition to its operation. All of it outlives the call.
struct CallContext {
    engine::Client& client;
    PullSpace& pull_space;
    RegistryAnswers& registry_answers;
    std::function<model::ContainerId(const model::ContainerRef&)> id_of;
    std::function<void(const engine::PullProgress&)> progress;
    /// The headers with our logins: for an image of a pull or a service, and for a build. Either may be
    /// empty.
    std::function<Task<std::optional<Secret>>(model::ImageRef)> pull_auth;
    std::function<Task<std::optional<Secret>>()> build_auth;
    std::function<void(const engine::Pulled&)> pulled{};  ///< called at the end of a pull
    /// Called at the end of a build, also of one that failed, with the images that it made or pulled.
    std::function<void(std::map<model::ImageId, model::BroughtImage>)> built{};
    HostAccess* host = nullptr;  ///< null: the daemon does not manage the machine
};

/// Makes the engine call of an operation, or performs the change of the engine itself. Returns the new
/// container's id for a create. `operation` outlives the call.
Task<Result<std::optional<model::ContainerId>>> perform(const model::Operation& operation,
                                                        CallContext context);

}  // namespace dockerext::apply
