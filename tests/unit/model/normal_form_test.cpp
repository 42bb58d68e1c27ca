// All spellings of a value have one normal form, which is its own normal form; invalid values stay unchanged.
#include "model/normal_form.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace dockerext::model {
namespace {

struct Row {
    std::string (*form)(std::string_view);
    const char* value;
    std::vector<const char*> spellings;
};

TEST(NormalForm, IsTheSameForAllSpellings) {
    const Row rows[] = {
        {normal::path,
         "/srv/app",
         {"/srv//app", "/srv/app/", "/srv/./x/../app", "/../srv/app", "//srv/app//."}},
        {normal::path, "/", {"/", "//", "/.", "/..", "/a/.."}},
        {normal::path, "a/b", {"a//b", "./a/b/", "a/c/../b"}},
        {normal::path, "../b", {"../b", "a/../../b"}},
        {normal::path, ".", {".", "./", "a/.."}},
        {normal::path, "", {""}},
        {normal::mac_address,
         "02:42:c0:a8:15:0b",
         {"02:42:C0:A8:15:0B", "02-42-c0-a8-15-0b", "0242.C0A8.150b"}},
        {normal::ip_address, "fd00::10", {"FD00:0:0::0010", "fd00:0000:0000:0000:0000:0000:0000:0010"}},
        {normal::ip_address, "::1", {"0:0:0:0:0:0:0:1", "::0001"}},
        {normal::ip_address, "192.0.2.1", {"192.0.2.1"}},
        {normal::ip_prefix, "fd00:212::/64", {"FD00:0212:0:0::/64", "fd00:212::7/64"}},
        {normal::ip_prefix, "10.0.0.128/25", {"10.0.0.128/25", "10.0.0.130/25"}},
        {normal::ip_prefix, "0.0.0.0/0", {"10.1.2.3/0"}},
        {normal::platform,
         "linux/amd64",
         {"linux/amd64", "amd64", "x86_64", "linux/x86_64", "Linux/X86-64", "linux/amd64/v1", "LINUX/AMD64"}},
        {normal::platform, "linux/arm64", {"arm64", "linux/aarch64", "linux/arm64/v8", "linux/arm64/8"}},
        {normal::platform, "linux/arm", {"arm", "armhf", "linux/arm/v7"}},
        {normal::platform, "linux/arm/v6", {"armel", "linux/arm/6"}},
        {normal::platform, "linux/amd64/v3", {"linux/amd64/v3"}},
        {normal::platform, "linux", {"linux", "LINUX"}},
        {normal::signal, "15", {"15", "015", "TERM", "term", "SIGTERM", "sigterm"}},
        {normal::signal, "37", {"37", "RTMIN+3", "sigrtmin+3"}},
        {normal::signal, "64", {"RTMAX", "SIGRTMAX-0"}},
        {normal::capability, "CAP_NET_ADMIN", {"NET_ADMIN", "net_admin", "cap_Net_Admin"}},
        {normal::capability, "ALL", {"all", "ALL"}},
        {normal::port, "80/tcp", {"80", "080", "80/TCP", "80/tcp"}},
        {normal::port, "4000-4001/udp", {"04000-4001/Udp"}},
        {normal::host_port, "8080", {"8080", "08080"}},
        {normal::host_port, "8080-8090", {"08080-8090"}},
        {normal::host_port, "", {""}},
        {normal::options, "mode=1777,size=64m", {"size=64m,mode=1777", "mode=1777,size=64m"}},
        {normal::extra_host, "six:2001:db8::1", {"six=2001:DB8:0::1", "six:[2001:db8::0001]"}},
        {normal::extra_host, "gate:host-gateway", {"gate=host-gateway"}},
        {normal::security_option, "label=disable", {"label:disable"}},
        {normal::security_option, "no-new-privileges=true", {"no-new-privileges", "no-new-privileges:true"}},
        {normal::device_permissions, "rwm", {"mrw", "wmr", "rrwm"}},
        {normal::word, "default", {"DEFAULT", "Default"}},
    };
    for (const Row& row : rows) {
        EXPECT_EQ(row.form(row.value), row.value);
        for (const char* spelling : row.spellings) EXPECT_EQ(row.form(spelling), row.value) << spelling;
    }
}

TEST(NormalForm, KeepsInvalidValues) {
    const Row rows[] = {
        {normal::mac_address, "", {"02:42", "02:42:c0:a8:15:0g", "", "Z"}},
        {normal::ip_address, "", {"Localhost", "1.2.3", "1.2.3.4/8", ""}},
        {normal::ip_prefix, "", {"10.0.0.0/33", "10.0.0.0/x", "x/8", ""}},
        {normal::platform, "", {"", "plan9", "a/b/c/d"}},
        {normal::signal, "", {"SIGNOTHING", "RTMIN+99", "RTMIN+", "RTMINx", ""}},
        {normal::host_port, "", {"-", "80-", "http"}},
        {normal::extra_host, "", {"nothing"}},
        {normal::device_permissions, "", {"rx"}},
    };
    for (const Row& row : rows) {
        for (const char* text : row.spellings) EXPECT_EQ(row.form(text), text);
    }
}

}  // namespace
}  // namespace dockerext::model
