#pragma once

#include "plan/leftovers.hpp"
#include "plan/slots.hpp"
#include "plan/verdict.hpp"
#include "plan/work.hpp"

#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>

namespace dockerext::plan {

struct Attachment;
struct Difference;
struct Stranded;

/// Plans services one after another; dependencies come before their dependents.
class ServicePlanner {
public:
    ServicePlanner(Work& work, Resources& resources) : work_(work), resources_(resources) {}

    /// `containers` are all containers of the service, ordered by slot.
    void plan(const model::Service& service, std::span<const model::ObservedContainer* const> containers);

private:
    /// What dependents need to know about a service.
    struct Outlook {
        Need started;           ///< satisfied when every replica has been started
        bool healthy = true;    ///< every replica is healthy
        bool completed = true;  ///< every replica has completed
        bool ill = false;       ///< a replica is held, or cannot keep running
        std::string failed;     ///< why a replica is left alone after it ended badly
        std::string ended;      ///< how a replica ended that is left alone
    };
    /// One replica being planned.
    struct Replica {
        const model::Service& service;
        unsigned number;
        model::ContainerName name;
        model::Subject subject;
        Outlook& outlook;
    };

    /// Steps on one container, each after the previous one.
    struct Chain {
        Work& work;
        std::vector<model::StepId> last{};

        model::StepId add(model::Step step, Need need = {}) {
            need.after.insert(need.after.end(), last.begin(), last.end());
            last = {work.add(std::move(step), need)};
            return last.front();
        }
    };

    void plan_slot(const Replica& replica, const Containers& containers);
    void fresh(const Replica& replica);
    void lone(const Replica& replica, const model::ObservedContainer& container);
    void hand_over(const Replica& replica, const model::ObservedContainer& old,
                   const model::ObservedContainer& successor);
    void put_back(const Replica& replica, const model::ObservedContainer& old,
                  const model::ObservedContainer& successor, const std::string& reason);
    void finish_hand_over(const Replica& replica, const model::ObservedContainer& old,
                          const model::ObservedContainer& successor);
    void take_over(const Replica& replica, const model::ObservedContainer& old,
                   const model::ObservedContainer& successor, Need previous);
    bool may_recreate(const Replica& replica, const model::ObservedContainer& old,
                      const std::vector<model::Change>& changes);
    bool recreate(const Replica& replica, const model::ObservedContainer& old,
                  const std::vector<model::Change>& changes);
    /// Repairs the container in place. Returns the step that starts it, if there is one.
    std::optional<model::StepId> keep(const Replica& replica, const model::ObservedContainer& container,
                                      const Judgement& judgement, const std::vector<Difference>& wrong);
    /// Restarts the container, including its hooks. Returns the last step.
    model::StepId restart(const Replica& replica, const model::ObservedContainer& container,
                          const std::string& reason, const std::optional<Stranded>& left_behind,
                          const Chain& chain);
    /// Why a running container has to be restarted; "" when it does not.
    std::string reason_to_restart(const model::ObservedContainer& container, const Judgement& judgement,
                                  const std::optional<Stranded>& left_behind) const;
    void report_drift(const Replica& replica, const model::ObservedContainer& container,
                      const Judgement& judgement, const std::vector<Attachment>& moves,
                      std::vector<model::Change> drift);
    std::optional<model::StepId> start_kept(const Replica& replica, const model::ObservedContainer& container,
                                            const Judgement& judgement, const Chain& chain);
    void look_ahead(const Replica& replica, const model::ObservedContainer& container,
                    const Judgement& judgement);
    /// Nothing is done about a container that has ended, so dependents need not wait for it.
    void remains_ended(const Replica& replica, const Judgement& judgement);

    void rename(const Replica& replica, const model::ObservedContainer& container, Chain& chain);
    void reconnect(const Replica& replica, const model::ObservedContainer& container,
                   const std::vector<Attachment>& moves, Chain& chain);
    std::vector<Difference> wrong_with(const Replica& replica, const model::ObservedContainer& container);
    Need storage_and_networks(const model::Service& service);
    Need needs(const Replica& replica);
    Need ready_to_start(const model::Service& service);
    Need gate(const model::Service& service) const;
    void wait_for(const model::Service& service, const model::ServiceName& name,
                  const model::Dependency& dependency, Need& need) const;
    std::string why_never(const model::ServiceName& name, model::DependencyCondition condition) const;
    /// The id of the other service's first container; "" if it has no container.
    std::string id_of(const model::ServiceName& service) const;
    /// "container:<id>" of the other service's first container; "" if it has no container.
    std::string container_of(const model::ServiceName& service) const;
    std::string network_mode(const model::Service& service) const;
    std::string ipc_mode(const model::Service& service) const;
    std::string pid_mode(const model::Service& service) const;
    std::vector<std::string> volumes_from(const model::Service& service) const;
    std::vector<std::string> links(const model::Service& service) const;
    model::ContainerSpec complete_spec(const Replica& replica, const model::ObservedContainer* old) const;
    model::StepId create(const Replica& replica, const model::ObservedContainer* old,
                         const std::string& reason, std::vector<model::Change> changes, const Need& need);
    /// The post_start hooks that have not succeeded since the daemon started the container.
    std::span<const model::Hook> owed_hooks(const Replica& replica,
                                            const model::ObservedContainer& container) const;
    /// Adds one step for each hook, each after the previous one and the first after `previous`. The result is
    /// the need of the step that follows.
    Need run_hooks(const Replica& replica, const model::ContainerRef& container,
                   std::span<const model::Hook> hooks, model::RunHook::When when, Need previous);
    std::string title_of(const model::Hook& hook, model::RunHook::When when) const;
    /// Starts the container, with the steps that precede a first start and those that follow every start.
    model::StepId start(const Replica& replica, const model::ContainerRef& container, bool first,
                        const std::string& reason, Need need, std::vector<model::Change> changes = {});
    /// Stops the container, after its pre_stop hooks.
    model::StepId stop(const Replica& replica, const model::ObservedContainer& container,
                       const std::string& reason, const Need& need);
    model::Step step(const Replica& replica, model::Operation operation, std::string reason,
                     std::vector<model::Change> changes = {}) const;
    void hold(const Replica& replica, model::Held::Why why, std::string reason);
    bool is_unproven(const model::ObservedContainer& container) const {
        return work_.history.unproven.contains(container.id);
    }
    static std::string seconds_of(const model::UnprovenRun& run);
    /// Holds the subject while its container is unproven.
    void hold_unproven(const Replica& replica, const model::ObservedContainer& container);
    /// Whether a container of this project has that name.
    bool is_taken(const model::ContainerName& name);
    /// Dependents cannot count on this replica yet.
    static void not_started(const Replica& replica);
    static void not_known(const Replica& replica);
    static void will_not_start(const Replica& replica);  ///< nor can they soon
    /// Dependents can count on this replica after the step `start`.
    void will_start(const Replica& replica, model::StepId start) const;

    Work& work_;
    Resources& resources_;
    std::map<model::ServiceName, Outlook> outlooks_;
    std::map<model::ServiceName, model::ContainerId>
        first_containers_;                  ///< of the planned services; only those that will stay
    std::set<model::ContainerName> names_;  ///< of all containers of the project; empty until needed
};

}  // namespace dockerext::plan
