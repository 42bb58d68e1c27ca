#include "page/html_writer.hpp"

#include <gtest/gtest.h>

namespace dockerext::page {
namespace {

TEST(Escaped, TextStaysText) {
    struct {
        std::string text, escaped;
    } const rows[]{
        {"web", "web"},
        {"<b>&\"'", "&lt;b&gt;&amp;&quot;&#39;"},
        {"&lt;", "&amp;lt;"},
        {"a\nb\tc", "a\nb\tc"},
        {std::string("a\0b", 3), "a\uFFFDb"},
        {"\x1b[31m", "\uFFFD[31m"},
        {"\xff<", "\uFFFD&lt;"},
        {"\xC2", "\uFFFD"},
        {"a\u202Eb\u200B", "a\uFFFDb\uFFFD"},
        {"größe 😀", "größe 😀"},
    };
    for (const auto& row : rows) EXPECT_EQ(escaped(row.text), row.escaped);
}

TEST(HtmlWriter, ClosesWhatItOpens) {
    HtmlWriter html;
    html.begin("p", {{"class", "a\"b"}, {"title", "<i>"}});
    html.text("1 < 2");
    html.element("b", "x");
    html.lone("br", {});
    html.end();
    EXPECT_EQ(html.take(), "<p class=\"a&quot;b\" title=\"&lt;i&gt;\">1 &lt; 2<b>x</b><br></p>");
}

}  // namespace
}  // namespace dockerext::page
