#include "base/machine_addresses.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dockerext {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::Field;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

TEST(MachineAddresses, OfIPv6AreReadFromTheKernelsList) {
    constexpr std::string_view if_inet6 =
        "00000000000000000000000000000001 01 80 10 80       lo\n"
        "fe80000000000000021122fffe334455 02 40 20 80     eth0\n"
        "fd000000000000000000000000000004 02 40 00 80     eth0\n"
        "20010db8000000000000000000000abc 02 40 00 01     eth0\n"
        "20010db800000000000000000000dead 03 40 00 a0 a-long-name123\n";
    EXPECT_THAT(
        ipv6_addresses_in(if_inet6),
        ElementsAre(MachineAddress{"eth0", "fd00::4", true}, MachineAddress{"eth0", "2001:db8::abc", false},
                    MachineAddress{"a-long-name123", "2001:db8::dead", false}));
}

TEST(MachineAddresses, OfIPv6SkipWhatCannotBeRead) {
    for (const std::string_view line :
         {"", "\n\n", "fd00 02 40 00 80 eth0", "fd0000000000000000000000000000x4 02 40 00 80 eth0",
          "fd000000000000000000000000000004 02 40 00 80",
          "fd000000000000000000000000000004 02 40 00 80 eth0 eth1",
          "fd000000000000000000000000000004 02 40 zz 80 eth0",
          "fd000000000000000000000000000004 02 40 00  eth0"})
        EXPECT_THAT(ipv6_addresses_in(line), IsEmpty()) << line;
}

TEST(MachineAddresses, AreNeitherLoopbackNorLinkLocal) {
    const auto addresses = machine_addresses();
    ASSERT_TRUE(addresses) << addresses.error().message();
    for (const MachineAddress& each : *addresses) {
        EXPECT_THAT(each, AllOf(Field(&MachineAddress::interface, Not("lo")),
                                Field(&MachineAddress::address, Not(StartsWith("127."))),
                                Field(&MachineAddress::address, Not(StartsWith("fe80:")))));
        EXPECT_NE(each.address, "");
    }
}

TEST(SourceAddress, IsThatOfTheRoute) {
    EXPECT_EQ(source_address("127.0.0.1").value(), "127.0.0.1");
    EXPECT_EQ(source_address("127.0.0.7").value(), "127.0.0.1");
}

TEST(SourceAddress, NeedsANumericAddress) {
    for (const char* peer : {"localhost", "", "10.0.0.4:2377", "[::1]"}) {
        const auto source = source_address(peer);
        ASSERT_FALSE(source) << peer;
        EXPECT_EQ(source.error().kind(), ErrorKind::invalid_input);
    }
}

TEST(SourceAddress, IsUnknownIfTheKernelRefuses) {
    const auto source = source_address("255.255.255.255");
    ASSERT_FALSE(source);
    EXPECT_EQ(source.error().kind(), ErrorKind::unavailable);
    EXPECT_EQ(source.error().message(), "find the route to 255.255.255.255: Permission denied");
}

}  // namespace
}  // namespace dockerext
