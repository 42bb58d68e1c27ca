#include "settings/settings_parser.hpp"
#include "settings/swarm_rules.hpp"

#include <gtest/gtest.h>

namespace dockerext::settings {
namespace {

using namespace std::chrono_literals;
using Labels = std::map<std::string, std::string>;

const std::string digest(50, 'd');
const std::string worker_token = "SWMTKN-1-" + digest + "-" + std::string(25, 'w');
const std::string manager_token = "SWMTKN-1-" + digest + "-" + std::string(25, 'm');
const std::string unlock_key = "SWMKEY-1-" + std::string(43, 'k');

/// The member `swarm` with these members beside the managers.
std::string document(const std::string& members, const std::string& docker = "{}") {
    return R"({"docker": )" + docker + R"(, "swarm": {"managers": ["10.0.0.4"])" +
           (members.empty() ? "" : ", " + members) + "}}";
}

std::string secrets(const std::string& members) { return R"({"swarm": {)" + members + "}}"; }

std::string problems_of(const std::string& public_text, const std::string& protected_text = "") {
    return to_text(parse_settings(public_text, protected_text).problems);
}

model::SwarmDesired accepted(const std::string& public_text, const std::string& protected_text = "") {
    Parsed parsed = parse_settings(public_text, protected_text);
    EXPECT_EQ(to_text(parsed.problems), "");
    if (!parsed.settings || !parsed.settings->swarm) return {};
    return {*parsed.settings->swarm, parsed.settings->swarm_access};
}

TEST(SwarmSettings, HaveDefaultsForEverythingButTheManagers) {
    EXPECT_FALSE(parse_settings("{}", "").settings->swarm);
    const model::SwarmSettings expected{.managers = {{"10.0.0.4", 2377}}};
    EXPECT_EQ(accepted(document("")).settings, expected);
    EXPECT_EQ(
        problems_of(R"({"swarm": {}})"),
        "/swarm/managers: is missing; list the addresses of the managers, the one that founds the swarm "
        "first, such as [\"10.0.0.4\", \"10.0.0.5\", \"10.0.0.6\"]\n");
    EXPECT_EQ(problems_of(R"({"swarm": []})"), "/swarm: expected object, found array\n");
}

TEST(SwarmSettings, AreReadCompletely) {
    const model::SwarmSettings swarm = accepted(R"({"swarm": {
        "role": "worker", "managers": ["10.0.0.4:2400", "FD00:0::4", "[fd00::5]:2401", "[fd00::6]"],
        "advertise": "eth0", "data-path": "eth1:4790", "listen": "0.0.0.0:2400", "labels": {"zone": "1"},
        "availability": "drain", "autolock": true, "task-history": 2, "forget-after": "1h30m",
        "leave": true, "scheduled-events": true,
        "address-pool": [{"base": "10.20.0.0/16", "size": 26}, {"base": "10.21.0.0/16", "size": 26}]}})")
                                           .settings;
    EXPECT_EQ(swarm.role, model::SwarmRole::worker);
    EXPECT_EQ(swarm.managers,
              (std::vector<TcpAddress>{
                  {"10.0.0.4", 2400}, {"fd00::4", 2377}, {"fd00::5", 2401}, {"fd00::6", 2377}}));
    EXPECT_EQ(swarm.advertise, "eth0");
    EXPECT_EQ(swarm.data_path, "eth1");
    EXPECT_EQ(swarm.data_path_port, 4790);
    EXPECT_EQ(swarm.listen, (TcpAddress{"0.0.0.0", 2400}));
    EXPECT_EQ(swarm.labels, (Labels{{"zone", "1"}}));
    EXPECT_EQ(swarm.availability, model::NodeAvailability::drain);
    EXPECT_TRUE(swarm.autolock);
    EXPECT_EQ(swarm.address_pools, (std::vector<std::string>{"10.20.0.0/16", "10.21.0.0/16"}));
    EXPECT_EQ(swarm.subnet_size, 26U);
    EXPECT_EQ(swarm.task_history, 2);
    EXPECT_EQ(swarm.forget_after, 90min);
    EXPECT_TRUE(swarm.leave && swarm.scheduled_events);
}

