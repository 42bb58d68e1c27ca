#pragma once

#include "model/plan.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace dockerext::plan {

/// Whether a step has what it needs: now (no member set), after other steps of this plan, later, or not at
/// all.
struct Need {
    std::vector<model::StepId> after;
    std::string waits_for;                            ///< the condition it waits for; a later plan continues
    std::string refused;                              ///< why it is not available; holds whatever needs it
    model::Held::Why why = model::Held::Why::failed;  ///< the category of `refused`
};

/// All inputs of one plan, and the plan under construction.
struct Work {
    const model::Desired& desired;
    const model::Observed& observed;
    const model::History& history;
    const model::SteadyTime now;
    model::Plan plan{};
    std::set<model::ContainerName> names{};  ///< of all containers; empty until `is_taken` needs them

    /// Adds a step with its need. A step after a waiting one waits as well.
    model::StepId add(model::Step step, const Need& need = {});
    void hold(model::Held held);
    /// Holds `subject` if it failed recently and its next attempt is not due.
    bool backing_off(const model::Subject& subject, const std::optional<model::ServiceName>& service);
    /// Holds `subject` for a field that drifted again after two repairs in a row.
    bool frozen(const model::Subject& subject, const std::optional<model::ServiceName>& service,
                const model::Change& change);
    bool busy(const model::Subject& subject) const { return history.busy.contains(subject); }
    /// Whether a container of this project has that name.
    bool is_taken(const model::ContainerName& name);
    /// Refused when the state of the object is unknown, so that it may be present or absent.
    Need known(const model::Subject& subject) const;
    /// Holds every subject whose state is unknown, unless another hold covers it.
    void hold_unknown();
};

/// The objects that services share. Each is planned once; a second request gets the same answer.
class Resources {
public:
    explicit Resources(Work& work) : work_(work) {}

    /// Waits for a missing image: its properties are unknown until it is present.
    const Need& image(const model::Service& service);
    const Need& network(const model::NetworkName& name);
    const Need& volume(const model::VolumeName& name);

private:
    Need provide(const model::Service& service);
    const model::Build* build_of(const model::ImageRef& image) const;
    model::Operation provision(const model::Service& service, bool present) const;
    Need make_network(const model::NetworkSpec& spec);
    Need keep_network(const model::NetworkSpec& spec, const model::ObservedNetwork& network);
    bool may_replace(const model::NetworkName& name, const model::ObservedNetwork& network,
                     const std::string& reason);
    void replace(const model::NetworkSpec& spec, const model::ObservedNetwork& network,
                 const std::vector<model::Change>& changes);
    void report_changes(const model::VolumeSpec& spec, const model::ObservedVolume& volume);
    Need make_volume(const model::VolumeSpec& spec);

    Work& work_;
    std::map<model::ImageRef, Need> images_;
    std::map<model::NetworkName, Need> networks_;
    std::map<model::VolumeName, Need> volumes_;
};

/// Explains, for display, who else uses the network, and what to do about it.
std::string why_not_removed(const model::ObservedNetwork& network);

/// Adds the needs in `more` to `need`.
void join(Need& need, const Need& more);

}  // namespace dockerext::plan
