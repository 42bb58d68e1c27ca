#include "unit/shim/agent.hpp"

#include "shim/lock.hpp"
#include "support/full_disk.hpp"

#include <gmock/gmock.h>

#include <thread>

namespace dockerext::test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::string_view settings_text =
    R"({"runtimeSettings":[{"handlerSettings":{"publicSettings":{}}}]})";
constexpr std::string_view success = R"([{"status":{"status":"success"}}])";

TEST(Enable, ReportsTransitioningSpoolsTheSettingsAndStartsTheDaemon) {
    Agent agent;
    agent.sequence = "3";
    agent.settings(3, settings_text);
    agent.settings(7, "of another time");
    EXPECT_EQ(agent.run("enable"), 0);
    EXPECT_EQ(agent.stderr_text, "");

    EXPECT_EQ(agent.status(3),
              R"([{"version":"1.0","timestampUTC":"2023-11-14T22:13:20.000Z","status":{)"
              R"("name":"dockerextd","operation":"Enable",)"
              R"("configurationAppliedTime":"2023-11-14T22:13:20.000Z","status":"transitioning","code":0,)"
              R"("formattedMessage":{"lang":"en-US","message":"Settings submitted to dockerextd."},)"
              R"("substatus":[]}}])");
    const auto spooled = agent.spooled();
    ASSERT_EQ(spooled.size(), 1u);
    EXPECT_EQ(spooled[0].source, model::SettingsSource::azure);
    EXPECT_EQ(spooled[0].sequence, 3);
    EXPECT_EQ(spooled[0].public_settings, settings_text);
    EXPECT_TRUE(spooled[0].wrapped);
    const std::string waagent = (agent.root / "var/lib/waagent").string();
    EXPECT_EQ(spooled[0].handler,
              (model::Handler{waagent + "/Dockerext.Test.DockerExtension-1.2.0/status", waagent, "1.2.0"}));

    EXPECT_EQ(read_file(agent.root / "usr/local/bin/dockerextd"), Agent::daemon("1.2.0"));
    EXPECT_EQ(read_file(agent.root / "etc/systemd/system/dockerextd.service"), "unit");
    EXPECT_EQ(agent.calls(),
              "daemon-reload\nenable dockerextd.service\nreset-failed dockerextd.service\nrestart --no-block "
              "dockerextd.service\n");
}

TEST(Enable, DoesNotRestartAnUpToDateDaemon) {
    Agent agent;
    ASSERT_EQ(agent.run("enable"), 0);
    (void)agent.calls();
    EXPECT_EQ(agent.run("enable"), 0);
    EXPECT_EQ(agent.calls(), "reset-failed dockerextd.service\nstart --no-block dockerextd.service\n");

    write_file(agent.folder("1.2.0") / shim::packaged_daemon, Agent::daemon("of other bytes"));
    EXPECT_EQ(agent.run("enable"), 0);
    EXPECT_EQ(agent.calls(),
              "daemon-reload\nreset-failed dockerextd.service\nrestart --no-block dockerextd.service\n");

    std::filesystem::permissions(agent.root / "usr/local/bin/dockerextd", std::filesystem::perms::owner_read);
    EXPECT_EQ(agent.run("enable"), 0);
    EXPECT_EQ(agent.calls(),
              "daemon-reload\nreset-failed dockerextd.service\nrestart --no-block dockerextd.service\n");
}

TEST(Enable, RestartsADaemonOfUnknownVersion) {
    Agent agent;
    ASSERT_EQ(agent.run("enable"), 0);
    (void)agent.calls();
    std::filesystem::remove(agent.folder("1.2.0") /
                            // As if the agent's service was restarted in between.
                            "spooled");
    EXPECT_EQ(agent.run("enable"), 0);
    EXPECT_EQ(agent.calls(),
              "daemon-reload\nreset-failed dockerextd.service\nrestart --no-block dockerextd.service\n");
}

/// The state at the agent's second enable, and whether the status is reset.
struct RepeatedEnable {
    const char* name;
    int sequence;
    std::string_view settings;
    std::string_view status;  ///< the previous status of that sequence; "" for none
    bool starts_over;
};
class SecondEnable : public testing::TestWithParam<RepeatedEnable> {};

