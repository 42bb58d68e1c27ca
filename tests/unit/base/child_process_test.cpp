#include "base/child_process.hpp"

#include "support/run.hpp"
#include "support/temporary_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <thread>

namespace dockerext {
namespace {

using namespace std::chrono_literals;

struct ChildProcess : testing::Test {
    Result<ChildResult> child(Command command, ChildOptions options = {}) {
        return test::run(io, run_child(std::move(command), std::move(options)));
    }
    /// Like child(), but runs `script` in a shell.
    Result<ChildResult> shell(const std::string& script, ChildOptions options = {}) {
        return child({"/bin/sh", "-c", script}, std::move(options));
    }
    static bool has_children() { return ::waitpid(-1, nullptr, WNOHANG) != -1 || errno != ECHILD; }

    /// Whether the process exists and is not a zombie.
    static bool runs(pid_t pid) {
        const std::string stat = test::read_file("/proc/" + std::to_string(pid) + "/stat");
        return !stat.empty() && stat.find(") Z ") == std::string::npos;
    }

    asio::io_context io;
    test::TemporaryFolder folder;
};

TEST_F(ChildProcess, ReturnsExitCodeSignalAndOutput) {
    const auto well = shell("echo out; echo err >&2");
    ASSERT_TRUE(well) << well.error().message();
    EXPECT_TRUE(well->succeeded());
    EXPECT_EQ(well->out, "out\n");
    EXPECT_EQ(well->err, "err\n");
    const auto badly = shell("exit 7");
    EXPECT_EQ(badly->code, 7);
    EXPECT_FALSE(badly->succeeded());
    const auto killed = shell("kill -SEGV $$");
    EXPECT_EQ(killed->signal, SIGSEGV);
    EXPECT_FALSE(killed->succeeded());
    EXPECT_FALSE(has_children());
}

Task<void> run_many(int& well) {
    const Command command{"sleep", "0.001"};
    const ChildOptions options;
    for (int i = 0; i < 50; ++i) {
        const auto outcome = co_await run_child(command, options);
        well += outcome && outcome->succeeded() ? 1 : 0;
    }
}

TEST_F(ChildProcess, IsAwaitedEvenIfDescriptorsAreReused) {
    int well = 0;
    test::run_to_end(io, run_many(well));
    EXPECT_EQ(well, 50);
}

TEST_F(ChildProcess, PassesArgumentsUnchanged) {
    EXPECT_EQ(child({"printf", "%s.", "a b", "$HOME", "", "*;|"})->out, "a b.$HOME..*;|.");
}

TEST_F(ChildProcess, FailsWithoutTheProgram) {
    const auto outcome = child({"no-such-program"});
    EXPECT_EQ(outcome.error().kind(), ErrorKind::not_found);
    EXPECT_EQ(outcome.error().message(), "no-such-program: no such program");
    EXPECT_EQ(child({"/no/such/program"}).error().kind(), ErrorKind::not_found);
    EXPECT_EQ(child({"sleep", "0"}, {.search_path = "/nowhere"}).error().kind(), ErrorKind::not_found);
}

TEST_F(ChildProcess, HasAFixedEnvironment) {
    (void)::setenv("SURPRISE", "inherited", 1);
    const auto outcome = child({"env"}, {.environment = {"DEBIAN_FRONTEND=noninteractive"}});
    (void)::unsetenv("SURPRISE");
    EXPECT_EQ(
        outcome->out,
        "PATH=/usr/sbin:/usr/bin:/sbin:/bin\nLC_ALL=C\nLANG=C\nHOME=/root\nDEBIAN_FRONTEND=noninteractive\n");
}

TEST_F(ChildProcess, InheritsNeitherUmaskNorFolderNorDescriptors) {
    const mode_t before = ::umask(077);
    const int open = ::dup(0);
    const auto outcome = shell("umask; pwd; ls /proc/self/fd | wc -l; cat; cut -d' ' -f5 /proc/$$/stat");
    ::close(open);
    EXPECT_EQ(::umask(before), 077U) << "ours stays";
    // The open descriptors: 0, 1, 2 and the folder that is being listed
    EXPECT_THAT(outcome->out, testing::StartsWith("0022\n/\n4\n"));
    EXPECT_THAT(outcome->out, testing::Not(testing::HasSubstr("\n" + std::to_string(::getpgrp()) + "\n")));
}

TEST_F(ChildProcess, StartsWithoutBlockedOrIgnoredSignals) {
    // Masks the signals that the C library reserves for itself.
    constexpr unsigned long long ordinary = 0x7fffffff;
    sigset_t blocked, before;
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGTERM);
    (void)::sigprocmask(SIG_BLOCK, &blocked, &before);
    (void)std::signal(SIGPIPE, SIG_IGN);
    const auto outcome = child({"sed", "-nE", "s/Sig(Blk|Ign):.//p", "/proc/self/status"});
    (void)::sigprocmask(SIG_SETMASK, &before, nullptr);
    (void)std::signal(SIGPIPE, SIG_DFL);
    EXPECT_EQ(std::stoull(outcome->out.substr(0, 16), nullptr, 16) & ordinary, 0U);
    EXPECT_EQ(std::stoull(outcome->out.substr(17), nullptr, 16) & ordinary, 0U);
}

TEST_F(ChildProcess, ReceivesItsInput) {
    EXPECT_EQ(child({"cat"}, {.input = "given\n"})->out, "given\n");
    EXPECT_EQ(child({"cat"})->out, "");
}

TEST_F(ChildProcess, KeepsTheLastOfMuchOutput) {
    const auto outcome = shell("seq 100000; seq 100000 >&2", {.keep = 12});
    EXPECT_EQ(outcome->out, "9999\n100000\n");
    EXPECT_EQ(outcome->err, "9999\n100000\n");
}

TEST_F(ChildProcess, ReportsLinesAsTheyArrive) {
    std::vector<std::string> lines;
    const auto note = [&](std::string_view line) { lines.emplace_back(line); };
    ASSERT_TRUE(shell(R"(printf 'one\nt'; sleep 0.05; printf 'wo\r\nthree')", {.on_line = note}));
    EXPECT_THAT(lines, testing::ElementsAre("one", "two", "three"));
}

TEST_F(ChildProcess, IsKilledWithItsProcessGroupAtTheTimeout) {
    const std::string file = (folder / "pid").string();
    const std::string script = "echo begun; sleep 100 & echo $! > " + file + "; sleep 100";
    Duration limit = 200ms;
    auto outcome = shell(script, {.limit = limit, .grace = 1h});  // SIGTERM is enough
    // A loaded machine may not have started the script in time: then retry with a longer limit.
    for (; test::read_file(file).empty() && limit < 10s; limit *= 5)
        outcome = shell(script, {.limit = 5 * limit, .grace = 1h});
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().kind(), ErrorKind::timeout);
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(limit).count();
    EXPECT_EQ(outcome.error().message(), "/bin/sh: timed out after " + std::to_string(seconds) + " s: begun");
    const pid_t grandchild = std::stoi(test::read_file(file));
    for (int i = 0; i < 3000 && runs(grandchild); ++i)
        std::this_thread::sleep_for(10ms);  // SIGKILL takes effect a moment later
    EXPECT_FALSE(runs(grandchild));
    EXPECT_FALSE(has_children());
}

