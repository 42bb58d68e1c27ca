#include "engine/log_text.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace dockerext::engine {
namespace {

std::string frame(char stream, std::string_view text) {
    std::string out{stream, 0, 0, 0, 0, 0};
    out += static_cast<char>(text.size() >> 8);
    out += static_cast<char>(text.size() & 0xFF);
    return out.append(text);
}

/// The text of a body that is received in pieces of `size` bytes.
std::string text_of(std::string_view body, std::size_t size, std::size_t limit = 1 << 20) {
    LogText text(limit, Redactor({Secret("the whole secret")}));
    for (; !body.empty(); body.remove_prefix(std::min(size, body.size()))) text.take(body.substr(0, size));
    return text.text();
}

TEST(LogText, RemovesFramesSplitAcrossReads) {
    for (const std::size_t size : {1U, 3U, 8U, 11U, 1000U}) {
        EXPECT_EQ(text_of("", size), "");
        EXPECT_EQ(text_of(frame(1, "out\n") + frame(2, "err\n") + frame(1, ""), size), "out\nerr\n");
        EXPECT_EQ(text_of(frame(1, std::string(300, 'x')), size), std::string(300, 'x'));
        EXPECT_EQ(text_of(frame(1, "whole") + frame(1, "cut off").substr(0, 9), size), "wholec");
    }
}

TEST(LogText, KeepsTerminalOutput) {
    for (const std::size_t size : {1U, 3U, 1000U}) {
        EXPECT_EQ(text_of("hello, world\r\n", size), "hello, world\r\n");
        EXPECT_EQ(text_of("\1\2short", size), "\1\2short");
        EXPECT_EQ(text_of("\1\2shorter than nothing", size), "\1\2shorter than nothing");
        EXPECT_EQ(text_of(std::string("\xFF\0\0\0 is no stream", 17), size),
                  "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD is no stream");
    }
}

TEST(LogText, IsAlwaysValidUtf8) {
    EXPECT_EQ(text_of(frame(1, "caf\xC3\xA9 \xFF"), 1000), "caf\xC3\xA9 \xEF\xBF\xBD");
    EXPECT_EQ(text_of(frame(1, "half a character \xC3") + frame(1, "\xA9"), 4), "half a character \xC3\xA9");
    EXPECT_EQ(text_of(std::string("\0\0\0\0\xFF\xFF\xFF\xFFrest", 12), 5), "rest");  // announces 4 GiB
}

TEST(LogText, KeepsTheNewestCompleteLinesAndReportsTheOmission) {
    std::string lines;
    for (int i = 10'000; i < 20'000; ++i) lines += std::to_string(i) + "\n";
    const std::string note = "(older output is left out; these are the last 1 KiB)\n";
    for (const std::size_t size : {7U, 1000U, 100'000U}) {
        const std::string text = text_of(lines, size, 1024);
        EXPECT_TRUE(text.starts_with(note + "19830\n")) << text.substr(0, 100);
        EXPECT_TRUE(text.ends_with("\n19999\n"));
    }
    EXPECT_EQ(text_of(lines.substr(0, 1020), 7, 1024), lines.substr(0, 1020)) << "nothing is left out";
}

TEST(LogText, KeepsTheEndOfOneEndlessLine) {
    const std::string note = "(older output is left out; these are the last 1 KiB)\n";
    const std::string endless(1'000'000, 'x');
    EXPECT_EQ(text_of(endless + "end", 4096, 1024), note + std::string(1021, 'x') + "end");
    EXPECT_EQ(text_of(endless + "end\n", 4096, 1024), note + std::string(1020, 'x') + "end\n");
}

TEST(LogText, HidesASecretBeforeItIsCut) {
    const std::string secret = "the whole secret";
    std::string lines;
    for (int i = 0; i < 1000; ++i) lines += "a line with " + secret + "\n";
    for (std::size_t size = 1000; size < 1050; ++size) {  // the cut falls on each byte of it
        const std::string endless = std::string(2000, 'x') + secret + std::string(size, 'y');
        for (const std::string& body : {lines, endless}) {
            const std::string text = text_of(body.substr(0, body.size() - size % 30), 100, 1024);
            EXPECT_EQ(text.find("secret"), std::string::npos) << text;
        }
    }
}

}  // namespace
}  // namespace dockerext::engine