TEST_P(SecondEnable, KeepsOnlyTheStatusOfTheSameSettings) {
    Agent agent;
    agent.sequence = "3";
    agent.settings(3, settings_text);
    ASSERT_EQ(agent.run("enable"), 0);

    const RepeatedEnable& again = GetParam();
    agent.sequence = std::to_string(again.sequence);
    agent.settings(again.sequence, again.settings);
    std::filesystem::remove(agent.folder("1.2.0") / "status/3.status");
    if (!again.status.empty()) agent.set_status(again.sequence, again.status);
    EXPECT_EQ(agent.run("enable"), 0);
    if (again.starts_over) EXPECT_THAT(agent.status(again.sequence), HasSubstr("transitioning"));
    else EXPECT_EQ(agent.status(again.sequence), again.status);
    // The shim always hands over the settings; the daemon compares them.
    ASSERT_EQ(agent.spooled().size(), 2u);
    EXPECT_EQ(agent.spooled()[1].sequence, again.sequence);
    EXPECT_EQ(agent.spooled()[1].public_settings, again.settings);
}

INSTANTIATE_TEST_SUITE_P(
    Enable, SecondEnable,
    testing::Values(
        RepeatedEnable{"the_same_settings", 3, settings_text, success, false},
        RepeatedEnable{"other_settings_of_that_number", 3, R"({"runtimeSettings":[]})", success, true},
        RepeatedEnable{"a_higher_number", 4, settings_text, "", true},
        RepeatedEnable{"a_lower_number_that_has_a_status_of_long_ago", 1, settings_text, success, true},
        RepeatedEnable{"the_status_is_gone", 3, settings_text, "", true},
        RepeatedEnable{"the_status_is_torn", 3, settings_text, R"([{"status":{"sta)", true}),
    [](const auto& test) { return test.param.name; });

/// Which settings apply.
struct Choice {
    const char* name;
    std::optional<std::string> sequence;
    std::vector<std::pair<int, std::string>> files;  ///< the last one is written last
    int chosen;
    std::string_view text;
};
class SettingsChoice : public testing::TestWithParam<Choice> {};

TEST_P(SettingsChoice, FollowsTheAgent) {
    Agent agent;
    agent.sequence = GetParam().sequence;
    auto written = std::filesystem::file_time_type::clock::now();
    for (const auto& [number, text] : GetParam().files) {
        agent.settings(number, text);
        const auto file = agent.folder("1.2.0") / "config" / (std::to_string(number) + ".settings");
        std::filesystem::last_write_time(file, written += std::chrono::seconds(1));
    }
    write_file(agent.folder("1.2.0") / "config/HandlerState", "Installed");
    EXPECT_EQ(agent.run("enable"), 0);
    EXPECT_THAT(agent.status(GetParam().chosen), HasSubstr("transitioning"));
    ASSERT_EQ(agent.spooled().size(), 1u);
    EXPECT_EQ(agent.spooled()[0].sequence, GetParam().chosen);
    EXPECT_EQ(agent.spooled()[0].public_settings, GetParam().text);
}

INSTANTIATE_TEST_SUITE_P(
    Enable, SettingsChoice,
    testing::Values(Choice{"the_number_of_the_agent", "2", {{2, "[2]"}, {9, "[9]"}}, 2, "[2]"},
                    Choice{"no_settings_at_all", "0", {{0, ""}}, 0, ""},
                    Choice{"an_old_agent", std::nullopt, {{9, "[9]"}, {2, "[2]"}}, 2, "[2]"},
                    Choice{"no_number", "none", {{9, "[9]"}, {2, "[2]"}}, 2, "[2]"},
                    Choice{"no_number_no_file", std::nullopt, {}, 0, ""}),
    [](const auto& test) { return test.param.name; });

/// The settings that enable accepts if they are incomplete at first and complete a moment later.
std::string settings_read_after(std::string_view torn) {
    Agent agent;
    agent.sequence = "3";
    agent.settings(3, torn);
    int code = 0;
    {
        const std::jthread writer([&agent] {
            std::this_thread::sleep_for(std::chrono::milliseconds(200));
            agent.settings(3, settings_text);
        });
        code = agent.run("enable");
    }
    const auto spooled = agent.spooled();
    return code == 0 && spooled.size() == 1 ? spooled[0].public_settings : agent.stderr_text;
}

TEST(Enable, RereadsSettingsThatAreBeingWritten) {
    for (const std::string_view torn : {"", R"({"runtimeSettings":[{"handlerS)"}) {
        std::string taken = settings_read_after(torn);
        // The shim retries for only a second, and a loaded machine may write later.
        for (int more = 5; taken != settings_text && more > 0; --more) taken = settings_read_after(torn);
        EXPECT_EQ(taken, settings_text);
    }
}

TEST(Enable, FailsForAnEmptyFileWithAnotherNumberThanZero) {
    Agent agent;
    agent.sequence = "3";
    agent.settings(3, "");
    EXPECT_EQ(agent.run("enable"), 1);
    EXPECT_THAT(agent.spooled(), IsEmpty());
    EXPECT_THAT(agent.status(3), testing::AllOf(HasSubstr("\"error\""), HasSubstr("is empty or missing")));
}

/// Something that keeps the settings from reaching the daemon.
struct FailureCase {
    const char* name;
    void (*arrange)(Agent&);
    int code;
    std::string_view reason;
};
class EnableFailure : public testing::TestWithParam<FailureCase> {};

TEST_P(EnableFailure, ReportsTheReasonAndStartsOverNextTime) {
    Agent agent;
    agent.settings(0, settings_text);
    ASSERT_EQ(agent.run("enable"), 0);
    agent.set_status(0, success);
    GetParam().arrange(agent);
    EXPECT_EQ(agent.run("enable"), GetParam().code);
    EXPECT_THAT(agent.stderr_text, HasSubstr(GetParam().reason));
    EXPECT_EQ(std::ranges::count(agent.stderr_text, '\n'), 1);
    EXPECT_THAT(agent.status(0),
                testing::AllOf(HasSubstr(R"("status":"error","code":1)"), HasSubstr(GetParam().reason)));
    EXPECT_EQ(read_file(agent.folder("1.2.0") / "spooled"), "0 failed");
}

TEST(Enable, NeverTakesAnEmptyFileForNoSettingsOnceItHadContent) {
    Agent agent;
    agent.settings(0, settings_text);
    ASSERT_EQ(agent.run("enable"), 0);
    const auto before = agent.spooled().size();
    agent.settings(0, "");
    for (int attempt = 0; attempt < 2; ++attempt) EXPECT_EQ(agent.run("enable"), 1);
    EXPECT_EQ(agent.spooled().size(), before);
    agent.settings(0, settings_text);
    EXPECT_EQ(agent.run("enable"), 0);
}

INSTANTIATE_TEST_SUITE_P(
    Enable, EnableFailure,
    testing::Values(
        FailureCase{
            "torn_environment",
            [](Agent& agent) { write_file(agent.folder("1.2.0") / "HandlerEnvironment.json", "[{\"na"); }, 1,
            "restart the Azure agent to rewrite it"},
        FailureCase{"environment_without_folders",
                    [](Agent& agent) {
                        write_file(agent.folder("1.2.0") / "HandlerEnvironment.json",
                                   R"([{"handlerEnvironment":{}}])");
                    },
                    1, "configFolder"},
        FailureCase{"settings_of_another_encoding", [](Agent& agent) { agent.settings(0, "\xff\xfe{}"); }, 1,
                    "the settings are not UTF-8 text"},
        FailureCase{"no_systemd",
                    [](Agent& agent) { std::filesystem::remove(agent.root / "run/systemd/system"); }, 51,
                    "systemd does not run on this machine"},
        FailureCase{"no_systemctl",
                    [](Agent& agent) { std::filesystem::remove(agent.root / "usr/bin/systemctl"); }, 51,
                    "systemd does not run on this machine"},
        FailureCase{"systemd_refuses",
                    [](Agent& agent) {
                        agent.add_systemctl_hook("echo some words >&2; echo 'Unit is masked.' >&2; exit 1");
                    },
                    1, "systemctl start --no-block dockerextd.service: Unit is masked."},
        FailureCase{"a_daemon_for_newer_machines",
                    [](Agent& agent) {
                        write_file(agent.folder("1.2.0") / shim::packaged_daemon,
                                   "#!/bin/sh\necho \"$1: 'GLIBC_2.34' not found\" >&2; exit 1\n");
                    },
                    1,
                    "cannot run dockerextd on this machine: dockerextd --version: --version: 'GLIBC_2.34' "
                    "not found"},
        FailureCase{
            "settings_that_are_gone",
            [](Agent& agent) { std::filesystem::remove(agent.folder("1.2.0") / "config/0.settings"); }, 1,
            "0.settings' is empty or missing"},
        FailureCase{
            "no_daemon_in_the_zip",
            [](Agent& agent) { std::filesystem::remove(agent.folder("1.2.0") / shim::packaged_daemon); }, 1,
            "install the daemon: read '"}),
    [](const auto& test) { return test.param.name; });

TEST(Enable, ReportsAFullDisk) {
    Agent agent;
    agent.settings(0, std::string(20000, ' '));
    agent.set_status(0, success);
    {
        const FullDisk full(1000);  // enough for a status
        EXPECT_EQ(agent.run("enable"), 1);
    }
    EXPECT_THAT(agent.status(0), testing::AllOf(HasSubstr("\"error\""), HasSubstr("cannot store settings")));
    EXPECT_THAT(agent.spooled(), IsEmpty());

    agent.set_status(0, success);
    {
        const FullDisk full(0);
        EXPECT_EQ(agent.run("enable"), 1);
    }
    EXPECT_FALSE(std::filesystem::exists(agent.folder("1.2.0") / "status/0.status"))
        << "a status of other settings";
}

TEST(Enable, NeedsNoSpaceForSettingsAlreadySubmitted) {
    Agent agent;
    agent.settings(0, std::string(settings_text) + std::string(20000, ' '));
    ASSERT_EQ(agent.run("enable"), 0);
    agent.set_status(0, success);
    {
        const FullDisk full(1000);  // enough for the log of systemctl
        EXPECT_EQ(agent.run("enable"), 0) << agent.stderr_text;
    }
    EXPECT_EQ(agent.status(0), success);
}

TEST(Enable, AcceptsAnEnvironmentWithAByteOrderMark) {
    Agent agent;
    write_file(agent.folder("1.2.0") / "HandlerEnvironment.json", "\xEF\xBB\xBF" + agent.environment_json());
    EXPECT_EQ(agent.run("enable"), 0) << agent.stderr_text;
}

TEST(Enable, CreatesTheStatusFolderButNotTheHandlerFolder) {
    Agent agent;
    std::filesystem::remove_all(agent.folder("1.2.0") / "status");
    EXPECT_EQ(agent.run("enable"), 0);
    EXPECT_THAT(agent.status(0), HasSubstr("transitioning"));

    std::filesystem::remove_all(agent.folder("1.2.0"));
    EXPECT_EQ(agent.run("enable"), 1);
    EXPECT_THAT(agent.stderr_text, HasSubstr("HandlerEnvironment.json"));
    EXPECT_FALSE(std::filesystem::exists(agent.folder("1.2.0")));
}

TEST(Enable, RunsOneAtATime) {
    Agent agent;
    const std::string here = agent.root.path().string();
    agent.add_systemctl_hook("mkdir '" + here + "/busy' || echo both >>'" + here +
                             "/overlap'; sleep 0.1; rmdir '" + here + "/busy'");
    ASSERT_EQ(agent.run("enable"), 0);
    (void)agent.calls();
    const shim::CommandContext context = agent.context();
    {
        const std::jthread other([&context] { EXPECT_EQ(shim::run("enable", context), 0); });
        EXPECT_EQ(shim::run("enable", context), 0);
    }
    EXPECT_EQ(read_file(agent.root / "overlap"), "");
    EXPECT_EQ(agent.spooled().size(), 3u);
    EXPECT_EQ(agent.calls(),
              "reset-failed dockerextd.service\nstart --no-block dockerextd.service\nreset-failed "
              "dockerextd.service\nstart --no-block dockerextd.service\n");
}

TEST(Enable, DoesNotWaitForeverForAnotherCommand) {
    Agent agent;
    shim::CommandContext context = agent.context();
    context.lock_timeout = std::chrono::milliseconds(0);
    const auto other = shim::wait_for_lock(context.layout.lock, std::chrono::milliseconds(0));
    ASSERT_TRUE(other);
    testing::internal::CaptureStderr();
    EXPECT_EQ(shim::run("enable", context), 0);
    EXPECT_THAT(testing::internal::GetCapturedStderr(),
                HasSubstr("another command has it; continuing without it"));
    EXPECT_EQ(agent.spooled().size(), 1u);
}

}  // namespace
}  // namespace dockerext::test
