#include "reconcile/service_outlines.hpp"

#include "plan/text_of.hpp"

namespace dockerext::reconcile {
namespace {

/// "" for what is not set.
template <typename Amount>
std::string limit_text(const std::optional<Amount>& limit) {
    return limit ? plan::text_of(*limit) : "";
}

model::ServiceOutline outline_of(const model::Service& service, const Redactor& redact) {
    const model::ContainerSpec& spec = service.container;
    model::ServiceOutline outline;
    outline.name = {redact(service.name.value)};
    outline.image = {redact(spec.image.value)};
    for (const auto& [name, dependency] : service.depends_on)
        outline.depends_on[{redact(name.value)}] = dependency.condition;
    outline.memory = limit_text(spec.memory);
    outline.cpus = limit_text(spec.cpus);
    outline.pids = limit_text(spec.pids_limit);
    if (!spec.port_bindings.empty()) outline.ports = redact(plan::text_of(spec.port_bindings));
    return outline;
}

}  // namespace

std::vector<model::ServiceOutline> service_outlines(const model::Project& project, const Redactor& redact) {
    std::vector<model::ServiceOutline> outlines;
    outlines.reserve(project.services.size());
    for (const auto& [name, service] : project.services) outlines.push_back(outline_of(service, redact));
    return outlines;
}

}  // namespace dockerext::reconcile
