#include "plan/swarm_quorum.hpp"

#include "swarm_scene.hpp"

#include <gtest/gtest.h>

namespace dockerext::plan {
namespace {

using namespace model;
using test::SwarmScene;

/// `total` managers of which the first `reachable` are. The last one is `own`, if that is down.
std::vector<ObservedNode> managers(unsigned total, unsigned reachable) {
    SwarmScene scene;
    scene.become_manager(total, 1);
    for (unsigned number = reachable; number < total; ++number) {
        (*scene.observed.nodes)[number].reachable = false;
        (*scene.observed.nodes)[number].state = NodeState::down;
    }
    return *scene.observed.nodes;
}

/// Which of 1 to 7 managers can be demoted while how many of them are reachable: a line for each number of
/// managers, and in it for each number of reachable ones, from 0 to all, a letter: "-" none, "u" one that is
/// up, "d" one that is down, "b" both.
TEST(SwarmQuorum, SurvivesADemotion) {
    const char* const expected[] = {
        "--",        // 1: the last manager
        "--u",       // 2
        "--du",      // 3: two of three are needed, and then one of the two that remain may be down
        "---bu",     // 4
        "---dbu",    // 5
        "----bbu",   // 6
        "----dbbu",  // 7
    };
    for (unsigned total = 1; total <= 7; ++total) {
        std::string line;
        for (unsigned reachable = 0; reachable <= total; ++reachable) {
            const auto nodes = managers(total, reachable);
            const bool up = reachable > 0 && demotion_problem(nodes, nodes.front().id).empty();
            const bool down = reachable < total && demotion_problem(nodes, nodes[total - 1].id).empty();
            line += up && down ? 'b' : up ? 'u' : down ? 'd' : '-';
        }
        EXPECT_EQ(line, expected[total - 1]) << total << " managers";
    }
}

TEST(SwarmQuorum, SaysWhatIsMissing) {
    EXPECT_EQ(demotion_problem(managers(1, 1), "own"), "it is the only manager");
    EXPECT_EQ(demotion_problem(managers(3, 2), "own"),
              "the swarm would have 2 managers, 1 of them reachable, and a quorum is 2");
    EXPECT_EQ(demotion_problem(managers(5, 2), "m5"),
              "the swarm has 5 managers, 2 of them reachable, and a quorum is 3");
}

/// The old entry of a reimaged manager is called reachable, because its successor answers at its address.
TEST(SwarmQuorum, DoesNotCountWhatIsDown) {
    auto nodes = managers(4, 3);
    nodes[3].reachable = true;
    EXPECT_NE(demotion_problem(managers(4, 2), "own"), "");
    EXPECT_EQ(demotion_problem(nodes, "own"), "");
    nodes[2].state = NodeState::unknown;
    EXPECT_NE(demotion_problem(nodes, "own"), "");
}

TEST(SwarmQuorum, KnowsADemotionUnderWay) {
    auto nodes = managers(3, 3);
    EXPECT_EQ(demotion_under_way(nodes), nullptr) << "the worker never was a manager";
    nodes[1].role = SwarmRole::worker;
    ASSERT_NE(demotion_under_way(nodes), nullptr);
    EXPECT_EQ(demotion_under_way(nodes)->id, "m2");
}

}  // namespace
}  // namespace dockerext::plan
