#include "systemd/failure_lines.hpp"

#include <gtest/gtest.h>

namespace dockerext::systemd {
namespace {

std::vector<LogLine> said(std::initializer_list<const char*> texts) {
    std::vector<LogLine> lines;
    for (const char* text : texts) lines.push_back({text});
    return lines;
}

LogLine by_systemd(const char* text, int priority) { return {text, LogLine::Source::systemd, priority}; }

std::string text_of(const std::vector<LogLine>& lines) { return failure_lines(lines).text; }

TEST(FailureMessages, TellWhetherTheyHaveTheCause) {
    const char* const starting = R"(time="x" level=info msg="Starting up")";
    const char* const ending = R"(level=error msg="Failed to get event" error="transport is closing")";
    EXPECT_FALSE(failure_lines({}).has_cause);
    EXPECT_FALSE(failure_lines(said({starting, ending})).has_cause);
    EXPECT_TRUE(failure_lines(said({starting, "failed to load listeners: address in use"})).has_cause);
    EXPECT_TRUE(failure_lines(said({starting, "unknown flag: --nope"})).has_cause);
    EXPECT_TRUE(
        failure_lines({by_systemd("docker.service: Main process exited, code=killed, status=9/KILL", 5)})
            .has_cause);
}

TEST(FailureMessages, HaveTheReasonFirstAndTheNoiseLast) {
    // dockerd 20.10 with a storage driver that the kernel lacks; the first line comes from its child process.
    EXPECT_EQ(
        text_of(said({
            R"(time="2024-05-01T10:00:00Z" level=info msg="Starting up")",
            "modprobe: FATAL: Module aufs not found in directory /lib/modules/6.1.0",
            R"(time="2024-05-01T10:00:01Z" level=warning msg="a warning")",
            R"(time="2024-05-01T10:00:01Z" level=error msg="AUFS was not found in /proc/filesystems")",
            "failed to start daemon: error initializing graphdriver: driver not supported: aufs",
            R"(time="2024-05-01T10:00:02Z" level=error msg="Failed to get event" error="transport is closing")",
        })),
        "failed to start daemon: error initializing graphdriver: driver not supported: aufs\n"
        "modprobe: FATAL: Module aufs not found in directory /lib/modules/6.1.0\n"
        "level=error msg=\"AUFS was not found in /proc/filesystems\"\n"
        "level=error msg=\"Failed to get event\" error=\"transport is closing\"");
    EXPECT_EQ(text_of(said({"unknown flag: --nope", "See 'dockerd --help'."})),
              "unknown flag: --nope\nSee 'dockerd --help'.");
}

TEST(FailureMessages, FallBackToOtherLines) {
    EXPECT_EQ(text_of(said({R"(time="x" level=info msg="Starting up")"})), "level=info msg=\"Starting up\"");
    EXPECT_EQ(text_of({}), "");
}

TEST(FailureMessages, UseSystemdsLinesIfTheProgramDidNotStart) {
    EXPECT_EQ(
        text_of({
            by_systemd("Starting Docker Application Container Engine...", 6),
            by_systemd("docker.service: Failed to attach to cgroup /system.slice/x: Permission denied", 4),
            by_systemd("docker.service: Failed at step CGROUP spawning /usr/sbin/dockerd: Permission denied",
                       3),
            by_systemd("docker.service: Main process exited, code=exited, status=219/CGROUP", 5),
            by_systemd("docker.service: Failed with result 'exit-code'.", 4),
            by_systemd("Failed to start Docker Application Container Engine.", 3),
        }),
        "docker.service: Failed at step CGROUP spawning /usr/sbin/dockerd: Permission denied\n"
        "docker.service: Main process exited, code=exited, status=219/CGROUP");
}

/// dockerd's own messages may arrive later, so systemd's must not be taken for the reason.
TEST(FailureMessages, OmitSystemdsLineOfAnOrdinaryExit) {
    EXPECT_EQ(text_of({by_systemd("Starting Docker Application Container Engine...", 6),
                       by_systemd("docker.service: Main process exited, code=exited, status=2/INVALID", 5),
                       by_systemd("docker.service: Failed with result 'exit-code'.", 4)}),
              "");
    EXPECT_EQ(text_of({by_systemd("docker.service: Main process exited, code=killed, status=9/KILL", 5)}),
              "docker.service: Main process exited, code=killed, status=9/KILL");
}

TEST(FailureMessages, OmitDuplicates) {
    EXPECT_EQ(text_of(said({"unknown flag: --nope", "See 'dockerd --help'.", "unknown flag: --nope",
                            "See 'dockerd --help'."})),
              "unknown flag: --nope\nSee 'dockerd --help'.");
}

TEST(FailureMessages, AreLimitedAndPlain) {
    std::vector<LogLine> lines{{"failed to start daemon: no"}};
    for (int i = 0; i < 100; ++i) lines.push_back({"line " + std::to_string(i)});
    EXPECT_EQ(
        text_of(lines),
        "failed to start daemon: no\nline 91\nline 92\nline 93\nline 94\nline 95\nline 96\nline 97\nline 98\n"
        "line 99");
    EXPECT_EQ(text_of({{std::string(5000, 'x')}}).size(), 2048U);
    EXPECT_EQ(text_of(said({"\x1b[31mred\x1b[0m"})), "red");
}

}  // namespace
}  // namespace dockerext::systemd
