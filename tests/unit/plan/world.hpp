#pragma once

#include "model/labels.hpp"
#include "plan/planner.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dockerext::test {

/// An engine small enough to be a value: carries out the steps of plans the way a real one does, refusals and
/// what it fills in included, and lets the containers' programs behave as their variable PROGRAM says:
/// "serve" runs on (also without one), "job" ends well at once, "fail" ends with 3, "ill" runs and fails its
/// health check.
class World {
public:
    /// An image busybox:1, a network and a volume called "stranger", which are not ours, and nothing else.
    World();

    model::Desired desired;
    model::Observed observed;
    model::History history;  ///< what the daemon would have kept of what happens here

    /// A service of busybox:1 on demo_default, which comes along.
    model::Service& add_service(const std::string& name, const std::string& program = "serve");
    /// All services leave the settings; one without replicas is left in them.
    void leave();
    model::Plan plan() const;
    /// Runs what is runnable, `at_most` so many steps; gives what the engine refused.
    std::vector<std::string> run(const model::Plan& plan, std::size_t at_most = SIZE_MAX);
    /// Plans and runs until nothing runnable is planned; gives the last plan. Refusals fail the test.
    model::Plan settle();

    model::ObservedContainer& container(std::string_view name);
    bool has(std::string_view name) const;
    /// As time passes: runs hold, health checks come to their result, and the history takes note of failed
    /// successors.
    void pass_time();
    /// The daemon dies: what it kept in memory only is gone.
    void forget();
    /// Somebody ends it. Exit code 0: a program that ends politely, which tells least of why it ended.
    void stop_by_hand(model::ObservedContainer& container);
    void end(model::ObservedContainer& container, int exit_code);
    /// A copy of the container under another id and name, as made by hand.
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