TEST_F(ChildProcess, RedactsOutputInErrors) {
    Error error;
    for (Duration limit = 200ms; !error.message().ends_with("d)") && limit < 10s; limit *= 5) {
        const auto outcome = shell("echo hunter22-and-more; sleep 1000",
                                   {.limit = limit, .redact = Redactor({Secret("hunter22-and-more")})});
        ASSERT_FALSE(outcome);
        // A loaded machine may reach the limit before the script prints anything: then retry with a longer
        // limit.
        error = outcome.error();
    }
    EXPECT_THAT(error.message(), testing::EndsWith(" s: (hidden)"));
}

TEST_F(ChildProcess, IsKilledWhenItIgnoresTheSignal) {
    const auto outcome =
        shell("trap '' TERM; while :; do sleep 0.01; done", {.limit = 100ms, .grace = 100ms});
    EXPECT_EQ(outcome.error().kind(), ErrorKind::timeout);
    EXPECT_FALSE(has_children());
}

TEST_F(ChildProcess, EndsWhenCancelled) {
    const auto outcome =
        test::run(io, with_timeout(100ms, "outer", run_child({"sleep", "100"}, {.limit = 100s})));
    EXPECT_EQ(outcome.error().message(), "outer");
    EXPECT_FALSE(has_children());
}

TEST_F(ChildProcess, DoesNotWaitForGrandchildren) {
    const auto outcome = shell("sleep 100 & echo $!", {.limit = 1h});
    ASSERT_TRUE(outcome);
    const pid_t left = std::stoi(outcome->out);
    EXPECT_TRUE(runs(left));
    (void)::kill(left, SIGKILL);
}

TEST_F(ChildProcess, IsKilledWithTheEventLoop) {
    const std::string script = "echo $$ > " + (folder / "pid").string() + "; exec sleep 100";
    std::optional<Result<ChildResult>> outcome;
    {
        asio::io_context ending;
        test::start(ending, store_result(run_child({"/bin/sh", "-c", script}, {.limit = 100s}), outcome));
        while (test::read_file(folder / "pid").empty()) ending.run_one_for(5ms);
    }
    const pid_t pid = std::stoi(test::read_file(folder / "pid"));
    int status = 0;
    EXPECT_TRUE(::waitpid(pid, &status, 0) < 0 || WTERMSIG(status) == SIGKILL);
    EXPECT_NE(::kill(pid, 0), 0);
}

}  // namespace
}  // namespace dockerext
