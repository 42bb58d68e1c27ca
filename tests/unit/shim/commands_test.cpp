#include "unit/shim/agent.hpp"

#include <gmock/gmock.h>

namespace dockerext::test {
namespace {

using std::filesystem::exists;
using testing::HasSubstr;

constexpr std::chrono::minutes lifetime{30};  ///< the lifetime of an update's marker

TEST(Commands, HaveTheirNames) {
    Agent agent;
    for (const char* name : {"", "reset", "ENABLE"}) {
        EXPECT_EQ(agent.run(name), 2);
        EXPECT_THAT(agent.stderr_text, HasSubstr("usage: "));
    }
}

TEST(Install, InstallsTheDaemonWithoutStartingIt) {
    Agent agent;
    EXPECT_EQ(agent.run("install"), 0);
    EXPECT_EQ(agent.calls(), "");
    EXPECT_EQ(read_file(agent.root / "usr/local/bin/dockerextd"), Agent::daemon("1.2.0"));
    for (const char* file :
         {"etc/systemd/system/dockerextd.service", "etc/systemd/system/dockerextd-failed.service",
          "etc/systemd/system/dockerextd-retry.timer", "usr/local/sbin/dockerextd-handler"})
        EXPECT_EQ(read_file(agent.root / file), "unit") << file;
    EXPECT_EQ(agent.run("enable"), 0);
    EXPECT_EQ(agent.calls(),
              "daemon-reload\nenable dockerextd.service\nreset-failed dockerextd.service\nrestart --no-block "
              "dockerextd.service\n");
}

TEST(Install, NeedsSystemd) {
    Agent agent;
    std::filesystem::remove(agent.root / "run/systemd/system");
    EXPECT_EQ(agent.run("install"), 51);
    EXPECT_EQ(
        agent.stderr_text,
        "install: systemd does not run on this machine; dockerextd needs a distribution with systemd\n");
    EXPECT_FALSE(exists(agent.root / "usr/local/bin/dockerextd"));
}

TEST(Disable, StopsTheDaemonAndWaitsForIt) {
    Agent agent;
    ASSERT_EQ(agent.run("enable"), 0);
    (void)agent.calls();
    EXPECT_EQ(agent.run("disable"), 0);
    EXPECT_EQ(agent.calls(), "disable --now dockerextd.service\n");
    EXPECT_TRUE(exists(agent.root / "usr/local/bin/dockerextd"));

    ASSERT_EQ(agent.run("enable"), 0);
    EXPECT_EQ(
        agent.calls(),
        "enable dockerextd.service\nreset-failed dockerextd.service\nstart --no-block dockerextd.service\n");
}

TEST(Disable, DoesNothingWithoutAUnit) {
    Agent agent;
    EXPECT_EQ(agent.run("disable"), 0);
    EXPECT_EQ(agent.calls(), "");
}

TEST(Disable, StopsThePackagedDaemonToo) {
    Agent agent;
    std::filesystem::create_directories(agent.root / "lib/systemd/system");
    write_file(agent.root / "lib/systemd/system/dockerextd.service", "unit");
    EXPECT_EQ(agent.run("disable"), 0);
    EXPECT_EQ(agent.calls(), "disable --now dockerextd.service\n");
}

/// Disables a daemon that outlasts the stop timeout, while systemd reports `state`.
int disable_with_long_stop(Agent& agent, const std::string& state, const std::string& then = "true") {
    EXPECT_EQ(agent.run("enable"), 0);
    agent.stop_timeout = std::chrono::milliseconds(2000);
    agent.add_systemctl_hook("case $1 in disable) " + then + "; exec sleep 1000 ;; show) echo " + state +
                             " ;; esac");
    return agent.run("disable");
}

TEST(Disable, SucceedsWhileTheDaemonStillStops) {
    Agent agent;
    EXPECT_EQ(disable_with_long_stop(agent, "deactivating"), 0) << agent.stderr_text;
    EXPECT_EQ(agent.stderr_text, "");
}

TEST(Disable, FailsIfTheDaemonKeepsRunningOrIsStillEnabled) {
    const std::string timed_out_message =
        "disable: systemctl disable --now dockerextd.service: timed out after 2 s\n";
    Agent running;
    EXPECT_EQ(disable_with_long_stop(running, "active"), 1);
    EXPECT_EQ(running.stderr_text, timed_out_message);
    Agent wanted;
    EXPECT_EQ(disable_with_long_stop(wanted, "deactivating", "ln -sf ../dockerextd.service \"$link\""), 1);
    EXPECT_EQ(wanted.stderr_text, timed_out_message);
}

TEST(Uninstall, FailsWhileTheDaemonStillStops) {
    Agent agent;
    EXPECT_EQ(disable_with_long_stop(agent, "deactivating"), 0);
    EXPECT_EQ(agent.run("uninstall"), 1);
    EXPECT_EQ(agent.stderr_text,
              "uninstall: systemctl disable --now dockerextd.service: timed out after 2 s\n");
}

/// Creates everything that a daemon leaves, and files of the engine.
void create_daemon_and_engine_files(Agent& agent) {
    ASSERT_EQ(agent.run("enable"), 0);
    for (const char* folder :
         {"run/dockerextd", "etc/docker", "var/lib/docker", "etc/systemd/system/docker.service.d"})
        std::filesystem::create_directories(agent.root / folder);
    write_file(agent.root / "var/lib/dockerextd/settings.json", "secret");
    write_file(agent.root / "etc/docker/daemon.json", "{}");
    write_file(agent.root / "etc/systemd/system/docker.service.d/dockerextd.conf", "options");
    (void)agent.calls();
}

TEST(Uninstall, RemovesOwnFilesButNotThoseOfTheEngine) {
    Agent agent;
    create_daemon_and_engine_files(agent);
    EXPECT_EQ(agent.run("uninstall"), 0);
    EXPECT_EQ(agent.calls(), "disable --now dockerextd.service\ndaemon-reload\n");
    for (const char* gone : {"usr/local/bin/dockerextd", "etc/systemd/system/dockerextd.service",
                             "etc/systemd/system/dockerextd-failed.service",
                             "etc/systemd/system/dockerextd-retry.timer", "usr/local/sbin/dockerextd-handler",
                             "run/dockerextd", "run/dockerextd-handler.lock", "var/lib/dockerextd"})
        EXPECT_FALSE(exists(agent.root / gone)) << gone;
    for (const char* kept :
         {"var/lib/docker", "etc/docker/daemon.json", "etc/systemd/system/docker.service.d/dockerextd.conf"})
        EXPECT_TRUE(exists(agent.root / kept)) << kept;
    EXPECT_EQ(agent.run("uninstall"), 0) << "there is nothing left to do";
}

TEST(Uninstall, KeepsTheDataOfRelativeBinds) {
    Agent agent;
    create_daemon_and_engine_files(agent);
    const auto state = agent.root / "var/lib/dockerextd";
    std::filesystem::create_directories(state / "project/data");
    write_file(state / "project/data/rows", "of a database");
    EXPECT_EQ(agent.run("uninstall"), 0);
    EXPECT_EQ(read_file(state / "project/data/rows"), "of a database");
    std::filesystem::remove_all(state / "project");
    EXPECT_TRUE(std::filesystem::is_empty(state));
}

TEST(Uninstall, RemovesTheSettingsOfADaemonThatDoesNotStop) {
    Agent agent;
    create_daemon_and_engine_files(agent);
    agent.add_systemctl_hook("[ \"$1\" != disable ] || { echo 'Job was canceled.' >&2; exit 1; }");
    EXPECT_EQ(agent.run("uninstall"), 1);
    EXPECT_EQ(agent.stderr_text,
              "uninstall: systemctl disable --now dockerextd.service: Job was canceled.\n");
    EXPECT_FALSE(exists(agent.root / "var/lib/dockerextd"));
}

/// The same for a daemon that has changed the machine and that answers `remove-engine` by a script.
void create_daemon_and_engine_files(Agent& agent, const std::string& script) {
    create_daemon_and_engine_files(agent);
    write_file(agent.root / "var/lib/dockerextd/host.json", "what is ours");
    const auto program = agent.root / "usr/local/bin/dockerextd";
    write_file(program,
               "#!/bin/sh\necho dockerextd \"$@\" >>'" + agent.root.path().string() + "/calls'\n" + script);
    std::filesystem::permissions(program, std::filesystem::perms::owner_all);
}

TEST(Uninstall, RunsTheDaemonToRemoveTheEngineIfTheSettingsRequestIt) {
    Agent agent;
    create_daemon_and_engine_files(
        agent, "[ -e '" + agent.root.path().string() + "/var/lib/dockerextd/settings.json' ]\n");
    EXPECT_EQ(agent.run("uninstall"), 0) << agent.stderr_text;
    EXPECT_EQ(agent.calls(), "disable --now dockerextd.service\ndockerextd remove-engine --root " +
                                 agent.root.path().string() + "\ndaemon-reload\n");
    EXPECT_FALSE(exists(agent.root / "var/lib/dockerextd"));
}

TEST(Uninstall, KeepsEverythingWhenTheEngineCouldNotBeRemovedAndSucceedsTheNextTime) {
    Agent agent;
    create_daemon_and_engine_files(agent,
                                   "echo 'dockerextd: remove docker.io: E: Held packages' >&2; exit 1\n");
    EXPECT_EQ(agent.run("uninstall"), 1);
    EXPECT_EQ(agent.stderr_text,
              "uninstall: dockerextd remove-engine --root " + agent.root.path().string() +
                  ": dockerextd: remove docker.io: E: Held packages; dockerextd's files are kept. To retry, "
                  "add the extension and uninstall it again, or run `dockerextd remove-engine`\n");
    for (const char* kept : {"usr/local/bin/dockerextd", "etc/systemd/system/dockerextd.service",
                             "var/lib/dockerextd/settings.json", "var/lib/dockerextd/host.json"})
        EXPECT_TRUE(exists(agent.root / kept)) << kept;
    write_file(agent.root / "usr/local/bin/dockerextd", "#!/bin/sh\n");
    EXPECT_EQ(agent.run("uninstall"), 0);
    EXPECT_FALSE(exists(agent.root / "var/lib/dockerextd"));
}

TEST(Uninstall, LeavesTheSwarmBeforeTheEngineIsRemoved) {
    Agent agent;
    create_daemon_and_engine_files(agent, "exit 0\n");
    write_file(agent.root / "var/lib/dockerextd/swarm.json", "our place");
    EXPECT_EQ(agent.run("uninstall"), 0) << agent.stderr_text;
    const std::string root = agent.root.path().string();
    EXPECT_EQ(agent.calls(),
              "disable --now dockerextd.service\ndockerextd swarm leave --on-uninstall --root " + root +
                  "\ndockerextd remove-engine --root " + root + "\ndaemon-reload\n");
    EXPECT_FALSE(exists(agent.root / "var/lib/dockerextd"));
}

TEST(Uninstall, KeepsEverythingWhenTheSwarmCouldNotBeLeft) {
    Agent agent;
    create_daemon_and_engine_files(agent,
                                   "echo 'dockerextd: connect /run/docker.sock: refused' >&2; exit 1\n");
    write_file(agent.root / "var/lib/dockerextd/swarm.json", "our place");
    EXPECT_EQ(agent.run("uninstall"), 1);
    const std::string root = agent.root.path().string();
    EXPECT_EQ(
        agent.stderr_text,
        "uninstall: dockerextd swarm leave --on-uninstall --root " + root +
            ": dockerextd: connect /run/docker.sock: refused; dockerextd's files are kept. To retry, add "
            "the extension and uninstall it again, or run `dockerextd swarm leave`\n");
    EXPECT_TRUE(exists(agent.root / "var/lib/dockerextd/swarm.json"));
    EXPECT_TRUE(exists(agent.root / "usr/local/bin/dockerextd"));
}

TEST(Uninstall, KeepsTheEngineDuringAnUpdate) {
    Agent agent;
    create_daemon_and_engine_files(agent, "exit 1\n");
    ASSERT_EQ(agent.run("update"), 0);
    EXPECT_EQ(agent.run("uninstall"), 0);
    EXPECT_EQ(agent.calls(), "");
}

TEST(Uninstall, RemovesEverythingAfterAnUpdateThatFailedToEnable) {
    Agent agent;
    create_daemon_and_engine_files(agent);
    ASSERT_EQ(agent.run("update"), 0);
    write_file(agent.folder("1.2.0") / "HandlerEnvironment.json", "[{");
    EXPECT_EQ(agent.run("enable"), 1);
    EXPECT_EQ(agent.run("uninstall"), 0);
    EXPECT_FALSE(exists(agent.root / "var/lib/dockerextd"));
}

/// The order of the agent's commands for an upgrade or downgrade (handler-contract §8).
struct Change {
    const char* name;
    const char* from;
    const char* to;
    const char* update;  ///< the version whose `update` runs
};
class VersionChange : public testing::TestWithParam<Change> {};

TEST_P(VersionChange, KeepsTheDaemonStateAndRunsTheOtherVersion) {
    const Change& change = GetParam();
    Agent agent;
    create_daemon_and_engine_files(agent);
    agent.unpack(change.to);
    EXPECT_EQ(agent.run("disable", change.from), 0);
    EXPECT_EQ(agent.run("update", change.update), 0);
    EXPECT_EQ(agent.run("uninstall", change.from), 0);
    std::filesystem::remove_all(agent.folder(change.from));
    EXPECT_EQ(read_file(agent.root / "var/lib/dockerextd/settings.json"), "secret");
    EXPECT_EQ(agent.run("install", change.to), 0);
    EXPECT_EQ(agent.run("enable", change.to), 0);

    EXPECT_EQ(read_file(agent.root / "var/lib/dockerextd/settings.json"), "secret");
    EXPECT_EQ(read_file(agent.root / "usr/local/bin/dockerextd"), Agent::daemon(change.to));
    EXPECT_EQ(agent.spooled().back().handler->version, change.to);
    EXPECT_EQ(agent.calls(),
              "disable --now dockerextd.service\ndaemon-reload\n"
              "enable dockerextd.service\nreset-failed dockerextd.service\nrestart --no-block "
              "dockerextd.service\n");

    // The update is complete, so this uninstall removes everything.
    EXPECT_EQ(agent.run("uninstall", change.to), 0);
    EXPECT_FALSE(exists(agent.root / "var/lib/dockerextd"));
}

INSTANTIATE_TEST_SUITE_P(Commands, VersionChange,
                         testing::Values(Change{"update", "1.2.0", "1.3.0", "1.3.0"},
                                         Change{"downgrade", "1.2.0", "1.1.0", "1.2.0"}),
                         [](const auto& test) { return test.param.name; });

struct Marker {
    const char* name;
    std::chrono::seconds age;
    bool keeps;
};
class UpdateMarker : public testing::TestWithParam<Marker> {};

TEST_P(UpdateMarker, IsValidForHalfAnHour) {
    Agent agent;
    create_daemon_and_engine_files(agent);
    ASSERT_EQ(agent.run("update"), 0);
    agent.now += GetParam().age;
    EXPECT_EQ(agent.run("uninstall"), 0);
    EXPECT_EQ(exists(agent.root / "var/lib/dockerextd/settings.json"), GetParam().keeps);
}

TEST_P(UpdateMarker, IsClearedByAnInstallationOnceExpired) {
    Agent agent;
    create_daemon_and_engine_files(agent);
    ASSERT_EQ(agent.run("update"), 0);
    agent.now += GetParam().age;
    EXPECT_EQ(agent.run("install"), 0);
    EXPECT_EQ(exists(agent.root / "var/lib/dockerextd/updating"), GetParam().keeps);
}

INSTANTIATE_TEST_SUITE_P(Commands, UpdateMarker,
                         testing::Values(Marker{"fresh", std::chrono::minutes(2), true},
                                         Marker{"nearly_over", lifetime - std::chrono::seconds(1), true},
                                         Marker{"over", lifetime, false},
                                         Marker{"the_clock_was_set_back", -std::chrono::minutes(2), true},
                                         Marker{"of_a_time_to_come", -std::chrono::hours(24), false}),
                         [](const auto& test) { return test.param.name; });

TEST(Uninstall, IgnoresAnInvalidMarker) {
    for (const char* text : {"", "1.3.0", "1.3.0 soon", "\xff"}) {
        Agent agent;
        create_daemon_and_engine_files(agent);
        write_file(agent.root / "var/lib/dockerextd/updating", text);
        EXPECT_EQ(agent.run("uninstall"), 0);
        EXPECT_FALSE(exists(agent.root / "var/lib/dockerextd")) << text;
    }
}

}  // namespace
}  // namespace dockerext::test
