#pragma once

#include "model/plan.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace dockerext::plan {

/// Whether something that a step needs is there: yes (nothing set), after steps of this plan, later, or not
/// at all.
struct Need {
    std::vector<model::StepId> after;
    std::string waits_for;                            ///< what must come true before; a later plan goes on
    std::string refused;                              ///< why it cannot be had; holds whoever needs it
    model::Held::Why why = model::Held::Why::failed;  ///< what `refused` is a case of
};

/// All that one plan is made of, and the plan as it grows.
struct Work {
    const model::Desired& desired;
    const model::Observed& observed;
    const model::History& history;
    const model::SteadyTime now;
    model::Plan plan{};

    /// Adds a step, and what its need says. A step after a waiting one waits as well.
    model::StepId add(model::Step step, const Need& need = {});
    void hold(model::Held held);
    /// Holds `subject` if it failed lately and its time has not come.
    bool backing_off(const model::Subject& subject, const std::optional<model::ServiceName>& service);
    /// Holds `subject` for a field that came back twice although it had just been put right.
    bool frozen(const model::Subject& subject, const std::optional<model::ServiceName>& service,
                const model::Change& change);
    bool busy(const model::Subject& subject) const { return history.busy.contains(subject); }
    /// Refused when nothing is known of the object, be it there or absent.
    Need known(const model::Subject& subject) const;
    /// Holds what nothing is known of, as far as nothing else is held for that.
    void hold_unknown();
};

/// What several services share, made ready once: asked for again, the same answer is given.
class Resources {
public:
    explicit Resources(Work& work) : work_(work) {}

    /// A missing image is waited for: nothing is known of what it brings before it is here.
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

/// For people: who is on the network that is not ours, and what to do about it.
std::string why_not_removed(const model::ObservedNetwork& network);

/// `more` joined to `need`.
void join(Need& need, const Need& more);

}  // namespace dockerext::plan
