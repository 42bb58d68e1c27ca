#pragma once

#include "model/labels.hpp"
#include "plan/planner.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dockerext::test {

/// An engine small enough to be a value. It carries out the steps of plans like a real one, including
/// refusals and default values. The containers' programs behave as their variable PROGRAM says: "serve" runs
/// on (the default), "job" ends at once with 0, "fail" ends with 3, "ill" runs and fails its health check.
class World {
public:
    /// Has an image busybox:1, and a network and a volume called "stranger" that do not belong to the
    /// project.
    World();

    model::Desired desired;
    model::Observed observed;
    model::History history;  ///< what the daemon would remember of the events here

    /// Adds a service of busybox:1 on the network demo_default, which is added as well.
    model::Service& add_service(const std::string& name, const std::string& program = "serve");
    /// Replaces all services in the settings by one without replicas.
    void remove_service_from_settings();
    model::Plan plan() const;
    /// Runs up to `at_most` runnable steps; returns the engine's refusals.
    std::vector<std::string> run(const model::Plan& plan, std::size_t at_most = SIZE_MAX);
    /// Plans and runs until no runnable step is planned; returns the last plan. A refusal fails the test.
    model::Plan settle();

    model::ObservedContainer& container(std::string_view name);
    bool has(std::string_view name) const;
    /// Lets time pass: runs hold, health checks reach their result, and the history records failed
    /// successors.
    void pass_time();
    /// The daemon ends and loses what it kept only in memory.
    void forget();
    /// Stops a container by hand. Its program exits with 0, the code that reveals least about the reason.
    void stop_by_hand(model::ObservedContainer& container);
    void end(model::ObservedContainer& container, int exit_code);
    /// Adds a copy of the container with another id and name, as if made by hand.
    model::ObservedContainer& duplicate(const model::ObservedContainer& container, const std::string& name);
    void load_image(const model::ImageRef& ref);
    void create_network(const model::NetworkName& name, std::map<std::string, std::string> labels);

private:
    friend struct Engine;
    std::string new_id();

    unsigned ids_ = 0;
    model::WallTime clock_ = model::WallTime{} + std::chrono::hours(1);
};

}  // namespace dockerext::test