TEST(SwarmSettings, TakeAnAddressOrAnInterface) {
    for (const std::string own : {"auto", "10.0.0.9", "fd00::9", "eth0", "br-1a2b", "eth0.100"})
        EXPECT_EQ(accepted(document(R"("advertise": ")" + own + '"')).settings.advertise, own);
    for (const std::string other : {"", "0.0.0.0", "::", "127.0.0.1", "::1", "224.0.0.1", "255.255.255.255",
                                    "ff02::1", "::ffff:10.0.0.9", "10.0.0.300", "10.0.0", "10.0.0.9:2377",
                                    "eth0:1", "a name", "longer-than-an-interface"})
        EXPECT_NE(problems_of(document(R"("advertise": ")" + other + '"')), "") << other;
    const std::tuple<std::string, std::string, std::optional<std::uint16_t>> paths[] = {
        {"10.0.1.4", "10.0.1.4", {}}, {"10.0.1.4:4790", "10.0.1.4", 4790},
        {"fd00::4", "fd00::4", {}},   {"[fd00::4]:1024", "fd00::4", 1024},
        {"eth1", "eth1", {}},         {"eth1:49151", "eth1", 49151}};
    for (const auto& [text, address, port] : paths) {
        const auto swarm = accepted(document(R"("data-path": ")" + text + '"')).settings;
        EXPECT_EQ(swarm.data_path, address) << text;
        EXPECT_EQ(swarm.data_path_port, port) << text;
    }
    for (const std::string other : {"", ":4790", "eth1:", "eth1:80", "eth1:49152", "0.0.0.0:4790",
                                    "[::1]:4790", "10.0.1.4:1023", "10.0.1.400:4790"})
        EXPECT_NE(problems_of(document(R"("data-path": ")" + other + '"')), "") << other;
}

TEST(SwarmSettings, NameEachManagerOnce) {
    const std::string once = "a second entry for the same address; remove one\n";
    EXPECT_EQ(problems_of(R"({"swarm": {"managers": ["10.0.0.4", "10.0.0.4:2377"]}})"),
              "/swarm/managers/1: " + once);
    EXPECT_EQ(problems_of(R"({"swarm": {"managers": ["fd00::4", "10.0.0.4", "[FD00::0:4]:2400"]}})"),
              "/swarm/managers/2: " + once);
}

TEST(SwarmSettings, TakeAnyMemberInAnyRole) {
    EXPECT_EQ(
        problems_of(document(R"("role": "worker", "autolock": true, "task-history": 1, "forget-after": "1h",
                                      "address-pool": [{"base": "10.20.0.0/16", "size": 24}])"),
                    secrets(R"("worker-token": ")" + worker_token + '"')),
        "");
}

TEST(SwarmSettings, AreRefusedBesideLiveRestore) {
    const std::string why =
        " and /swarm exclude each other: an engine with live-restore cannot be in a swarm; remove one of "
        "them\n";
    EXPECT_EQ(problems_of(document("", R"({"options": ["--debug", "--live-restore"]})")),
              "/docker/options/1: --live-restore" + why);
    EXPECT_EQ(problems_of(document("", R"({"options": ["--live-restore=false", "--live-restore=1"]})")),
              "/docker/options/1: --live-restore" + why);
    EXPECT_EQ(problems_of(document("", R"({"config": {"live-restore": true}})")),
              "/docker/config/live-restore: live-restore" + why);
    for (const std::string docker : {R"({"options": ["--live-restore", "--live-restore=false"]})",
                                     R"({"config": {"live-restore": false}})"})
        EXPECT_EQ(problems_of(document("", docker)), "") << docker;
    EXPECT_EQ(problems_of(R"({"docker": {"config": {"live-restore": true}}})"), "");
}

TEST(Stack, NeedsASwarm) {
    const std::string refused = "/stack: needs /swarm: a stack runs on a swarm; add swarm, or remove this\n";
    EXPECT_EQ(problems_of(R"({"stack": true})"), refused);
    EXPECT_EQ(problems_of(R"({"stack": false})"), "");
    EXPECT_EQ(problems_of(R"({"stack": "yes"})"), "/stack: expected boolean, found string\n");
    EXPECT_EQ(problems_of(R"({"swarm": {"managers": ["10.0.0.4"]}, "stack": true})"), "");
    EXPECT_TRUE(
        parse_settings(R"({"swarm": {"managers": ["10.0.0.4"]}, "stack": true})", "").settings->stack);
}

TEST(SwarmAccess, IsReadFromTheProtectedDocument) {
    const auto swarm =
        accepted(document(""),
                 secrets(R"("worker-token": ")" + worker_token + R"(", "manager-token": ")" + manager_token +
                         R"(", "unlock-key": ")" + unlock_key + R"(", "manager-engine": "26.1.5+dfsg1")"))
            .access;
    EXPECT_EQ(swarm.worker_token, Secret(worker_token));
    EXPECT_EQ(swarm.manager_token, Secret(manager_token));
    EXPECT_EQ(swarm.unlock_key, Secret(unlock_key));
    EXPECT_EQ(swarm.manager_engine, "26.1.5+dfsg1");
}

TEST(SwarmAccess, NeedsThePublicMember) {
    const std::string refused =
        "/protected/swarm: has no effect without swarm in the public settings; add that, or remove this\n";
    EXPECT_EQ(problems_of("{}", secrets(R"("worker-token": ")" + worker_token + '"')), refused);
    EXPECT_EQ(problems_of("{}", secrets(R"("manager-engine": "20.10.24")")), refused);
    EXPECT_EQ(problems_of("{}", secrets(R"("worker-token": "", "unlock-key": "")")), "");
    const std::string unreadable = problems_of("{", secrets(R"("worker-token": ")" + worker_token + '"'));
    EXPECT_EQ(unreadable.find("/protected/swarm"), std::string::npos) << unreadable;
}

TEST(SwarmAccess, NoProblemRepeatsAValue) {
    const std::string beside = R"(", "worker-token": ")" + worker_token + '"';
    const std::pair<std::string, const char*> table[] = {
        {R"("worker-token": "CANARY")", "/protected/swarm/worker-token: expected a whole join token"},
        {R"("worker-token": ["CANARY"])", "/protected/swarm/worker-token: expected string, found array"},
        {R"("manager-token": "SWMTKN-1-CANARY)" + beside, "/protected/swarm/manager-token: expected a whole"},
        {R"("manager-token": "SWMTKN-1-)" + std::string(50, 'e') + '-' + std::string(25, 'm') + beside,
         "/protected/swarm/manager-token: is of another swarm than worker-token"},
        {R"("manager-token": ")" + worker_token + beside,
         "/protected/swarm/manager-token: is the same as worker-token"},
        {R"("unlock-key": "SWMKEY-1-CANARY")", "/protected/swarm/unlock-key: expected a whole unlock key"},
        {R"("manager-engine": "CANARY")", "/protected/swarm/manager-engine: expected the version"},
        {R"("worker-tokne": "CANARY")", "/protected/swarm/worker-tokne: unknown key of swarm"},
    };
    for (const auto& [members, expected] : table) {
        SCOPED_TRACE(members);
        const std::string problems = problems_of(document(""), secrets(members));
        EXPECT_TRUE(problems.starts_with(expected)) << problems;
        for (const std::string_view secret : {"CANARY", "wwwww", "mmmmm", "ddddd", "eeeee"})
            EXPECT_EQ(problems.find(secret), std::string::npos) << problems;
    }
}

TEST(SwarmAccess, IsPassedOnWhenItIsNotValidSoThatItCanBeHidden) {
    const Parsed parsed = parse_settings("{}", secrets(R"("worker-token": "SWMTKN-1-cut-off")"));
    EXPECT_FALSE(parsed.settings);
    EXPECT_EQ(parsed.readable.swarm_access.worker_token, Secret("SWMTKN-1-cut-off"));
}

std::string warnings_of(const std::string& public_text, const std::string& protected_text = "") {
    return to_text(swarm_warnings(accepted(public_text, protected_text)));
}

TEST(SwarmRules, WarnOfWhatIsHardlyMeant) {
    EXPECT_EQ(warnings_of(document("")), "");
    EXPECT_EQ(warnings_of(R"({"swarm": {"managers": ["10.0.0.4", "10.0.0.5"]}})"),
              "/swarm/managers: 2 managers tolerate no more failures than 1; list an odd number\n");
    const std::string port =
        "/swarm/listen: managers listen on port 2400, which is the port of none of /swarm/managers\n";
    EXPECT_EQ(warnings_of(document(R"("listen": "0.0.0.0:2400")")), port);
    EXPECT_EQ(warnings_of(document(R"("listen": "0.0.0.0:2400", "role": "worker")")), "");
    EXPECT_EQ(warnings_of(document(R"("autolock": true)")), "")
        << "there is no key before the swarm is founded";
    const std::string token = R"("manager-token": ")" + manager_token + '"';
    EXPECT_TRUE(warnings_of(document(R"("autolock": true)"), secrets(token))
                    .starts_with("/protected/swarm/unlock-key: is missing: with autolock, "));
    EXPECT_EQ(warnings_of(document(R"("autolock": true)"),
                          secrets(token + R"(, "unlock-key": ")" + unlock_key + '"')),
              "");
}

}  // namespace
}  // namespace dockerext::settings
