#include "doctor/probes.hpp"

#include "doctor/doctor.hpp"
#include "state/settings_store.hpp"
#include "support/fake_engine.hpp"
#include "support/run.hpp"
#include "support/temporary_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/socket.h>
#include <sys/un.h>
#include <boost/asio/ip/tcp.hpp>

namespace dockerext::doctor {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using test::http_answer;
using testing::ElementsAre;
using testing::HasSubstr;

struct Probes : testing::Test {
    asio::io_context io;
    test::TemporaryFolder root;
    test::FakeEngine engine{io};
    Places places{.root = root.path()};
    EngineFacts facts;
    Found<Space> space = not_examined();

    Probes() { places.engine_socket = engine.socket(); }
    void probe() { test::run_to_end(io, probe_engine(places, facts, space)); }
    void answer_versions() {
        engine.answer("GET /version", http_answer(200, R"({"Version":"20.10.24","ApiVersion":"1.41"})"));
    }
};

TEST_F(Probes, ReadWhatTheEngineSays) {
    answer_versions();
    engine.answer("GET /v1.41/info",
                  http_answer(200, R"({"Driver":"vfs","DockerRootDir":"/","CgroupDriver":"cgroupfs",
        "DriverStatus":[["Backing Filesystem","xfs"],["Supports d_type","false"]],"Warnings":null,"IPv4Forwarding":true,
        "SecurityOptions":["name=userns"],"DefaultAddressPools":[{"Base":"10.9.0.0/16","Size":24}],
        "RegistryConfig":{"IndexConfigs":{"docker.io":{"Secure":true},"old:5000":{"Secure":false}}}})"));
    engine.answer("GET /v1.41/networks", http_answer(200, R"([{"Name":"a","Id":"0123456789abcdef",
        "Driver":"bridge","IPAM":{"Config":[{"Subnet":"172.18.0.0/16"}]},"Options":{}}])"));
    engine.answer("GET /v1.41/containers/json?all=1",
                  http_answer(200, R"([{"Id":"c1","Names":["/web"],"ImageID":"i1",
        "State":"running","Labels":{"com.docker.compose.project":"shop"}}])"));
    engine.answer("GET /v1.41/containers/c1/json", http_answer(200, R"({"Config":{"Image":"x/watchtower:1"},
        "HostConfig":{"LogConfig":{"Type":"json-file","Config":{"max-size":"1m"}}}})"));
    engine.answer("GET /v1.41/images/i1/json",
                  http_answer(200, R"({"Id":"i1","Os":"linux","Architecture":"arm64"})"));
    probe();
    ASSERT_TRUE(facts.info) << facts.info.error().message();
    EXPECT_EQ(facts.info->storage_driver, "vfs");
    EXPECT_FALSE(facts.info->supports_d_type);
    EXPECT_EQ(facts.info->backing_filesystem, "xfs");
    EXPECT_THAT(facts.info->address_pools, ElementsAre("10.9.0.0/16"));
    EXPECT_THAT(facts.info->insecure_registries, ElementsAre("old:5000"));
    ASSERT_TRUE(facts.networks);
    EXPECT_EQ(facts.networks->front().bridge, "br-0123456789ab");
    EXPECT_EQ(facts.networks->front().driver, "bridge");
    EXPECT_THAT(facts.networks->front().subnets, ElementsAre("172.18.0.0/16"));
    ASSERT_TRUE(facts.containers);
    EXPECT_EQ(facts.containers->front().image, "x/watchtower:1");
    EXPECT_EQ(facts.containers->front().project, "shop");
    EXPECT_TRUE(facts.containers->front().log_options.contains("max-size"));
    EXPECT_EQ(facts.image_platforms.value().at("i1"), "linux/arm64");
    EXPECT_TRUE(space) << space.error().message();
}

TEST_F(Probes, AskNothingOfAnEngineThatIsNotToBeAsked) {
    places.engine_socket = Error(ErrorKind::not_found, "docker.service is stopped");
    probe();
    EXPECT_EQ(facts.version.error().message(), "docker.service is stopped");
    EXPECT_EQ(facts.arguments.error().message(), "docker.service is stopped");
    EXPECT_TRUE(space || space.error().message() != "not examined") << "but the disk is measured";
}

