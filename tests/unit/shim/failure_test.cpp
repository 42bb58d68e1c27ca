#include "unit/shim/agent.hpp"

#include <gmock/gmock.h>

namespace dockerext::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::string_view success_status = R"([{"status":{"status":"success_status"}}])";

/// Sets what systemctl reports about a unit.
void set_unit_properties(const Agent& agent, const std::string& properties) {
    agent.add_systemctl_hook("[ \"$1\" != show ] || printf '" + properties + "'");
}

struct Failure : testing::Test {
    Failure() {
        agent.sequence = "3";
        agent.settings(3, "{}");
        EXPECT_EQ(agent.run("enable"), 0);
        agent.set_status(3, success_status);
        (void)agent.calls();
    }
    Agent agent;
};

TEST_F(Failure, IsReportedInTheNewestStatus) {
    set_unit_properties(agent,
                        "Result=exit-code\\nExecMainPID=507\\nExecMainStatus=1\\nSubState=failed\\n"
                        "InvocationID=0af1\\n");
    EXPECT_EQ(agent.run("failed"), 0) << agent.stderr_text;
    EXPECT_THAT(
        agent.status(3),
        AllOf(HasSubstr(R"("status":"error")"),
              HasSubstr("keeps failing on this machine: exit code 1; its last message: No space left"),
              HasSubstr("restarted every few minutes"), HasSubstr("journalctl -u dockerextd")));
    EXPECT_THAT(read_file(agent.root / "asked"),
                HasSubstr("_SYSTEMD_INVOCATION_ID=0af1 + _PID=507 SYSLOG_IDENTIFIER=dockerextd"));

    agent.sequence = "4";
    agent.settings(4, "{\"a\":1}");
    EXPECT_EQ(agent.run("enable"), 0);
    EXPECT_EQ(agent.run("failed"), 0) << agent.stderr_text;
    EXPECT_THAT(agent.status(4), HasSubstr(R"("status":"error")"));
}

/// systemd 254 and later start the failure unit at each failure, earlier versions only at the last one.
TEST_F(Failure, IsNotReportedWhileSystemdRestarts) {
    for (const char* state : {"auto-restart", "failed-before-auto-restart", "running"}) {
        set_unit_properties(agent, std::string("Result=exit-code\\nSubState=") + state + "\\n");
        EXPECT_EQ(agent.run("failed"), 0) << agent.stderr_text;
        EXPECT_EQ(agent.status(3), success_status) << state;
    }
}

TEST_F(Failure, IsNotReportedAfterAnExplicitStop) {
    agent.add_systemctl_hook("case $1 in show) echo SubState=failed ;; is-active) exit 3 ;; esac");
    EXPECT_EQ(agent.run("failed"), 0) << agent.stderr_text;
    EXPECT_EQ(agent.status(3), success_status);
}

TEST_F(Failure, ReportsTheExitReasonWithoutOutput) {
    agent.script("journalctl", "exit 1\n");
    set_unit_properties(agent, "Result=watchdog\\nExecMainStatus=6\\nSubState=failed\\nInvocationID=0af1\\n");
    EXPECT_EQ(agent.run("failed"), 0) << agent.stderr_text;
    EXPECT_THAT(agent.status(3),
                HasSubstr("keeps failing on this machine: watchdog. Containers keep running"));
}

/// A journal that has the messages only after `times` queries.
void delay_journal(const Agent& agent, int times) {
    const std::string asked = (agent.root / "asked").string();
    agent.script("journalctl", "echo \"$@\" >>'" + asked + "'\n[ \"$1\" != --sync ] || exit 0\n" +
                                   "[ \"$(grep -c INVOCATION '" + asked + "')\" -le " +
                                   std::to_string(times) + " ] || echo 'no such luck'\n");
}

TEST_F(Failure, WaitsForLateJournalLines) {
    delay_journal(agent, 3);
    set_unit_properties(agent,
                        "Result=exit-code\\nExecMainStatus=3\\nSubState=failed\\nInvocationID=0af1\\n");
    EXPECT_EQ(agent.run("failed"), 0) << agent.stderr_text;
    EXPECT_THAT(agent.status(3), HasSubstr("exit code 3; its last message: no such luck."));
    EXPECT_TRUE(read_file(agent.root / "asked").starts_with("--sync\n"));
}

TEST_F(Failure, IsReportedWithoutMissingJournalLines) {
    delay_journal(agent, 1000);
    agent.journal_timeout = std::chrono::milliseconds(200);
    set_unit_properties(agent, "Result=signal\\nExecMainStatus=9\\nSubState=failed\\nInvocationID=0af1\\n");
    EXPECT_EQ(agent.run("failed"), 0) << agent.stderr_text;
    EXPECT_THAT(agent.status(3),
                HasSubstr("keeps failing on this machine: signal 9. Containers keep running"));
}

TEST_F(Failure, IsNotReportedOnceTheHandlerIsRemoved) {
    set_unit_properties(agent, "Result=exit-code\\nSubState=failed\\n");
    std::filesystem::remove_all(agent.folder("1.2.0"));
    EXPECT_EQ(agent.run("failed"), 1);
    EXPECT_FALSE(std::filesystem::exists(agent.folder("1.2.0")));
}

TEST(FailedEnable, IsRetriedBySystemdUntilTheNextCommand) {
    Agent agent;
    agent.sequence = "3";
    agent.settings(3, "");
    EXPECT_EQ(agent.run("enable"), 1);
    EXPECT_THAT(agent.status(3), AllOf(HasSubstr("is empty or missing"), HasSubstr("retrying every 30 s")));
    const std::string handler = (agent.folder("1.2.0") / shim::packaged_handler).string();
    EXPECT_EQ(agent.runs(),
              "--quiet --no-block --unit=dockerextd-enable-again.service --setenv=ConfigSequenceNumber=3 "
              "--property=Restart=on-failure --property=RestartSec=30 --property=StartLimitIntervalSec=0 "
              "--property=RestartPreventExitStatus=203 " +
                  handler + " enable-again\n");

    EXPECT_EQ(agent.run("enable-again"), 1);
    EXPECT_THAT(agent.runs(), IsEmpty()) << "systemd starts it again";
    agent.settings(3, "{}");
    EXPECT_EQ(agent.run("enable-again"), 0) << agent.stderr_text;
    EXPECT_EQ(agent.spooled().size(), 1u);
    (void)agent.calls();

    std::filesystem::create_directories(agent.root / "run/systemd/transient");
    write_file(agent.root / "run/systemd/transient/dockerextd-enable-again.service", "unit");
    EXPECT_EQ(agent.run("disable"), 0);
    EXPECT_EQ(agent.calls(),
              "stop dockerextd-enable-again.service\nreset-failed dockerextd-enable-again.service\n"
              "disable --now dockerextd.service\n");
}

TEST(FailedEnable, IsNotRetriedWithoutSystemd) {
    Agent agent;
    std::filesystem::remove(agent.root / "run/systemd/system");
    EXPECT_EQ(agent.run("enable"), 51);
    EXPECT_THAT(agent.runs(), IsEmpty());
    EXPECT_THAT(agent.status(0), testing::Not(HasSubstr("retrying")));
}

}  // namespace
}  // namespace dockerext::test
