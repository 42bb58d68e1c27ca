#include "doctor/machine_files.hpp"

#include "support/temporary_folder.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <array>
#include <cstdio>

namespace dockerext::doctor {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;
using testing::UnorderedElementsAre;

struct MachineFiles : testing::Test {
    test::TemporaryFolder root;
    state::Paths paths{root.path()};

    void write(const std::string& path, std::string_view text) const {
        fs::create_directories((root / path).parent_path());
        test::write_file(root / path, text);
    }
    void age(const std::string& path, std::chrono::minutes age) const {
        fs::last_write_time(root / path, fs::file_time_type::clock::now() - age);
    }
    Found<StateFacts> state() const { return read_state(paths, std::chrono::system_clock::now()); }
};

TEST_F(MachineFiles, OfTheStateShowWhatIsLeftOver) {
    write("var/lib/dockerextd/settings.json", "{}");
    write("var/lib/dockerextd/settings.json.tmp", "");
    write("var/lib/dockerextd/new.tmp", "");
    write("var/lib/dockerextd/spool/tmp/1", "");
    write("var/lib/dockerextd/spool/new/1", "");
    write("var/lib/dockerextd/spool/new/2", "");
    fs::permissions(paths.state, fs::perms(0750));
    age("var/lib/dockerextd/settings.json.tmp", 120min);
    age("var/lib/dockerextd/spool/tmp/1", 120min);
    age("var/lib/dockerextd/spool/new/1", 10min);
    const auto found = state();
    ASSERT_TRUE(found) << found.error().message();
    EXPECT_THAT(found->leftovers, UnorderedElementsAre("settings.json.tmp", "spool/tmp/1"));
    EXPECT_EQ(found->waiting, 1U);
    EXPECT_EQ(found->mode, 0750U);
    EXPECT_GT(found->last_change, std::chrono::system_clock::now() - 1h);
}

TEST_F(MachineFiles, ThatAreMissingAreNamed) {
    EXPECT_THAT(state().error().message(), HasSubstr("var/lib/dockerextd: No such file"));
    EXPECT_THAT(read_forwarding(root.path()).error().message(), HasSubstr("ip_forward"));
    EXPECT_THAT(read_pressure(root.path()).error().message(), HasSubstr("CONFIG_PSI"));
    EXPECT_THAT(read_docker_group(root.path()).error().message(), HasSubstr("etc/group"));
    EXPECT_EQ(read_is_azure(root.path()).value(), false);
    EXPECT_EQ(read_lock_holder(paths, root.path()).value(), 0);
    EXPECT_THAT(read_admin_units(root.path()).value(), SizeIs(0));
}

TEST_F(MachineFiles, OfTheKernelAndOfEtcAreRead) {
    write("proc/sys/net/ipv4/ip_forward", "0\n");
    write("etc/resolv.conf", "nameserver 127.0.0.1\n");
    write("etc/group", "docker:x:9:anna\n");
    write("sys/class/dmi/id/chassis_asset_tag", "7783-7084-3265-9085-8269-3286-77\n");
    for (const char* resource : {"cpu", "memory", "io"})
        write(std::string("proc/pressure/") + resource, "some avg10=0 avg60=3.5 total=1\n");
    EXPECT_EQ(read_forwarding(root.path()).value(), false);
    EXPECT_THAT(read_nameservers(root / "etc/resolv.conf").value(), ElementsAre("127.0.0.1"));
    EXPECT_THAT(read_docker_group(root.path()).value(), ElementsAre("anna"));
    EXPECT_EQ(read_is_azure(root.path()).value(), true);
    EXPECT_DOUBLE_EQ(read_pressure(root.path()).value().io, 3.5);
    EXPECT_TRUE(is_any_there(root.path(), {"usr/sbin/iptables", "etc/group"}).value());
    EXPECT_FALSE(is_any_there(root.path(), {"usr/sbin/iptables"}).value());
}

TEST_F(MachineFiles, OfUnitsAreReadIfTheyNameTheEngine) {
    write("etc/systemd/system/a.service", "[Service]\nExecStart=/usr/bin/docker compose up\n");
    write("etc/systemd/system/b.service", "[Service]\nExecStart=/bin/true\n");
    write("etc/systemd/system/c.timer", "docker");
    const auto units = read_admin_units(root.path());
    ASSERT_THAT(units.value(), SizeIs(1));
    EXPECT_EQ(units->front().path, "/etc/systemd/system/a.service");
}

TEST_F(MachineFiles, ShowTheLeastProcessorLimitAboveAGroup) {
    write("sys/fs/cgroup/azure.slice/cpu.max", "5000 100000\n");
    write("sys/fs/cgroup/azure.slice/x.service/cpu.max", "50000 100000\n");
    const auto limit = read_processor_limit(root.path(), "/azure.slice/x.service").value();
    ASSERT_TRUE(limit);
    EXPECT_EQ(limit->group, "/azure.slice");
    EXPECT_DOUBLE_EQ(limit->processors, 0.05);
    EXPECT_EQ(read_processor_limit(root.path(), "/other").value(), std::nullopt);
    write("sys/fs/cgroup/cpu/v1/cpu.cfs_quota_us", "20000\n");
    write("sys/fs/cgroup/cpu/v1/cpu.cfs_period_us", "100000\n");
    EXPECT_DOUBLE_EQ(read_processor_limit(root.path(), "/v1").value()->processors, 0.2);
}

TEST_F(MachineFiles, ShowWhoHoldsTheLock) {
    write("var/lib/dockerextd/lock", "");
    struct stat facts = {};
    ASSERT_EQ(::stat((root / "var/lib/dockerextd/lock").c_str(), &facts), 0);
    const auto hold = [&](unsigned minor) {
        std::array<char, 32> device{};
        (void)std::snprintf(device.data(), device.size(), "%02x:%02x:", major(facts.st_dev), minor);
        const std::string self = std::to_string(::getpid());
        write("proc/locks", "1: FLOCK  ADVISORY  WRITE " + self + " " + device.data() +
                                std::to_string(facts.st_ino) + " 0 EOF\n");
    };
    hold(minor(facts.st_dev));
    EXPECT_EQ(read_lock_holder(paths, root.path()).value(), ::getpid());
    hold(minor(facts.st_dev) + 1);
    EXPECT_EQ(read_lock_holder(paths, root.path()).value(), 0) << "no dockerextd, and another device";
}

TEST_F(MachineFiles, HavePermissionsAndSpace) {
    write("etc/group", "staff:x:" + std::to_string(::getegid()) + ":\n");
    write("sock", "");
    fs::permissions(root / "sock", fs::perms(0666));
    const auto permissions = read_permissions(root / "sock", root.path());
    EXPECT_EQ(permissions.value().mode, 0666U);
    EXPECT_EQ(permissions->group, "staff");
    const auto space = read_space(root.path());
    EXPECT_GT(space.value().bytes_total, 0U);
    EXPECT_LE(space->bytes_free, space->bytes_total);
    EXPECT_THAT(read_space(root / "none").error().message(), HasSubstr("none: No such file"));
}

TEST(WithoutRight, RecognisesAMissingPermission) {
    EXPECT_EQ(without_right(Error(ErrorKind::internal, "open x: Permission denied")).message(), "needs root");
    EXPECT_EQ(without_right(Error(ErrorKind::internal, "open x: Is a directory")).message(),
              "open x: Is a directory");
}

}  // namespace
}  // namespace dockerext::doctor