TEST(WouldStartEngine, IfSystemdListensForAStoppedService) {
    using enum model::UnitActive;
    const auto is_started = [](model::UnitActive socket, const char* sub_state, model::UnitActive service) {
        systemd::UnitFacts listening, engine;
        listening.active = socket;
        listening.sub_state = sub_state;
        engine.active = service;
        return would_start_engine(listening, engine);
    };
    EXPECT_TRUE(is_started(active, "listening", inactive));
    EXPECT_TRUE(is_started(active, "listening", failed));
    EXPECT_FALSE(is_started(active, "running", active));
    EXPECT_FALSE(is_started(active, "listening", activating));
    EXPECT_FALSE(is_started(inactive, "dead", inactive));
}

TEST_F(Probes, EndWhenTheEngineHangs) {
    probe();
    EXPECT_EQ(facts.version.error().kind(), ErrorKind::timeout);
    EXPECT_THAT(facts.containers.error().message(), HasSubstr("does not answer"));
}

TEST_F(Probes, EndWhenTheEngineHangsInTheMiddle) {
    answer_versions();
    engine.answer("GET /v1.41/info", http_answer(200, "{}"));
    probe();
    EXPECT_TRUE(facts.info);
    EXPECT_EQ(facts.networks.error().kind(), ErrorKind::timeout);
    EXPECT_EQ(facts.containers.error().kind(), ErrorKind::timeout);
}

/// A socket whose backlog is full: even connect() would block.
TEST_F(Probes, EndWhenNobodyAcceptsConnections) {
    const std::string path = root / "full.sock";
    const int listener = ::socket(AF_UNIX, SOCK_STREAM, 0);
    sockaddr_un address{.sun_family = AF_UNIX};
    path.copy(address.sun_path, sizeof(address.sun_path) - 1);
    ASSERT_EQ(::bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
    ASSERT_EQ(::listen(listener, 0), 0);
    const int waiting = ::socket(AF_UNIX, SOCK_STREAM, 0);
    ASSERT_EQ(::connect(waiting, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
    places.engine_socket = path;
    probe();
    EXPECT_FALSE(facts.version);
    EXPECT_FALSE(facts.arguments);
    ::close(waiting);
    ::close(listener);
}

TEST_F(Probes, LoadTheSettingsWithTheirProject) {
    fs::create_directories(places.paths.state);
    state::SettingsStore store(places.paths.state);
    ASSERT_TRUE(store.save({.public_settings = R"({"compose": {"name": "shop", "services": {
        "web": {"image": "r.example/web:1", "scale": 2}, "app": {"image": "app", "build": "/srv/app"}}}})",
                            .protected_settings = Secret(R"({"environment": {"P": "hush-hush"},
        "login": {"server": "r.example", "username": "u", "password": "let-me-in"}})")}));
    const auto loaded = test::run(io, load_settings(places));
    ASSERT_TRUE(loaded) << loaded.error().message();
    EXPECT_TRUE(loaded->stored.exist);
    EXPECT_EQ(loaded->stored.project.value, "shop");
    EXPECT_THAT(loaded->stored.container_names, ElementsAre("shop-app-1", "shop-web-1", "shop-web-2"));
    EXPECT_THAT(loaded->stored.images, ElementsAre("r.example/web:1"));
    EXPECT_EQ(loaded->logins.size(), 1U);
    EXPECT_EQ(loaded->redact("a hush-hush b let-me-in"), "a (hidden) b (hidden)");
}

TEST_F(Probes, LoadWhatTheSettingsAskOfASwarm) {
    fs::create_directories(places.paths.state);
    state::SettingsStore store(places.paths.state);
    ASSERT_TRUE(store.save({.public_settings = R"({"swarm": {"managers": ["10.0.0.4", "10.0.0.5"]}})",
                            .protected_settings = Secret(R"({"swarm": {"unlock-key": "SWMKEY-1-)" +
                                                         std::string(43, 'k') + R"("}})")}));
    const auto loaded = test::run(io, load_settings(places));
    ASSERT_TRUE(loaded) << loaded.error().message();
    ASSERT_TRUE(loaded->stored.swarm);
    EXPECT_EQ(loaded->stored.swarm->managers.size(), 2U);
    EXPECT_TRUE(loaded->stored.has_unlock_key);
}

TEST_F(Probes, AskTheEngineForItsSwarmAndTheManagersForAConnection) {
    asio::ip::tcp::acceptor listening(io, {asio::ip::make_address("127.0.0.1"), 0});
    const std::uint16_t port = listening.local_endpoint().port();
    answer_versions();
    engine.answer("GET /v1.41/info", http_answer(200, R"({"ServerVersion":"20.10.24","Swarm":{"NodeID":"n1",
        "NodeAddr":"10.0.0.4","LocalNodeState":"active","ControlAvailable":false}})"));
    const model::SwarmSettings settings{.managers = {{"127.0.0.1", port}, {"127.0.0.1", 1}},
                                        .data_path_port = 4790};
    SwarmFacts swarm;
    test::run_to_end(io, probe_swarm(places, settings, swarm));
    ASSERT_TRUE(swarm.observed) << swarm.observed.error().message();
    EXPECT_EQ(swarm.observed->node_id, "n1");
    ASSERT_TRUE(swarm.managers);
    EXPECT_EQ(swarm.managers->asked.size(), 2U);
    EXPECT_EQ(swarm.managers->answering, (std::vector<TcpAddress>{{"127.0.0.1", port}}));
    ASSERT_TRUE(swarm.ports);
    std::vector<std::string> ports;
    for (const SwarmPort& each : *swarm.ports) ports.push_back(to_string(each.port));
    EXPECT_THAT(ports, ElementsAre("2377/tcp", "7946/tcp", "7946/udp", "4790/udp"));
}

