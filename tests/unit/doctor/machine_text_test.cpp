#include "doctor/machine_text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/sysmacros.h>

namespace dockerext::doctor {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(MachineText, ReadsNameservers) {
    EXPECT_THAT(nameservers_in(
                    "# nameserver 1.1.1.1\nnameserver 10.0.0.1\nnameserver\nsearch x\n nameserver ::1 # y\n"),
                ElementsAre("10.0.0.1", "::1"));
    EXPECT_THAT(nameservers_in(""), IsEmpty());
}

TEST(MachineText, ReadsRoutes) {
    const auto routes = routes_in(
        "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n"
        "eth0\t00000000\t0100000A\t0003\t0\t0\t0\t00000000\t0\t0\t0\n"
        "docker0\t000011AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0\n"
        "broken\n");
    ASSERT_EQ(routes.size(), 2U);
    EXPECT_EQ(routes[0].destination.to_string(), "0.0.0.0/0");
    EXPECT_EQ(routes[1].interface, "docker0");
    EXPECT_EQ(routes[1].destination.to_string(), "172.17.0.0/16");
}

TEST(MachineText, ReadsPressure) {
    EXPECT_DOUBLE_EQ(
        pressure_in("some avg10=0.00 avg60=12.50 avg300=0.1 total=1\nfull avg10=0.00 avg60=99.0 total=1\n"),
        12.5);
    EXPECT_DOUBLE_EQ(pressure_in("some avg60="), 0);
    EXPECT_DOUBLE_EQ(pressure_in(""), 0);
}

TEST(MachineText, ReadsGroups) {
    const char* const file = "root:x:0:\ndocker:x:999:anna,ben\nbroken\n";
    EXPECT_EQ(members_in(file, "docker"), (std::vector<std::string>{"anna", "ben"}));
    EXPECT_EQ(members_in(file, "root"), std::vector<std::string>());
    EXPECT_EQ(members_in(file, "nobody"), std::nullopt);
    EXPECT_EQ(group_name(file, 999), "docker");
    EXPECT_EQ(group_name(file, 5), "5");
}

TEST(MachineText, FindsTheHolderOfALock) {
    const char* const locks =
        "1: POSIX  ADVISORY  WRITE 11 08:01:131 0 EOF\n2: FLOCK  ADVISORY  WRITE 22 08:01:131 0 EOF\n"
        "2: -> FLOCK  ADVISORY  WRITE 33 08:01:7 0 EOF\n"
        "3: FLOCK  ADVISORY  WRITE 44 08:11:131 0 EOF\n";
    const auto holders = [&](unsigned minor, ino_t inode) {
        return lock_holders_in(locks, makedev(8, minor), inode);
    };
    EXPECT_EQ(holders(1, 131), (LockHolders{{22}, false}));
    EXPECT_EQ(holders(1, 31), LockHolders{});
    EXPECT_EQ(holders(1, 7), LockHolders{}) << "waits for it";
    EXPECT_EQ(holders(17, 131), (LockHolders{{44}, false}));
    EXPECT_EQ(holders(2, 131), (LockHolders{{22, 44}, true})) << "no line has the device";
}

TEST(MachineText, FindsTheControlGroup) {
    EXPECT_EQ(control_group_in("0::/system.slice/a.service\n"), "/system.slice/a.service");
    EXPECT_EQ(control_group_in("4:cpu,cpuacct:/one\n1:name=systemd:/two\n0::/three\n"), "/one");
    EXPECT_EQ(control_group_in(""), "");
}

TEST(MachineText, ReadsLimitsOfProcessors) {
    EXPECT_EQ(processors_in("5000 100000\n"), 0.05);
    for (const char* none : {"max 100000\n", "-1 100000", "5000 0", "5000", "", "x y"})
        EXPECT_EQ(processors_in(none), std::nullopt) << none;
}

TEST(MachineText, ReadsArguments) {
    using namespace std::string_view_literals;
    EXPECT_THAT(arguments_in("dockerd\0-H\0fd://\0"sv), ElementsAre("-H", "fd://"));
    EXPECT_THAT(arguments_in("dockerd"sv), IsEmpty());
    EXPECT_THAT(arguments_in(""sv), IsEmpty());
}

}  // namespace
}  // namespace dockerext::doctor
