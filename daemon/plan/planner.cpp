#include "plan/planner.hpp"

#include "plan/dependencies.hpp"
#include "plan/image_updates.hpp"
#include "plan/leftovers.hpp"
#include "plan/plan_replica.hpp"
#include "plan/resources.hpp"
#include "plan/rollout.hpp"

#include <algorithm>
#include <set>

namespace dockerext::plan {

using namespace model;

namespace {

/// Orders services: every dependency before its dependents, otherwise by name. Room compose refuses cycles.
class Order {
public:
    explicit Order(const Project& project) : project_(project) {
        order_.reserve(project.services.size());
        for (const auto& [name, service] : project.services) visit(service);
    }
    const std::vector<const Service*>& services() const noexcept { return order_; }

private:
    void visit(const Service& service) {
        if (!seen_.insert(service.name).second) return;
        for (const auto& [name, dependency] : service.depends_on) {
            const auto other = project_.services.find(name);
            if (other != project_.services.end()) visit(other->second);
        }
        order_.push_back(&service);
    }

    const Project& project_;
    std::set<ServiceName> seen_;
    std::vector<const Service*> order_;
};

std::span<const ObservedContainer* const> of_service(const Containers& all, const ServiceName& service) {
    const auto begin =
        std::lower_bound(all.begin(), all.end(), service,
                         [](const auto* each, const ServiceName& name) { return each->slot.service < name; });
    auto end = begin;
    while (end != all.end() && (*end)->slot.service == service) ++end;
    return {begin, end};
}

/// Those of the wanted replicas, which are numbered from 1.
std::vector<Containers> containers_by_replica(const Service& service,
                                              std::span<const ObservedContainer* const> containers) {
    std::vector<Containers> by_replica(service.scale);
    for (const ObservedContainer* container : containers) {
        const unsigned number = container->slot.number;  // 0 is an unreadable number
        if (number >= 1 && number <= service.scale) by_replica[number - 1].push_back(container);
    }
    return by_replica;
}

void plan_service(Work& work, Resources& resources, Outlooks& outlooks, const Service& service,
                  std::span<const ObservedContainer* const> containers) {
    DependencyStatus& dependency_status = outlooks[service.name];
    if (service.scale == 0)
        (void)storage_and_networks(resources, service);  // as Compose does, for a later scale-up
    const std::vector<Containers> by_replica = containers_by_replica(service, containers);
    Rollout rollout = rollout_of(work, service, by_replica);
    for (unsigned number = 1; number <= service.scale; ++number) {
        const Replica replica{.work = work,
                              .resources = resources,
                              .outlooks = outlooks,
                              .service = service,
                              .number = number,
                              .name = final_name(work.desired.project.name, service, number),
                              .subject = subject_of(Slot{service.name, number}),
                              .dependency_status = dependency_status,
                              .rollout = rollout};
        plan_replica(replica, by_replica[number - 1]);
    }
    plan_surplus(work, service, containers);
}

std::set<ServiceName> awaited_jobs(const Project& project) {
    std::set<ServiceName> jobs;
    for (const auto& [name, service] : project.services) {
        for (const auto& [other, dependency] : service.depends_on) {
            if (dependency.condition == DependencyCondition::completed_successfully) jobs.insert(other);
        }
    }
    return jobs;
}

/// Returns what new versions have to wait for (`Work::images`).
Need plan_project(Work& work) {
    const Desired& desired = work.desired;
    const Observed& observed = work.observed;
    work.awaited_jobs = awaited_jobs(desired.project);
    Resources resources(work);
    const Containers containers = by_slot(observed);
    plan_orphans(work, containers);  // first, because they may hold wanted ports and names
    for (const auto& [name, spec] : desired.project.networks) {
        if (observed.networks.contains(name)) (void)resources.network(name);
    }
    for (const auto& [name, spec] : desired.project.volumes) {
        if (observed.volumes.contains(name)) (void)resources.volume(name);
    }
    Outlooks outlooks;
    for (const auto& [name, service] : desired.project.services) {
        const bool can_refresh =
            service.pull_policy != PullPolicy::missing && service.pull_policy != PullPolicy::never;
        if (can_refresh && service.scale > 0) (void)resources.image(service);
        if (service.followed && !resources.updates().available(service).empty())
            (void)resources.image(with_followed_image(service));
    }
    const Order order(desired.project);
    for (const Service* service : order.services())
        plan_service(work, resources, outlooks, *service, of_service(containers, service->name));
    plan_unused_networks(work);
    work.hold_unknown();
    return work.has_updates ? resources.all_images() : Need{};
}

}  // namespace

/// Only a whole plan shows which images are needed, so it is made again if new versions have to wait for one.
Plan make_plan(const Desired& desired, const Observed& observed, const History& history, SteadyTime now) {
    // An empty project does not remove anything; `down` does.
    if (desired.project.services.empty() && desired.project.inactive.empty()) return {};
    Work work{desired, observed, history, now};
    Need images = plan_project(work);
    if (images.waits_for.empty()) return std::move(work.plan);
    Work waiting{desired, observed, history, now};
    waiting.images = std::move(images);
    (void)plan_project(waiting);
    return std::move(waiting.plan);
}

bool has_runnable(const model::Plan& plan) {
    return std::any_of(plan.steps.begin(), plan.steps.end(),
                       [](const model::Step& step) { return step.waits_for.empty(); });
}

}  // namespace dockerext::plan
