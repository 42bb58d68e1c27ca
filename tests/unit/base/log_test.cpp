#include "base/log.hpp"

#include "base/log_format.hpp"
#include "base/message_id.hpp"
#include "base/unique_fd.hpp"
#include "support/temporary_folder.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <string>
#include <vector>

namespace dockerext::log {
namespace {

using namespace std::string_literals;
using testing::ElementsAre;
using testing::EndsWith;

TEST(JournalFields, KeepTheirNames) {
    EXPECT_THAT(journal_fields(Level::warning, "step failed",
                               {id_step_failed, {"SERVICE", "web"}, {"ERROR", "a\nb"}}),
                ElementsAre("MESSAGE=step failed: a\\nb", "PRIORITY=4", "SYSLOG_IDENTIFIER=dockerextd",
                            "MESSAGE_ID=" + std::string(id_step_failed.value), "SERVICE=web", "ERROR=a\nb"));
}

TEST(JournalFields, TellTheCauseInTheMessage) {
    struct Case {
        std::string message, reason, error, expected;
    };
    const std::vector<Case> cases{
        {"cannot save the state", "", "disk full", "cannot save the state: disk full"},
        {"rolled back", "web failed", "", "rolled back: web failed"},
        {"rolled back", "web failed", "exit 3", "rolled back: exit 3"},
        {"web: cannot start web-1: exit 3", "not found", "exit 3", "web: cannot start web-1: exit 3"},
        {"paused", "", "", "paused"},
        {"failed", "", "\x1B[31mred", "failed: \\x1b[31mred"},
    };
    for (const Case& c : cases) {
        const auto fields =
            journal_fields(Level::warning, c.message, {{"ERROR", c.error}, {"REASON", c.reason}});
        EXPECT_EQ(fields.front(), "MESSAGE=" + c.expected);
    }
}

TEST(ConsoleLine, IsOneHarmlessLine) {
    struct Case {
        std::string name, value, expected;
    };
    const std::vector<Case> cases{
        {"a word", "web-1", "web-1"},
        {"several words", "memory changed", "\"memory changed\""},
        {"nothing", "", "\"\""},
        {"quotes", "a\"b\\c", R"("a\"b\\c")"},
        {"two lines", "one\ntwo", "one\\ntwo"},
        {"a colour", "\x1B[31mred", "\\x1b[31mred"},
        {"a carriage return", "x\ry", "x\\x0dy"},
        {"DEL and NUL", "\x7F\0"s, "\\x7f\\x00"},
        {"C1: CSI as a character", "\xC2\x9Bm", "\\xc2\\x9bm"},
        {"C1: CSI as a byte", "\x9Bm", "\\x9bm"},
        {"other languages", "größe→", "größe→"},
        {"cut UTF-8", "a\xE2\x86", "a\\xe2\\x86"},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.name);
        EXPECT_EQ(console_line("done", {{"REASON", c.value}}), "done REASON=" + c.expected);
    }
}

TEST(ConsoleLine, OmitsTheMessageId) {
    EXPECT_EQ(console_line("engine lost", {id_engine_lost, {"ERROR", "refused"}}),
              "engine lost ERROR=refused");
}

/// Redirects stderr to a file of the test.
struct Log : testing::Test {
    Log() : before_(::dup(STDERR_FILENO)) {
        const UniqueFd fd(::open(file().c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
        (void)::dup2(fd.get(), STDERR_FILENO);
    }
    ~Log() override {
        (void)::dup2(before_.get(), STDERR_FILENO);
        (void)::unsetenv("JOURNAL_STREAM");
        set_level(Level::info);
    }
    std::filesystem::path file() const { return folder_ / "stderr"; }
    std::string written() const { return test::read_file(file()); }

private:
    test::TemporaryFolder folder_;
    UniqueFd before_;
};

TEST_F(Log, GoesToStderrWithoutTheJournal) {
    info("settings accepted", {{"SEQUENCE", "7"}});
    EXPECT_THAT(written(), EndsWith(" info: settings accepted SEQUENCE=7\n"));
}

TEST_F(Log, GoesToTheJournalIfStderrIsConnectedToIt) {
    struct stat facts = {};
    ASSERT_EQ(::fstat(STDERR_FILENO, &facts), 0);
    const std::string stream = std::to_string(facts.st_dev) + ":" + std::to_string(facts.st_ino);
    (void)::setenv("JOURNAL_STREAM", stream.c_str(), 1);
    info("to the journal");
    EXPECT_EQ(written(), "");
}

TEST_F(Log, GoesToStderrWhenStderrIsRedirected) {
    for (const char* stream : {"1:1", "", "x", ":"}) {
        (void)::setenv("JOURNAL_STREAM", stream, 1);
        info("to stderr", {{"STREAM", stream}});
        EXPECT_THAT(written(), EndsWith(std::string("STREAM=") + (*stream == '\0' ? "\"\"" : stream) + "\n"));
    }
}

TEST_F(Log, DropsMessagesBelowTheLevel) {
    debug("not by default");
    EXPECT_EQ(written(), "");
    set_level(Level::debug);
    debug("when asked for");
    EXPECT_THAT(written(), EndsWith(" debug: when asked for\n"));
    set_level(Level::error);
    warning("no more");
    EXPECT_THAT(written(), EndsWith(" debug: when asked for\n"));
}

}  // namespace
}  // namespace dockerext::log