TEST_F(Probes, AskForNoSwarmWhereNoEngineAnswers) {
    SwarmFacts swarm;
    test::run_to_end(io, probe_swarm(places, std::nullopt, swarm));
    EXPECT_EQ(swarm.observed.error().message(), "the engine does not answer");
    EXPECT_EQ(swarm.managers.error().message(), "the engine does not answer");
    places.engine_socket = Error(ErrorKind::not_found, "docker.service is stopped");
    test::run_to_end(io, probe_swarm(places, std::nullopt, swarm));
    EXPECT_EQ(swarm.ports.error().message(), "docker.service is stopped");
}

TEST_F(Probes, ReportDamagedSettings) {
    fs::create_directories(places.paths.state);
    test::write_file(places.paths.state / "settings.json", "garbage");
    const auto loaded = test::run(io, load_settings(places));
    EXPECT_TRUE(loaded->stored.damaged);
}

TEST_F(Probes, AskNobodyButAzuresMachinesForAzuresServices) {
    AzureFacts azure;
    test::run_to_end(io, probe_azure(places, azure));
    EXPECT_EQ(azure.is_azure.value(), false);
    EXPECT_EQ(azure.metadata.error().message(), "not examined");
    EXPECT_EQ(azure.status_folder.value(), std::nullopt);
}

/// Neither daemon nor engine nor any file.
TEST(ExamineMachine, WorksOnAnEmptyMachine) {
    const test::TemporaryFolder root;
    const auto findings = examine_machine(root.path(), "unix://" + (root / "none.sock").string());
    EXPECT_GE(findings.size(), 30U);
    for (const model::Finding& finding : findings) EXPECT_NE(finding.message, "not examined") << finding.id;
}

TEST(ExamineMachine, ReportsAnAddressThatIsNoSocket) {
    const test::TemporaryFolder root;
    const auto findings = examine_machine(root.path(), "tcp://127.0.0.1:2375");
    const auto is_about_engine = [](const auto& finding) {
        return finding.message.find("is not a unix socket") != std::string::npos;
    };
    EXPECT_TRUE(std::any_of(findings.begin(), findings.end(), is_about_engine));
}

}  // namespace
}  // namespace dockerext::doctor
