#include "observe/network_users.hpp"

#include "model/labels.hpp"

#include <string_view>

namespace dockerext::observe {
namespace {

bool has(const engine::ContainerSummary& container, std::string_view label, std::string_view value) {
    const auto found = container.labels.find(std::string(label));
    return found != container.labels.end() && found->second == value;
}

bool is_over(const engine::ContainerSummary& container, const model::ProjectName& project) {
    return container.state != "running" && container.state != "paused" &&
           has(container, model::labels::project, project.value) &&
           has(container, model::labels::oneoff, "True");
}

}  // namespace

NetworkUsers network_users(const std::vector<engine::ContainerSummary>& containers,
                           const model::ProjectName& project) {
    NetworkUsers users;
    for (const engine::ContainerSummary& container : containers) {
        if (is_over(container, project)) continue;
        const std::string& name = container.names.empty() ? container.id : container.names.front();
        for (const std::string& network : container.networks) users[{network}][{container.id}] = name;
    }
    return users;
}

}  // namespace dockerext::observe
