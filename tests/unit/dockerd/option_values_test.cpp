#include "dockerd/option_values.hpp"

#include "base/json_document.hpp"
#include "dockerd/command_line.hpp"

#include <gtest/gtest.h>

namespace dockerext::dockerd {
namespace {

TEST(OptionValues, AcceptWhatDockerdAccepts) {
    for (const char* flag :
         {"--debug", "-D", "--debug=true", "--icc=0", "--mtu=1400", "--label=a=b", "-H=fd://",
          "--log-level=warn", "--oom-score-adjust=-500", "--dns", "--storage-opt=dm.basesize=20G"})
        EXPECT_EQ(flag_problem(parse_flag(flag)), "") << flag;
    constexpr const char* text =
        R"({"log-driver": "syslog", "log-opts": {"max-file": "any", "syslog-address": "tcp://h:1"}, "debug": true,)"
        R"("mtu": 1400, "insecure-registries": [], "hosts": ["fd://"], "only-of-a-newer-one": {"a": 1}})";
    const auto config = JsonDocument::parse(text, JsonDialect::strict);
    Problems problems;
    check_config_values(config->root(), problems);
    EXPECT_EQ(to_text(problems.all()), "");
}

TEST(OptionValues, KnowTheOptionsOfTheLogDriver) {
    const auto problems_of = [](const std::string& options) {
        const auto config = JsonDocument::parse(R"({"log-driver": "local", "log-opts": )" + options + "}",
                                                JsonDialect::strict);
        Problems problems;
        check_config_values(config->root(), problems);
        return to_text(problems.all());
    };
    for (const char* good : {R"({"max-size": "10m", "max-file": "3", "compress": "false"})",
                             R"({"max-size": "1.5 GB"})", R"({"max-size": "-1"})", "null", "{}"})
        EXPECT_EQ(problems_of(good), "") << good;
    for (const char* bad : {R"({"max-file": 3})", R"({"max-file": "0"})", R"({"max-file": "many"})",
                            R"({"max-size": "m"})", R"({"compress": "maybe"})", R"({"tag": 1})", "[]"})
        EXPECT_NE(problems_of(bad), "") << bad;
}

}  // namespace
}  // namespace dockerext::dockerd
