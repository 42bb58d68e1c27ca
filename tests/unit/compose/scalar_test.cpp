#include "compose/scalar.hpp"
#include "compose/canonical_json.hpp"
#include "compose/duration.hpp"
#include "compose/host_path.hpp"

#include <gtest/gtest.h>

namespace dockerext::compose {
namespace {

TEST(Duration, IsReadAndPrintedAsGoDoes) {
    const std::vector<std::pair<std::string, std::string>> table{
        {"10s", "10s"},
        {"1m30s", "1m30s"},
        {"1.5h", "1h30m0s"},
        {"1w2d", "216h0m0s"},
        {"1d12h", "36h0m0s"},
        {"12h1d", "36h0m0s"},
        {"1.5d", "36h0m0s"},
        {"0", "0s"},
        {"0s", "0s"},
        {"-5s", "-5s"},
        {"+5s", "5s"},
        {".5s", "500ms"},
        {"1.s", "1s"},
        {"1500us", "1.5ms"},
        {"1\u00b5s", "1\u00b5s"},
        {"1\u03bcs", "1\u00b5s"},
        {"1500ns", "1.5\u00b5s"},
        {"7ns", "7ns"},
        {"0.1ns", "0s"},
        {"1m30s500ms", "1m30.5s"},
        {"1.123456789123s", "1.123456789s"},
        {"100h", "100h0m0s"},
        {"60s", "1m0s"},
    };
    for (const auto& [text, expected_text] : table) {
        SCOPED_TRACE(text);
        const auto duration = parse_duration(text);
        ASSERT_TRUE(duration) << duration.error().message();
        EXPECT_EQ(go_text(*duration), expected_text);
    }
}

TEST(Duration, NeedsNumbersWithKnownUnits) {
    for (const std::string_view text : {"", "10", "s", "1y", "1w 2d", "1 s", "1h-5m", "-", "+", ".", ".s",
                                        "1s1", "9999999w", "99999999999999999999s"}) {
        EXPECT_FALSE(parse_duration(text)) << text;
    }
}

TEST(ByteSize, CountsInPowersOf1024) {
    const std::vector<std::pair<std::string_view, std::int64_t>> table{
        {"0", 0},
        {"5", 5},
        {"5b", 5},
        {"64k", 65536},
        {"64K", 65536},
        {"64kb", 65536},
        {"5kib", 5120},
        {"1GiB", 1 << 30},
        {"1 gb", 1 << 30},
        {"1.5gb", 1610612736},
        {"1e3", 1000},
        {"1.g", 1 << 30},
        {".5k", 512},
        {"5 ", 5},
        {"1t", std::int64_t{1} << 40},
        {"1p", std::int64_t{1} << 50},
    };
    for (const auto& [text, count] : table) {
        SCOPED_TRACE(text);
        const auto bytes = parse_bytes(text);
        ASSERT_TRUE(bytes) << bytes.error().message();
        EXPECT_EQ(bytes->count, count);
    }
}

TEST(ByteSize, RefusesInvalidSizes) {
    for (const std::string_view text : {"", "-1", "12x", "5bb", "5e", "5  k", " 5", "1,5g", "0x10",
                                        "infinity", "k", "9999p", "nan", "5kibb"}) {
        EXPECT_FALSE(parse_bytes(text)) << text;
    }
}

TEST(Scalar, IsTextAsGoPrintsIt) {
    const std::vector<std::pair<double, std::string_view>> table{
        {3.10, "3.1"},          {1.0, "1"},      {100000.0, "100000"},         {1e6, "1e+06"},
        {123456.5, "123456.5"}, {1e21, "1e+21"}, {0.0001, "0.0001"},           {0.00001, "1e-05"},
        {-0.5, "-0.5"},         {0.0, "0"},      {1234567.5, "1.2345675e+06"},
    };
    for (const auto& [number, text] : table) EXPECT_EQ(go_text(number), text);
    EXPECT_EQ(go_json(0.5F), "0.5");
    EXPECT_EQ(go_json(0.333333333F), "0.33333334");
    EXPECT_EQ(go_json(0.0000001F), "1e-7");
    EXPECT_EQ(go_json(2.0F), "2");
}

TEST(CanonicalJson, EscapesAsGoDoes) {
    CanonicalJson json;
    json.string("<a&b>\u2028\u2029\u00e9\"\\\n\t\r\b\f\x01/");
    EXPECT_EQ(json.text(), "\"\\u003ca\\u0026b\\u003e\\u2028\\u2029\u00e9\\\"\\\\\\n\\t\\r\\b\\f\\u0001/\"");
}

TEST(HostPath, IsAbsoluteAndClean) {
    const std::vector<std::pair<std::string_view, std::string_view>> table{
        {"/a/", "/a/"},        {"./a", "/project/a"}, {"../a", "/a"},       {"./a/../c/", "/project/c"},
        {".", "/project"},     {"..", "/"},           {"~", "/root"},       {"~/h", "/root/h"},
        {"~foo", "/root/foo"}, {"a", "/project/a"},   {"../../../x", "/x"},
    };
    for (const auto& [source, path] : table) EXPECT_EQ(host_path(source, "/project"), path) << source;
    EXPECT_EQ(clean_path("a//b/./../../.."), "..");
    EXPECT_EQ(clean_path(""), ".");
    EXPECT_EQ(clean_path("/.."), "/");
}

TEST(RestartPolicy, IsOneOfTheFour) {
    using Policy = model::RestartPolicy;
    EXPECT_EQ(parse_restart("").value(), (Policy{.kind = Policy::Kind::no}));
    EXPECT_EQ(parse_restart("no").value(), (Policy{.kind = Policy::Kind::no}));
    EXPECT_EQ(parse_restart("always").value(), (Policy{.kind = Policy::Kind::always}));
    EXPECT_EQ(parse_restart("unless-stopped").value(), (Policy{.kind = Policy::Kind::unless_stopped}));
    EXPECT_EQ(parse_restart("on-failure").value(), (Policy{.kind = Policy::Kind::on_failure}));
    EXPECT_EQ(parse_restart("on-failure:3").value(), (Policy{Policy::Kind::on_failure, 3}));
    for (const std::string_view text :
         {"foo", "always:3", "on-failure:", "on-failure:x", "on-failure:-1", "Always"}) {
        EXPECT_FALSE(parse_restart(text)) << text;
    }
}

}  // namespace
}  // namespace dockerext::compose
