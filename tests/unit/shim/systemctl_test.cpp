#include "shim/systemctl.hpp"

#include "unit/shim/agent.hpp"

namespace dockerext::test {
namespace {

std::string outcome(const Agent& agent, std::string_view script,
                    std::chrono::seconds deadline = std::chrono::seconds(60)) {
    agent.add_systemctl_hook(script);
    const auto done = shim::systemctl(agent.context().layout, {"stop", "x"}, deadline);
    return done ? "done" : done.error().message();
}

TEST(Systemctl, ReportsTheLastLineOfAFailure) {
    const Agent agent;
    EXPECT_EQ(outcome(agent, "exit 0"), "done");
    EXPECT_EQ(outcome(agent, "echo nothing to see >&2; exit 0"), "done");
    EXPECT_EQ(outcome(agent, "echo first >&2; echo ' last ' >&2; exit 4"), "systemctl stop x:  last");
    EXPECT_EQ(outcome(agent, "exit 1"), "systemctl stop x: it failed without output");
    EXPECT_EQ(outcome(agent, "kill -9 $$"), "systemctl stop x: it failed without output");
    EXPECT_EQ(outcome(agent, "head -c 300000 /dev/zero >&2; echo >&2; exit 1").substr(0, 18),
              "systemctl stop x: ");
}

TEST(Systemctl, IsNotWaitedForBeyondItsDeadline) {
    const Agent agent;
    EXPECT_EQ(outcome(agent, "exec sleep 1000", std::chrono::seconds(2)),
              "systemctl stop x: timed out after 2 s");
}

TEST(Systemctl, RunsWithAFixedEnvironmentAndNoShell) {
    const Agent agent;
    ASSERT_EQ(::setenv("A_SECRET", "x", 1), 0);
    agent.add_systemctl_hook("env >>'" + (agent.root / "environment").string() + "'");
    ASSERT_TRUE(shim::systemctl(agent.context().layout, {"start", "$(id); x"}));
    EXPECT_EQ(agent.calls(), "start $(id); x\n");
    EXPECT_EQ(read_file(agent.root / "environment").find("A_SECRET"), std::string::npos);
}

}  // namespace
}  // namespace dockerext::test
