#include "host/journal.hpp"

#include <gtest/gtest.h>

namespace dockerext::host {
namespace {

TEST(WordsOfFailure, PreferErrorsToTheRest) {
    EXPECT_EQ(words_of_failure({
                  R"(time="2024-05-01T10:00:00Z" level=info msg="Starting up")",
                  R"(time="2024-05-01T10:00:01Z" level=warning msg="a warning")",
                  R"(time="2024-05-01T10:00:02Z" level=error msg="no such driver: aufs")",
                  "failed to start daemon: error initializing graphdriver: driver not supported: aufs",
              }),
              "level=error msg=\"no such driver: aufs\"\n"
              "failed to start daemon: error initializing graphdriver: driver not supported: aufs");
    EXPECT_EQ(words_of_failure({R"(time="x" level=info msg="Starting up")"}),
              "level=info msg=\"Starting up\"");
    EXPECT_EQ(words_of_failure({}), "");
}

TEST(WordsOfFailure, SayTheSameOnce) {
    EXPECT_EQ(words_of_failure({"unknown flag: --nope", "See 'dockerd --help'.", "unknown flag: --nope",
                                "See 'dockerd --help'."}),
              "unknown flag: --nope\nSee 'dockerd --help'.");
}

TEST(WordsOfFailure, AreFewAndPlain) {
    std::vector<std::string> lines;
    for (int i = 0; i < 100; ++i) lines.push_back("line " + std::to_string(i));
    EXPECT_EQ(words_of_failure(lines),
              "line 90\nline 91\nline 92\nline 93\nline 94\nline 95\nline 96\nline 97\nline 98\nline 99");
    EXPECT_EQ(words_of_failure({std::string(5000, 'x')}).size(), 2048U);
    EXPECT_EQ(words_of_failure({"\x1b[31mred\x1b[0m"}), "red");
}

TEST(LastWords, AreNoneWhereThereIsNoJournal) {
    EXPECT_EQ(last_words("no-such-unit.service", std::chrono::system_clock::now() - std::chrono::hours(1)),
              "");
}

}  // namespace
}  // namespace dockerext::host
