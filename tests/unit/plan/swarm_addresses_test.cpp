#include "plan/swarm_addresses.hpp"

#include "swarm_scene.hpp"

#include <gtest/gtest.h>

namespace dockerext::plan {
namespace {

using namespace model;
using test::manager_at;

constexpr const char* several =
    "swarm.advertise: this machine has several addresses, 10.0.0.9 (eth0), 10.1.0.9 (eth1), and no route to "
    "a "
    "manager tells which one to use; name the address or interface that the other nodes reach";

/// What is advertised, where it listens and the data path, with the warning; or the error.
std::string text_of(const Result<SwarmAddresses>& addresses) {
    if (!addresses) return addresses.error().message();
    const std::string text = addresses->advertise + " " + addresses->listen + " " + addresses->data_path;
    return text + (addresses->warning.empty() ? "" : "; " + addresses->warning);
}

struct AddressCase {
    const char* what;
    void (*arrange)(SwarmSettings&, ObservedSwarm&);
    const char* expected;
};

/// The machine has eth0 10.0.0.9, eth1 10.1.0.9, eth0 fd00::9, and a second address of eth0, 10.0.0.10.
const AddressCase address_cases[] = {
    {"several interfaces", [](SwarmSettings&, ObservedSwarm&) {}, several},
    {"the route to a manager leaves through one of them",
     [](SwarmSettings&, ObservedSwarm& observed) { observed.source_address = "10.1.0.9"; },
     "10.1.0.9 0.0.0.0:2377 "},
    {"the route leaves through one of Docker's own",
     [](SwarmSettings&, ObservedSwarm& observed) { observed.source_address = "172.17.0.1"; }, several},
    {"one interface, and Docker's own",
     [](SwarmSettings&, ObservedSwarm& observed) {
         observed.addresses = {{"eth0", "10.0.0.9", true},
                               {"docker0", "172.17.0.1", true},
                               {"docker_gwbridge", "172.18.0.1", true},
                               {"br-0123456789ab", "172.19.0.1", true},
                               {"veth0a1b2c3", "172.20.0.1", true}};
     },
     "10.0.0.9 0.0.0.0:2377 "},
    {"Docker's own only",
     [](SwarmSettings&, ObservedSwarm& observed) {
         observed.addresses = {{"docker0", "172.17.0.1", true}};
     },
     "swarm.advertise: this machine has no address that other nodes could use: configure its network"},
    {"a manager has the address by which the others know it",
     [](SwarmSettings& settings, ObservedSwarm&) {
         settings.managers.push_back({"10.1.0.9", 2400});
     },
     "10.1.0.9 0.0.0.0:2400 "},
    {"also if that is not primary",
     [](SwarmSettings& settings, ObservedSwarm&) { settings.managers.push_back(manager_at("10.0.0.10")); },
     "10.0.0.10 0.0.0.0:2377 ; 10.0.0.10 is not the primary address of eth0, so overlay networks may lose "
     "traffic: "
     "advertise the primary one"},
    {"IPv6 managers",
     [](SwarmSettings& settings, ObservedSwarm&) { settings.managers = {manager_at("fd00::4")}; },
     "fd00::9 [::]:2377 "},
    {"an interface", [](SwarmSettings& settings, ObservedSwarm&) { settings.advertise = "eth1"; },
     "10.1.0.9 0.0.0.0:2377 "},
    {"one of Docker's, if somebody insists",
     [](SwarmSettings& settings, ObservedSwarm&) { settings.advertise = "docker0"; },
     "172.17.0.1 0.0.0.0:2377 "},
    {"an interface that is not there",
     [](SwarmSettings& settings, ObservedSwarm&) { settings.advertise = "eth7"; },
     "swarm.advertise: this machine has no interface 'eth7' with an IPv4 address; it has 10.0.0.9 (eth0), "
     "10.1.0.9 "
     "(eth1); name one of these"},
    {"an interface without an address of the family",
     [](SwarmSettings& settings, ObservedSwarm&) {
         settings.managers = {manager_at("fd00::4")};
         settings.advertise = "eth1";
     },
     "swarm.advertise: this machine has no interface 'eth1' with an IPv6 address; it has fd00::9 (eth0); "
     "name one "
     "of these"},
    {"an address", [](SwarmSettings& settings, ObservedSwarm&) { settings.advertise = "10.1.0.9"; },
     "10.1.0.9 0.0.0.0:2377 "},
    {"an address of another machine",
     [](SwarmSettings& settings, ObservedSwarm&) { settings.advertise = "20.1.2.3"; },
     "swarm.advertise: 20.1.2.3 is not an address of this machine, and NAT is not supported; it has 10.0.0.9 "
     "(eth0), "
     "10.1.0.9 (eth1); name one of these"},
    {"where to listen",
     [](SwarmSettings& settings, ObservedSwarm&) {
         settings.advertise = "eth0";
         settings.listen = {"10.0.0.9", 2400};
     },
     "10.0.0.9 10.0.0.9:2400 "},
    {"a data path of its own",
     [](SwarmSettings& settings, ObservedSwarm&) {
         settings.advertise = "eth0";
         settings.data_path = "eth1";
     },
     "10.0.0.9 0.0.0.0:2377 10.1.0.9"},
    {"a data path that overlay networks cannot rely on",
     [](SwarmSettings& settings, ObservedSwarm&) {
         settings.advertise = "eth1";
         settings.data_path = "10.0.0.10";
     },
     "10.1.0.9 0.0.0.0:2377 10.0.0.10; 10.0.0.10 is not the primary address of eth0, so overlay networks may "
     "lose "
     "traffic: advertise the primary one"},
    {"a data path that is not there",
     [](SwarmSettings& settings, ObservedSwarm&) {
         settings.advertise = "eth1";
         settings.data_path = "10.0.0.77";
     },
     "swarm.data-path: 10.0.0.77 is not an address of this machine, and NAT is not supported; it has "
     "10.0.0.9 (eth0), "
     "10.1.0.9 (eth1); name one of these"},
};

TEST(SwarmAddresses, AreAllAddressesOfThisMachine) {
    for (const AddressCase& tested : address_cases) {
        SCOPED_TRACE(tested.what);
        SwarmSettings settings{.managers = {manager_at("10.0.0.4")}};
        ObservedSwarm observed{.addresses = {{"eth0", "10.0.0.9", true},
                                             {"eth0", "10.0.0.10", false},
                                             {"eth1", "10.1.0.9", true},
                                             {"docker0", "172.17.0.1", true},
                                             {"eth0", "fd00::9", true}}};
        tested.arrange(settings, observed);
        EXPECT_EQ(text_of(swarm_addresses(settings, observed)), tested.expected);
    }
}

TEST(SwarmAddresses, DecideTheRole) {
    SwarmSettings settings{.managers = {manager_at("10.0.0.4")}};
    ObservedSwarm observed{.addresses = {{"eth0", "10.0.0.9", true}, {"eth0", "10.0.0.10", false}}};
    EXPECT_EQ(wanted_role(settings, observed), SwarmRole::worker);
    settings.managers.push_back(manager_at("10.0.0.10"));
    EXPECT_EQ(wanted_role(settings, observed), SwarmRole::manager);
    settings.role = SwarmRole::worker;
    EXPECT_EQ(wanted_role(settings, observed), SwarmRole::worker);
}

}  // namespace
}  // namespace dockerext::plan
