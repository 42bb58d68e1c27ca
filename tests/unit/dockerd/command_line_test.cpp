#include "dockerd/command_line.hpp"

#include <gtest/gtest.h>

namespace dockerext::dockerd {
namespace {

using Words = std::vector<std::string>;

/// The flags as "name=value" or "name".
Words read(const Words& arguments) {
    Words flags;
    for (const GivenFlag& flag : parse_flags(arguments)) {
        flags.push_back(flag.name + (flag.value ? "=" + *flag.value : ""));
    }
    return flags;
}

TEST(CommandLine, IsReadInEverySpelling) {
    const std::pair<Words, Words> table[] = {
        {{"--debug"}, {"debug"}},
        {{"-D", "--ipv6"}, {"debug", "ipv6"}},
        {{"--debug=false"}, {"debug=false"}},
        {{"-D=false"}, {"debug=false"}},
        {{"-H", "fd://"}, {"host=fd://"}},
        {{"-H=fd://"}, {"host=fd://"}},
        {{"-Hfd://"}, {"host=fd://"}},
        {{"--host", "fd://", "--containerd=/run/containerd/containerd.sock"},
         {"host=fd://", "containerd=/run/containerd/containerd.sock"}},
        {{"-DH", "fd://"}, {"debug", "host=fd://"}},
        {{"-DHfd://"}, {"debug", "host=fd://"}},
        {{"--oom-score-adjust", "-500"}, {"oom-score-adjust=-500"}},
        {{"--label", "a=b", "--label=c=d"}, {"label=a=b", "label=c=d"}},
        {{"--of-another-version", "x", "--of-another-version", "-D"},
         {"of-another-version=x", "of-another-version", "debug"}},
        {{"stray", "--", "--debug"}, {}},
        {{"-", ""}, {}},
        {{}, {}},
    };
    for (const auto& [arguments, flags] : table) EXPECT_EQ(read(arguments), flags);
}

TEST(CommandLine, IsTheSameInAnyOrder) {
    const auto same = [](const Words& one, const Words& other) {
        return are_same(parse_flags(one), parse_flags(other));
    };
    EXPECT_TRUE(same({"-H=fd://", "-H=0.0.0.0:2376", "-D"},
                     {"--debug", "--host", "fd://", "--host=tcp://0.0.0.0:2376"}));
    EXPECT_FALSE(same({"-D"}, {"-D", "-D=false"}));
    EXPECT_FALSE(same({"--label=a"}, {"--label=b"}));
    EXPECT_FALSE(same({"--label=a"}, {"--label=a", "--label=b"}));
}

}  // namespace
}  // namespace dockerext::dockerd
