#include "engine/log_text.hpp"

#include <gtest/gtest.h>

namespace dockerext::engine {
namespace {

std::string frame(char stream, std::string_view text) {
    std::string out{stream, 0, 0, 0, 0, 0};
    out += static_cast<char>(text.size() >> 8);
    out += static_cast<char>(text.size() & 0xFF);
    return out.append(text);
}

TEST(LogText, TakesTheFramesAway) {
    EXPECT_EQ(log_text(""), "");
    EXPECT_EQ(log_text(frame(1, "out\n") + frame(2, "err\n") + frame(1, "")), "out\nerr\n");
    EXPECT_EQ(log_text(frame(1, std::string(300, 'x'))), std::string(300, 'x'));
}

TEST(LogText, LeavesATerminalsOutputAsItIs) {
    EXPECT_EQ(log_text("hello\r\n"), "hello\r\n");
    EXPECT_EQ(log_text("\1\2short"), "\1\2short");
}

TEST(LogText, IsValidUtf8WhateverComes) {
    EXPECT_EQ(log_text(frame(1, "caf\xC3\xA9 \xFF")), "caf\xC3\xA9 \xEF\xBF\xBD");
    EXPECT_EQ(log_text(frame(1, "half a character \xC3") + frame(1, "\xA9")), "half a character \xC3\xA9");
    const std::string cut = frame(1, "whole") + frame(1, "cut").substr(0, 9);
    EXPECT_NE(log_text(cut).find("whole"), std::string::npos);  // not framed to its end: shown as it came
}

}  // namespace
}  // namespace dockerext::engine
