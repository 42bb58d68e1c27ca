#pragma once

#include "plan/resources.hpp"
#include "plan/verdict.hpp"
#include "plan/work.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace dockerext::plan {

/// What dependents need to know about a service.
struct DependencyStatus {
    Need started;           ///< satisfied when every replica has been started
    Need updated;           ///< satisfied unless a replica stays at an older version
    bool healthy = true;    ///< every replica is healthy
    bool completed = true;  ///< every replica has completed
    bool degraded = false;  ///< a replica is held, or cannot keep running
    std::string failed;     ///< why a replica is left alone after it ended badly
    std::string ended;      ///< how a replica ended that is left alone
    std::optional<model::ContainerId> first_container;  ///< its first replica's, if that container will stay
};
using Outlooks = std::map<model::ServiceName, DependencyStatus>;

struct Rollout;

/// One replica being planned, with everything that its steps depend on: the only argument that all strategies
/// share.
struct Replica {
    Work& work;                ///< desired, observed, history; the plan under construction
    Resources& resources;      ///< what it shares with other services
    const Outlooks& outlooks;  ///< of the services planned so far, its own included
    const model::Service& service;
    unsigned number;
    model::ContainerName name;
    model::Subject subject;
    DependencyStatus& dependency_status;  ///< of its service; only the functions below change it
    Rollout& rollout;                     ///< of its service; only `take_turn` changes it
};

void hold(const Replica& replica, model::Held::Why why, std::string reason);
/// Holds the subject while its container is unproven.
void hold_unproven(const Replica& replica, const model::ObservedContainer& container);
bool is_unproven(const Replica& replica, const model::ObservedContainer& container);
std::string seconds_of(const model::UnprovenRun& run);

/// Derives from this container, which will stay, what dependents may count on.
void update_dependency_status(const Replica& replica, const model::ObservedContainer& container,
                              const Judgement& judgement);
/// Services that join this one join this container.
void will_stay(const Replica& replica, const model::ObservedContainer& container);
/// Another container takes this one's place.
void will_be_replaced(const Replica& replica);
/// Nothing is done about a container that has ended, so dependents need not wait for it.
void mark_ended(const Replica& replica, const Judgement& judgement);
/// The same for a job that has completed and whose container is gone.
void remains_completed(const Replica& replica);
/// Dependents cannot count on this replica yet.
void mark_not_started(const Replica& replica);
void mark_unknown(const Replica& replica);
void mark_will_not_start(const Replica& replica);  ///< nor can they soon
/// Dependents can count on this replica after the step `start`.
void mark_will_start(const Replica& replica, model::StepId start);

}  // namespace dockerext::plan
