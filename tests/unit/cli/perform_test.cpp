#include "cli/perform.hpp"

#include "cli/context.hpp"
#include "cli/waiting.hpp"
#include "fake_daemon.hpp"
#include "support/noon.hpp"
#include "support/temporary_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <sstream>

namespace dockerext::cli {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using test::noon;

constexpr std::int64_t noon_sequence = 1706702400000000;

std::string status_json(const std::string& state, std::int64_t sequence = noon_sequence,
                        const std::string& services = "", const std::string& settings_state = "accepted",
                        const std::string& errors = "") {
    return R"({"version":1,"state":")" + state + R"(","settings":{"sequence":)" + std::to_string(sequence) +
           R"(,"source":"operator","state":")" + settings_state + R"(","errors":[)" + errors +
           R"(]},"engine":{"state":"running","version":"20.10.24","api":"1.41","since":null,"message":""},)"
           R"("parts":[],"services":[)" +
           services +
           R"(],"held":[],"pausedUntil":null,"lastCycle":{"durationMs":1.0,"engineCalls":2},"change":0})";
}

std::string service_json(const std::string& state, const std::string& more = "") {
    return R"({"name":"web","state":")" + state + R"(","wanted":1,"running":0,"reason":"because")" + more +
           "}";
}

/// The environment of a command: files, the daemon, and the services that main.cpp would pass in.
struct PerformTest : testing::Test {
    PerformTest() {
        std::string name = (fs::temp_directory_path() / "cli.XXXXXX").string();
        folder = ::mkdtemp(name.data());
        write("s.json", "{}");
        services.validate = [this](const model::Envelope& envelope, const fs::path&) {
            validated = envelope;
            return intake::Validation{problems, warnings};
        };
        services.is_compose_file = [](const std::string& text) {
            return text == "compose" || text == "broken";
        };
        services.wrap_compose_file = services.import_settings =
            [](const intake::ComposeFile& file, const fs::path& root) -> Result<intake::ConvertedSettings> {
            if (file.text == "broken") return Error(ErrorKind::invalid_input, "line 1");
            std::string variables;
            for (const intake::EnvFile& each : file.env_files) variables += each.text;
            for (const auto& [name, value] : file.environment) variables += " " + name + "=" + value;
            intake::ConvertedSettings made{"{" + file.text + "|" + variables + "|" + root.string() + "}", {}};
            if (!file.env_files.empty()) made.warnings.push_back("X is not set\x1b");
            return made;
        };
        services.spool = [this](const fs::path& spool, const model::Envelope& envelope) -> Result<> {
            if (!spool_error.empty()) return Error(ErrorKind::internal, spool_error);
            spooled = envelope;
            spool_folder = spool;
            return {};
        };
    }
    ~PerformTest() override { fs::remove_all(folder); }

    void write(const std::string& name, const std::string& text) const {
        std::ofstream(folder / name) << text;
    }
    std::string read(const std::string& name) const {
        std::ostringstream text;
        text << std::ifstream(folder / name).rdbuf();
        return text.str();
    }
    std::string file(const std::string& name) const { return (folder / name).string(); }

    test::FakeDaemon& with_daemon() {
        const fs::path socket = state::Paths(folder).control_socket;
        fs::create_directories(socket.parent_path());
        daemon.emplace(socket);
        daemon->answer("GET /v1/status", {{200, status_json("converged")}});
        return *daemon;
    }

    /// Runs a command below the test's own root, unless the arguments name another.
    int perform(std::vector<std::string> arguments, const std::string& input = "") {
        if (std::find(arguments.begin(), arguments.end(), "--root") == arguments.end())
            arguments.insert(arguments.begin(), {"--root", folder.string()});
        std::istringstream in(input);
        std::ostringstream out_stream, err_stream;
        Console console{in, out_stream, err_stream, {}, false};
        const int exit = cli::perform(std::move(arguments), services, console, [] { return noon; });
        out = out_stream.str();
        err = err_stream.str();
        return exit;
    }

    /// The messages of a wait that gives up soon after the first failure.
    std::string wait_for_failed_service() {
        std::istringstream in;
        std::ostringstream ignored, complaints;
        Console console{in, ignored, complaints, {}, false};
        Context context{services, console, state::Paths(folder), folder, false};
        context.poll = 1ms;
        context.failure_timeout = 50ms;
        EXPECT_EQ(wait_until_converged({}, 1h, context), Exit::pending);
        return complaints.str();
    }

    fs::path folder;
    std::optional<test::FakeDaemon> daemon;
    Services services;
    std::vector<Problem> problems;
    std::vector<std::string> warnings;
    std::string spool_error;
    std::optional<model::Envelope> validated, spooled;
    fs::path spool_folder;
    std::string out, err;
};

TEST_F(PerformTest, DoctorsExitCodeIsTheWorstFinding) {
    using enum model::FindingState;
    std::vector<model::Finding> findings{
        {"answers", model::Category::daemon, ok, "fine", "", "doctor.md#daemon"},
        {"lock", model::Category::daemon, skipped, "why", "", "doctor.md#daemon"}};
    services.examine_machine = [&](const fs::path& root, const std::string& docker_host) {
        EXPECT_EQ(root.string() + " " + docker_host, "/r unix:///e");
        return findings;
    };
    const std::vector<std::string> arguments{"doctor", "--json",        "--root",
                                             "/r",     "--docker-host", "unix:///e"};
    EXPECT_EQ(perform(arguments), 0);
    EXPECT_EQ(
        out,
        R"({"version":1,"state":"ok","checks":[{"id":"daemon.answers","category":"daemon","state":"ok",)"
        R"("message":"fine","remedy":"","reference":"doctor.md#daemon"},{"id":"daemon.lock",)"
        R"("category":"daemon","state":"skipped","message":"why","remedy":"","reference":"doctor.md#daemon"}]})"
        "\n");
    findings[0].state = warning;
    EXPECT_EQ(perform(arguments), 3);
    findings.push_back({"engine", model::Category::engine, error, "gone", "start it", "doctor.md#engine"});
    EXPECT_EQ(perform(arguments), 1);
}

TEST_F(PerformTest, SupportBundleHasTheCommandsOutputAndSaysWhatIsMissing) {
    services.examine_machine = [](const fs::path&, const std::string&) {
        return std::vector<model::Finding>{};
    };
    std::map<std::string, std::string> parts;
    Result<model::BundleReport> report = model::BundleReport{2049, 3, {"engine/info.json: refused"}};
    services.write_bundle = [&](const model::BundleRequest& request) {
        for (const model::BundlePart& part : request.parts)
            parts[part.name] = part.text ? *part.text : part.text.error().message();
        return report;
    };
    with_daemon().answer("GET /v1/plan", {{500, "{}"}});
    EXPECT_EQ(perform({"support-bundle", "-o", "b"}), 0);
    EXPECT_EQ(out,
              "wrote b: 3 files, 3 KiB\n  without engine/info.json: refused\n"
              "Secrets of the settings are hidden. Look through it before you send it.\n");
    EXPECT_TRUE(parts["status.json"].starts_with(R"({"version":1,"state":"converged")"))
        << parts["status.json"];
    EXPECT_EQ(parts["plan.json"], "the daemon answered with status 500");
    EXPECT_EQ(parts["doctor.txt"], "0 ok\n");
    EXPECT_EQ(perform({"support-bundle", "-o", "b", "--json"}), 0);
    EXPECT_EQ(out, R"({"file":"b","bytes":2049,"parts":3,"missing":["engine/info.json: refused"]})"
                   "\n");
    report = Error(ErrorKind::conflict, "b exists already");
    EXPECT_EQ(perform({"support-bundle", "-o", "b"}), 1);
    EXPECT_EQ(err, "dockerextd: b exists already\n");
}

TEST_F(PerformTest, RemoveEngineReportsItsResult) {
    Result<model::Removal> removal = model::Removal{{"release version 20.10", "remove docker.io"}, ""};
    std::string below, through;
    services.remove_engine = [&](const fs::path& root, const std::string& docker_host) {
        below = root;
        through = docker_host;
        return removal;
    };
    EXPECT_EQ(perform({"remove-engine", "--root", "/r", "--docker-host", "unix:///e"}), 0);
    EXPECT_EQ(below + " " + through, "/r unix:///e");
    EXPECT_EQ(out, "release version 20.10: done\nremove docker.io: done\n");
    removal = model::Removal{{}, "the settings do not ask for it"};
    EXPECT_EQ(perform({"remove-engine"}), 0);
    EXPECT_EQ(out, "nothing removed: the settings do not ask for it\n");
    EXPECT_EQ(perform({"remove-engine", "--json"}), 0);
    EXPECT_EQ(out, "{\"done\":[],\"kept\":\"the settings do not ask for it\"}\n");
    removal = Error(ErrorKind::conflict, "remove docker.io:\nheld");
    EXPECT_EQ(perform({"remove-engine"}), 1);
    EXPECT_EQ(err, "dockerextd: remove docker.io: held\n") << "one line, of which the agent shows the last";
}

TEST_F(PerformTest, SwarmLeaveReportsItsResult) {
    Result<model::Removal> removal = model::Removal{{"update w1 (id)", "leave the swarm"}, ""};
    std::string asked;
    services.leave_swarm = [&](const fs::path& root, const std::string& docker_host, model::Asked by) {
        asked = root.native() + " " + docker_host +
                (by == model::Asked::by_settings ? " by settings" : " by operator");
        return removal;
    };
    EXPECT_EQ(perform({"swarm", "leave", "--root", "/r", "--docker-host", "unix:///e"}), 0);
    EXPECT_EQ(asked, "/r unix:///e by operator");
    EXPECT_EQ(out, "update w1 (id): done\nleave the swarm: done\n");
    removal = model::Removal{{}, "the settings do not ask for it"};
    EXPECT_EQ(perform({"swarm", "leave", "--on-uninstall"}), 0);
    EXPECT_TRUE(asked.ends_with(" unix:///run/docker.sock by settings")) << asked;
    EXPECT_EQ(out, "not left: the settings do not ask for it\n");
    removal = Error(ErrorKind::conflict, "it is the only manager");
    EXPECT_EQ(perform({"swarm", "leave"}), 1);
    EXPECT_EQ(err, "dockerextd: it is the only manager\n");
}

TEST_F(PerformTest, RunHandsItsOptionsOn) {
    Result<> outcome;
    std::string below, through;
    services.run = [&](const fs::path& root, const std::string& docker_host) {
        below = root;
        through = docker_host;
        return outcome;
    };
    EXPECT_EQ(perform({"run", "--root", "/r", "--docker-host", "unix:///e"}), 0);
    EXPECT_EQ(below + " " + through, "/r unix:///e");
    outcome = Error(ErrorKind::unavailable, "another daemon is running");
    EXPECT_EQ(perform({"run"}), 1);
}

TEST_F(PerformTest, UsageErrorsExitWithTwoAndGoToStderr) {
    EXPECT_EQ(perform({"frobnicate"}), 2);
    EXPECT_EQ(out, "");
    EXPECT_NE(err, "");
    EXPECT_EQ(perform({"--help"}), 0);
    EXPECT_NE(out, "");
}

TEST_F(PerformTest, WithoutADaemonEveryQueryExitsWithFour) {
    const std::vector<std::vector<std::string>> lines{{"status"},
                                                      {"plan"},
                                                      {"explain", "web"},
                                                      {"history"},
                                                      {"reconcile"},
                                                      {"pause"},
                                                      {"resume"},
                                                      {"down"},
                                                      {"logs", "web"},
                                                      {"show"},
                                                      {"restart", "web"},
                                                      {"swarm", "tokens"},
                                                      {"swarm", "rotate", "worker"},
                                                      {"swarm", "recover", "--yes"},
                                                      {"plan", file("s.json")},
                                                      {"apply", file("s.json"), "--dry-run"},
                                                      {"apply", file("s.json"), "--wait"}};
    for (const auto& line : lines) {
        SCOPED_TRACE(line.front());
        EXPECT_EQ(perform(line), 4);
        EXPECT_TRUE(err.starts_with("dockerextd: cannot reach the daemon: ")) << err;
    }
    EXPECT_FALSE(spooled);
}

TEST_F(PerformTest, AMissingDaemonIsExplainedBySystemd) {
    services.why_not_running = [] { return "dockerextd.service is stopped"; };
    std::stringstream nothing;
    Console console{nothing, nothing, nothing, {}, false};
    const Error error(ErrorKind::unavailable, "cannot reach the daemon");
    Context context{services, console, state::Paths(folder), "/", false};
    EXPECT_EQ(unreachable_text(context, error), "cannot reach the daemon: dockerextd.service is stopped");
    context.root = folder;
    EXPECT_EQ(unreachable_text(context, error), "cannot reach the daemon") << "not this machine's daemon";
}

TEST_F(PerformTest, ARefusalIsReportedAndExitsWithOne) {
    with_daemon().answer("GET /v1/explain?service=w%20b", {{404, R"({"error":"no service 'w b'\u001b"})"}});
    EXPECT_EQ(perform({"explain", "w b"}), 1);
    EXPECT_EQ(err, "dockerextd: no service 'w b'�\n");
    daemon->answer("GET /v1/plan", {{500, "gone wrong"}});
    EXPECT_EQ(perform({"plan"}), 1);
    EXPECT_EQ(err, "dockerextd: the daemon answered with status 500\n");
}

TEST_F(PerformTest, SwarmTokensPrintsOnlyTheProtectedSettings) {
    test::FakeDaemon& server = with_daemon();
    const std::string tokens = R"({"workerToken":"SWMTKN-1-w","managerToken":"SWMTKN-1-m",)";
    server.answer("POST /v1/swarm/tokens",
                  {{200, tokens + R"("unlockKey":"SWMKEY-1-k","managerEngine":"20.10.24"})"}});
    const std::string locked = R"({"swarm":{"worker-token":"SWMTKN-1-w","manager-token":"SWMTKN-1-m",)"
                               R"("unlock-key":"SWMKEY-1-k","manager-engine":"20.10.24"}})"
                               "\n";
    for (const auto& line :
         std::vector<std::vector<std::string>>{{"swarm", "tokens"}, {"swarm", "tokens", "--json"}}) {
        EXPECT_EQ(perform(line), 0);
        EXPECT_EQ(out + err, locked);
    }
    EXPECT_EQ(server.requests().back(), "POST /v1/swarm/tokens {}");
    server.answer("POST /v1/swarm/tokens", {{200, tokens + R"("unlockKey":"","managerEngine":"20.10.24"})"}});
    EXPECT_EQ(perform({"swarm", "tokens"}), 0);
    EXPECT_EQ(out, R"({"swarm":{"worker-token":"SWMTKN-1-w","manager-token":"SWMTKN-1-m",)"
                   R"("manager-engine":"20.10.24"}})"
                   "\n");
}

TEST_F(PerformTest, SwarmRotateSaysWhatToDeployNext) {
    test::FakeDaemon& server = with_daemon();
    server.answer("POST /v1/swarm/rotate", {{200, "{}"}});
    for (const std::string what : {"worker", "manager", "unlock-key"}) {
        EXPECT_EQ(perform({"swarm", "rotate", what}), 0);
        EXPECT_EQ(server.requests().back(), "POST /v1/swarm/rotate {\"what\":\"" + what + "\"}");
        EXPECT_TRUE(out.starts_with("Rotated the " + what.substr(0, what.find('-')))) << out;
        EXPECT_THAT(out, testing::HasSubstr("Deploy what `dockerextd swarm tokens` prints to all "));
    }
    EXPECT_EQ(perform({"swarm", "rotate", "worker", "--json"}), 0);
    EXPECT_EQ(out, "{}\n");
    server.answer("POST /v1/swarm/rotate", {{403, R"({"error":"only root may do this; run it with sudo"})"}});
    EXPECT_EQ(perform({"swarm", "rotate", "worker"}), 1);
    EXPECT_EQ(out + err, "dockerextd: only root may do this; run it with sudo\n");
}

TEST_F(PerformTest, SwarmRecoverExplainsItselfAndWantsYes) {
    test::FakeDaemon& server = with_daemon();
    server.answer("POST /v1/swarm/recover", {{200, "{}"}});
    EXPECT_EQ(perform({"swarm", "recover"}), 2);
    EXPECT_TRUE(err.starts_with("dockerextd: nothing done: this needs --yes\n")) << err;
    EXPECT_THAT(err, testing::HasSubstr("--force-new-cluster"));
    EXPECT_EQ(out, "");
    EXPECT_TRUE(server.requests().empty());
    EXPECT_EQ(perform({"swarm", "recover", "--yes"}), 0);
    EXPECT_EQ(server.requests().back(), "POST /v1/swarm/recover {}");
    EXPECT_TRUE(out.starts_with("This machine is the only manager of its swarm now.\n")) << out;
    server.answer("POST /v1/swarm/recover", {{409, R"({"error":"the swarm works"})"}});
    EXPECT_EQ(perform({"swarm", "recover", "--yes"}), 1);
    EXPECT_EQ(out + err, "dockerextd: the swarm works\n");
}

TEST_F(PerformTest, StatusSetsTheExitCode) {
    test::FakeDaemon& server = with_daemon();
    const std::vector<std::pair<std::string, int>> cases{
        {"converged", 0}, {"idle", 0}, {"converging", 3}, {"degraded", 3}, {"paused", 3}};
    for (const auto& [state, exit] : cases) {
        SCOPED_TRACE(state);
        server.answer("GET /v1/status", {{200, status_json(state)}});
        EXPECT_EQ(perform({"status"}), exit);
        EXPECT_TRUE(out.starts_with(state)) << out;
        EXPECT_EQ(perform({"status", "--json"}), exit);
        EXPECT_TRUE(out.starts_with(R"({"version":1,"state":")" + state)) << out;
    }
}

/// Accepts output until the second flush, when the reader has gone.
struct ClosedReader : std::stringbuf {
    int sync() override { return ++flushes < 2 ? 0 : -1; }
    int flushes = 0;
};

TEST_F(PerformTest, StatusIsWatchedUntilNobodyReadsIt) {
    with_daemon().answer("GET /v1/status",
                         {{200, status_json("converging")}, {200, status_json("converged")}});
    ClosedReader reader;
    std::ostream watched(&reader);
    std::istringstream in;
    Console console{in, watched, watched, {}, true};
    EXPECT_EQ(cli::perform({"status", "--watch", "--root", folder.string()}, services, console,
                           [] { return noon; }),
              0);
    const std::string text = reader.str();
    EXPECT_TRUE(text.starts_with("\r\033[J\033[?7lconverging: ")) << text;
    EXPECT_NE(text.find("\033[1A\r\033[J\033[?7lconverged: "), std::string::npos) << text;
}

TEST_F(PerformTest, ValidateShowsEveryProblem) {
    warnings = {"variable X is not set"};
    EXPECT_EQ(perform({"validate", file("s.json")}), 0);
    EXPECT_EQ(out, "valid\n");
    EXPECT_EQ(err, "warning: variable X is not set\n");
    problems = {{"/compose/web", "bad\x1b"}, {"", "too large"}};
    EXPECT_EQ(perform({"validate", file("s.json")}), 2);
    EXPECT_EQ(err, "warning: variable X is not set\n/compose/web: bad�\n/: too large\n");
    EXPECT_EQ(perform({"validate", "--json", file("s.json")}), 2);
    EXPECT_EQ(out, R"({"valid":false,"problems":[{"path":"/compose/web","message":"bad\u001B"},)"
                   R"({"path":"","message":"too large"}],"warnings":["variable X is not set"]})"
                   "\n");
}

TEST_F(PerformTest, FilesAreReadAsTheyAre) {
    write("p.json", "secret");
    EXPECT_EQ(perform({"validate", "-", "--protected", file("p.json")}, "from standard input"), 0);
    EXPECT_EQ(validated->public_settings, "from standard input");
    EXPECT_EQ(validated->protected_settings.reveal(), "secret");
    EXPECT_EQ(perform({"validate", "-", "--protected", "-"}), 2);
    EXPECT_EQ(perform({"validate", file("absent.json")}), 2);
    EXPECT_EQ(err, "dockerextd: read '" + file("absent.json") + "': No such file or directory\n");
    EXPECT_EQ(perform({"validate", folder.string()}), 2);
    EXPECT_NE(err.find("Is a directory"), std::string::npos);
    EXPECT_EQ(perform({"validate", "/dev/zero"}), 0);
    EXPECT_EQ(validated->public_settings.size(), (1U << 20) + 1);
}

TEST_F(PerformTest, AComposeFileIsAcceptedAsSettings) {
    write("c.yml", "compose");
    EXPECT_EQ(perform({"validate", file("c.yml")}), 0);
    EXPECT_EQ(validated->public_settings, "{compose||" + folder.string() + "}");
    EXPECT_EQ(perform({"apply", "-", "--root", "/r"}, "compose"), 0);
    EXPECT_EQ(spooled->public_settings, "{compose||/r}");
    EXPECT_EQ(perform({"plan", "-"}, "broken"), 2);
    EXPECT_EQ(err, "dockerextd: -: line 1\n");
}

TEST_F(PerformTest, ReadsTheDotEnvNextToAComposeFile) {
    write("c.yml", "compose");
    write(".env", "A=1");
    with_daemon().answer("POST /v1/plan", {{200, "{}"}});
    for (const char* command : {"validate", "apply", "plan"}) {
        (void)perform({command, file("c.yml")});
        EXPECT_EQ(validated->public_settings, "{compose|A=1|" + folder.string() + "}") << command;
        EXPECT_TRUE(err.starts_with("warning: X is not set\uFFFD\n")) << err;
    }
    EXPECT_EQ(perform({"validate", file("c.yml"), "--json"}), 0);
    EXPECT_EQ(validated->public_settings, "{compose|A=1|" + folder.string() + "}");
    EXPECT_EQ(perform({"import", file("c.yml")}), 0);
    EXPECT_EQ(out, "{compose|A=1|" + folder.string() + "}\n");

    EXPECT_EQ(perform({"validate", file("s.json")}), 0);  // settings bring their own variables
    EXPECT_EQ(validated->public_settings, "{}");
    EXPECT_EQ(perform({"validate", "-"}, "compose"), 0);  // there is no .env file beside stdin
    EXPECT_EQ(validated->public_settings, "{compose||" + folder.string() + "}");
}

TEST_F(PerformTest, AComposeFileGetsTheVariablesOfTheCommandLine) {
    write("c.yml", "compose");
    write(".env", "A=1");
    write("one.env", "B=2");
    ::setenv("DOCKEREXTD_TEST", "of the shell", 1);
    EXPECT_EQ(perform({"import", file("c.yml"), "-p", "shop", "--env-file", file("one.env"), "-e", "C=3=4",
                       "--env", "DOCKEREXTD_TEST"}),
              0);
    EXPECT_EQ(out, "{compose|B=2 C=3=4 COMPOSE_PROJECT_NAME=shop DOCKEREXTD_TEST=of the shell|" +
                       folder.string() + "}\n");
    EXPECT_EQ(perform({"validate", file("c.yml"), "-e", "DOCKEREXTD_UNSET"}), 2);
    EXPECT_EQ(err, "dockerextd: --env: DOCKEREXTD_UNSET is not set in this shell\n");
    EXPECT_EQ(perform({"validate", file("s.json"), "-p", "shop"}), 2);
    EXPECT_NE(err.find("are for Compose files"), std::string::npos) << err;
}

TEST_F(PerformTest, AFolderOfThatNameIsNoFileOfVariables) {
    write("c.yml", "compose");
    fs::create_directory(folder / ".env");
    EXPECT_EQ(perform({"validate", file("c.yml")}), 0);
    EXPECT_EQ(validated->public_settings, "{compose||" + folder.string() + "}");
}

TEST_F(PerformTest, ImportPrintsSettings) {
    write("c.yml", "compose");
    EXPECT_EQ(perform({"import", file("c.yml")}), 0);
    EXPECT_EQ(out, "{compose||" + folder.string() + "}\n");
    EXPECT_EQ(perform({"import", "-"}, "x"), 0);
    EXPECT_EQ(out, "{x||" + folder.string() + "}\n");
    EXPECT_EQ(perform({"import", "-"}, "broken"), 2);
    EXPECT_EQ(err, "dockerextd: -: line 1\n");
    EXPECT_EQ(perform({"import", file("absent.yml")}), 2);
}

TEST_F(PerformTest, ApplySpoolsWithoutADaemonAndReportsIt) {
    EXPECT_EQ(perform({"apply", file("s.json"), "--root", "/r"}), 0);
    EXPECT_EQ(out, "Submitted. The daemon is not running; it applies the settings when it starts.\n");
    EXPECT_EQ(spooled.value().sequence, noon_sequence);
    EXPECT_EQ(spooled->source, model::SettingsSource::by_operator);
    EXPECT_EQ(spool_folder, "/r/var/lib/dockerextd/spool");
    with_daemon();
    EXPECT_EQ(perform({"apply", file("s.json")}), 0);
    EXPECT_EQ(out, "Submitted. Follow with `dockerextd status --watch`.\n");
    EXPECT_EQ(perform({"apply", file("s.json"), "--json"}), 0);
    EXPECT_EQ(out, "{\"sequence\":1706702400000000,\"daemonReachable\":true}\n");
    spool_error = "no space left";
    EXPECT_EQ(perform({"apply", file("s.json")}), 1);
    EXPECT_EQ(err, "dockerextd: no space left\n");
}

TEST_F(PerformTest, ApplySpoolsNothingThatIsInvalid) {
    problems = {{"/compose", "bad"}};
    for (const char* option : {"--wait", "--dry-run", "--json"}) {
        EXPECT_EQ(perform({"apply", file("s.json"), option}), 2);
        EXPECT_EQ(err, "/compose: bad\n");
    }
    EXPECT_FALSE(spooled);
}

TEST_F(PerformTest, ApplyWaitsForItsOwnSettingsAndShowsWhatChanges) {
    with_daemon().answer(
        "GET /v1/status",
        {{200, status_json("converged", 1)},
         {200, status_json("converged", 1)},
         {200, status_json("converging", noon_sequence, service_json("pending"))},
         {200, status_json("degraded", noon_sequence,
                           service_json("failed", R"(,"nextAttempt":"2024-01-31T12:00:01Z")"))},
         {200, status_json("converged", noon_sequence, service_json("running"))}});
    EXPECT_EQ(perform({"apply", file("s.json"), "--wait"}), 0);
    EXPECT_EQ(out,
              "12:00:00  web  pending 0/1     because\n"
              "12:00:00  web  failed 0/1      because\n"
              "12:00:00  web  running 0/1     because\n"
              "converged: 1 service in the desired state\n");
}

TEST_F(PerformTest, ProgressTellsOnceThatARunIsWatched) {
    const auto watched_since = [](const std::string& time) {
        const std::string more = R"(,"watching":{"since":"2024-01-31T)" + time + R"(Z","seconds":10})";
        return status_json("converging", noon_sequence, service_json("pending", more));
    };
    with_daemon().answer("GET /v1/status", {{200, status_json("converged", 1)},
                                            {200, watched_since("11:59:58")},
                                            {200, watched_since("11:59:54")},
                                            {200, status_json("converged", noon_sequence)}});
    EXPECT_EQ(perform({"apply", file("s.json"), "--wait"}), 0);
    EXPECT_EQ(out,
              "12:00:00  web  pending 0/1     because 2 s of 10 s\n"
              "converged: no services in the settings\n");
}

TEST_F(PerformTest, ApplyEndsWhenTheDaemonRejects) {
    with_daemon().answer(
        "GET /v1/status",
        {{200, status_json("converged", 1)},
         {200, status_json("converged", noon_sequence, "", "rejected", R"({"path":"/x","message":"bad"})")}});
    EXPECT_EQ(perform({"apply", file("s.json"), "--wait"}), 2);
    EXPECT_EQ(err, "dockerextd: the daemon rejected the settings\n/x: bad\n");
}

TEST_F(PerformTest, ApplyEndsWhenTheSettingsAreRolledBack) {
    with_daemon().answer("GET /v1/status",
                         {{200, status_json("converging", 1)},
                          {200, status_json("degraded", noon_sequence, service_json("running"), "rolled back",
                                            R"({"path":"","message":"running number 41 again"})")}});
    EXPECT_EQ(perform({"apply", file("s.json"), "--wait"}), 3);
    EXPECT_EQ(err, "dockerextd: rolled back; running number 41 again\n");
}

TEST_F(PerformTest, WaitingEndsWhenThereIsNothingToWaitFor) {
    test::FakeDaemon& server = with_daemon();
    server.answer("POST /v1/reconcile", {{202, "{}"}});
    server.answer("GET /v1/status", {{200, status_json("degraded", 1, service_json("failed"))}});
    EXPECT_EQ(perform({"reconcile", "web", "--wait=1s"}), 3);
    EXPECT_EQ(err, "dockerextd: degraded: web failed\n  web: failed: because\n");
    const std::string rejected = status_json("degraded", 1, service_json("running"), "rejected");
    server.answer("GET /v1/status", {{200, rejected}});
    EXPECT_EQ(perform({"reconcile", "--wait=1s"}), 3);
    EXPECT_EQ(err, "dockerextd: degraded: the newest settings were rejected\n");
    server.answer("GET /v1/status", {{200, status_json("paused", 1)}});
    EXPECT_EQ(perform({"reconcile", "--wait=1s", "--json"}), 3);
    EXPECT_TRUE(out.starts_with(R"({"version":1,"state":"paused")")) << out;
    EXPECT_EQ(server.requests().front(), R"(POST /v1/reconcile {"services":["web"]})");
}

TEST_F(PerformTest, WaitingReceivesEachChangeFromTheDaemon) {
    test::FakeDaemon& server = with_daemon();
    server.answer("POST /v1/reconcile", {{202, "{}"}});
    server.answer("GET /v1/status", {{200, status_json("converging")},
                                     {200, status_json("converging")},
                                     {200, status_json("converged")}});
    EXPECT_EQ(perform({"reconcile", "--wait=1h"}), 0);
    EXPECT_EQ(server.requests(),
              (std::vector<std::string>{R"(POST /v1/reconcile {"services":[]})", "GET /v1/status",
                                        "GET /v1/status?after=1&wait=10", "GET /v1/status?after=2&wait=10"}));
}

TEST_F(PerformTest, WaitingOmitsServicesThatAreFineFromTheStart) {
    test::FakeDaemon& server = with_daemon();
    server.answer("POST /v1/reconcile", {{202, "{}"}});
    server.answer("GET /v1/status", {{200, status_json("converged", 1, service_json("running"))}});
    EXPECT_EQ(perform({"reconcile", "--wait=1s"}), 0);
    EXPECT_EQ(out, "converged: 1 service in the desired state\n");
}

TEST_F(PerformTest, WaitingEndsWhenAServiceFailsForLong) {
    const std::string failed_service = service_json("failed", R"(,"nextAttempt":"2024-01-31T12:00:01Z")");
    with_daemon().answer("GET /v1/status", {{200, status_json("degraded", 1, failed_service)}});
    EXPECT_EQ(wait_for_failed_service(), "dockerextd: degraded: web failed\n  web: failed: because\n");
}

TEST_F(PerformTest, WaitingContinuesWhileAFailedVersionIsRolledBack) {
    const std::string failed = service_json("failed", R"(,"inProgress":true)");
    with_daemon().answer("GET /v1/status",
                         {{200, status_json("degraded", noon_sequence, failed)},
                          {200, status_json("converged", noon_sequence, service_json("running"))}});
    EXPECT_EQ(perform({"apply", file("s.json"), "--wait"}), 0);
}

TEST_F(PerformTest, WaitingEndsWhenAServiceKeepsExitingForLong) {
    with_daemon().answer("GET /v1/status", {{200, status_json("degraded", 1, service_json("restarting"))}});
    EXPECT_EQ(wait_for_failed_service(),
              "dockerextd: degraded: web restarting\n  web: restarting: because\n");
}

TEST_F(PerformTest, WaitingContinuesWhenAServiceThatKeptExitingRuns) {
    with_daemon().answer("GET /v1/status",
                         {{200, status_json("degraded", noon_sequence, service_json("restarting"))},
                          {200, status_json("converged", noon_sequence, service_json("running"))}});
    EXPECT_EQ(perform({"apply", file("s.json"), "--wait"}), 0);
}

TEST_F(PerformTest, WaitingEndsWhenAPartOfTheEngineFailsForLong) {
    std::string status = status_json("degraded", 1, service_json("running"));
    const std::string none = R"("parts":[])";
    status.replace(status.find(none), none.size(),
                   R"("parts":[{"name":"engine.options","state":"failed","message":"unknown flag"}])");
    with_daemon().answer("GET /v1/status", {{200, status}});
    EXPECT_EQ(wait_for_failed_service(),
              "dockerextd: degraded: engine.options failed\n  engine.options: unknown flag\n");
}

/// Only the part says why a project cannot be inspected.
TEST_F(PerformTest, WaitingShowsAPartThatFailsOnce) {
    const std::string none = R"("parts":[])";
    const auto with_part = [&](const std::string& state) {
        std::string status = status_json(state == "failed" ? "degraded" : "converged", noon_sequence,
                                         service_json(state == "failed" ? "unknown" : "running"));
        return status.replace(status.find(none), none.size(),
                              R"("parts":[{"name":"project.demo","state":")" + state +
                                  R"(","message":"cannot be looked at: 500 oops"}])");
    };
    with_daemon().answer("GET /v1/status", {{200, status_json("converged", 1)},
                                            {200, with_part("failed")},
                                            {200, with_part("failed")},
                                            {200, with_part("ok")}});
    EXPECT_EQ(perform({"apply", file("s.json"), "--wait"}), 0);
    EXPECT_EQ(out,
              "12:00:00  project.demo  failed  cannot be looked at: 500 oops\n"
              "12:00:00  web  unknown 0/1     because\n"
              "12:00:00  web  running 0/1     because\n"
              "converged: 1 service in the desired state\n");
}

TEST_F(PerformTest, WaitingEndsAtOnceWhenAPartHasFailedPermanently) {
    std::string status = status_json("degraded", noon_sequence, service_json("running"));
    const std::string none = R"("parts":[])";
    status.replace(
        status.find(none), none.size(),
        R"("parts":[{"name":"engine.options","state":"failed","message":"unknown flag","final":true}])");
    with_daemon().answer("GET /v1/status", {{200, status}});
    EXPECT_EQ(perform({"apply", file("s.json"), "--wait=1h"}), 3);
    EXPECT_EQ(err, "dockerextd: degraded: engine.options failed\n  engine.options: unknown flag\n");
}

TEST_F(PerformTest, WaitingEndsWithItsTime) {
    with_daemon().answer("GET /v1/status",
                         {{200, status_json("converging", noon_sequence, service_json("pending"))}});
    EXPECT_EQ(perform({"apply", file("s.json"), "--wait=1s"}), 3);
    EXPECT_EQ(err, "dockerextd: timed out after 1 s: converging: web pending\n  web: pending: because\n");
}

TEST_F(PerformTest, PlanSetsTheExitCode) {
    const std::string step =
        R"({"steps":[{"id":0,"after":[],"verb":"start","object":"demo-web-1","service":"web",)"
        R"("reason":"not running","changes":[],"waitsFor":""}],"held":[]})";
    test::FakeDaemon& server = with_daemon();
    server.answer("GET /v1/plan", {{200, R"({"steps":[],"held":[]})"}});
    EXPECT_EQ(perform({"plan"}), 0);
    EXPECT_EQ(out, "nothing to do\n");
    server.answer("POST /v1/plan", {{200, step}});
    write("p.json", R"({"environment":{}})");
    EXPECT_EQ(perform({"plan", file("s.json"), "--protected", file("p.json")}), 3);
    EXPECT_EQ(out, "1 step to do\nweb: start: not running\n  0  start demo-web-1\n");
    EXPECT_EQ(perform({"apply", file("s.json"), "--dry-run", "--json"}), 3);
    EXPECT_EQ(out, step + "\n");
    EXPECT_FALSE(spooled);
    EXPECT_EQ(server.requests().at(1),
              R"(POST /v1/plan {"settings":"{}","protected":"{\"environment\":{}}"})");
    server.answer("POST /v1/plan",
                  {{422, R"({"error":"invalid settings","problems":[{"path":"/a","message":"b"}]})"}});
    EXPECT_EQ(perform({"plan", file("s.json")}), 2);
    EXPECT_EQ(err, "dockerextd: invalid settings\n/a: b\n");
}

TEST_F(PerformTest, HistoryRequestsWhatItShows) {
    test::FakeDaemon& server = with_daemon();
    server.answer("GET /v1/history?limit=200&since=2024-01-31T11%3A00%3A00.000Z",
                  {{200, R"({"entries":[]})"}});
    EXPECT_EQ(perform({"history", "--since", "1h"}), 0);
    EXPECT_EQ(out, "no actions in this period\n");
    server.answer("GET /v1/history?limit=5&until=2024-01-31T11%3A00%3A00.000Z&service=web&failed=1",
                  {{200, R"({"entries":[],"more":true})"}});
    EXPECT_EQ(perform({"history", "-n5", "--until", "1h", "--service", "web", "--failed"}), 0);
    EXPECT_EQ(out, "no actions in this period\n\nolder actions are not shown; see `--lines` and `--until`\n");
}

TEST_F(PerformTest, HistoryAsJsonHasOneActionPerLine) {
    with_daemon().answer("GET /v1/history?limit=10000",
                         {{200, R"({"entries":[{"id":1},{"id":2}],"more":false})"}});
    EXPECT_EQ(perform({"history", "--json"}), 0);
    EXPECT_EQ(out, "{\"id\":1}\n{\"id\":2}\n");
}

TEST_F(PerformTest, ReportIsAPageOfAllThatIsKnown) {
    services.examine_machine = [](const auto&, const auto&) {
        return std::vector<model::Finding>{{"free-space", model::Category::storage,
                                            model::FindingState::error, "disk is full", "add space",
                                            "doctor.md#storage"}};
    };
    // Without a daemon: the checks, and why the rest is missing.
    EXPECT_EQ(perform({"report", "-o", file("none.html")}), 0);
    EXPECT_EQ(out, "wrote " + file("none.html") + "\n");
    EXPECT_THAT(err, testing::StartsWith("Without the daemon's part: "));
    EXPECT_THAT(read("none.html"), testing::AllOf(testing::HasSubstr("Without the daemon&#39;s part: "),
                                                  testing::HasSubstr("disk is full")));
    EXPECT_EQ(fs::status(folder / "none.html").permissions(), fs::perms::owner_read | fs::perms::owner_write);

    with_daemon().answer("GET /v1/status",
                         {{200, status_json("degraded", noon_sequence, service_json("failed"))}});
    daemon->answer("GET /v1/project",
                   {{200, R"({"services":[{"name":"web","image":"nginx:1","dependsOn":[{"service":"db",)"
                          R"("condition":"service_healthy"}],"memory":"64m"},{"name":"db"}]})"}});
    daemon->answer(
        "GET /v1/history?limit=10000&since=2024-01-31T11%3A00%3A00.000Z",
        {{200, R"({"entries":[{"time":"2024-01-31T11:30:00.000Z","verb":"start","object":"demo-web-1",)"
               R"("service":"web","status":"failed","error":"no <such> file"}],"more":false})"}});
    daemon->answer("GET /v1/plan", {{404, R"({"error":"no such request"})"}});
    EXPECT_EQ(perform({"report", "--since", "1h", "-o", file("all.html"), "--json"}), 0);
    EXPECT_EQ(out, R"({"file":")" + file("all.html") +
                       R"(","missing":["Without the plan: no such request"]})" + "\n");
    EXPECT_THAT(
        read("all.html"),
        testing::AllOf(testing::HasSubstr(">degraded: web failed</p>"), testing::HasSubstr(">64m</td>"),
                       testing::HasSubstr("db to be healthy"), testing::HasSubstr("no &lt;such&gt; file"),
                       testing::HasSubstr("Without the plan: no such request")));
    // Never overwrites a file.
    EXPECT_EQ(perform({"report", "-o", file("all.html")}), 1);
    EXPECT_THAT(err, testing::HasSubstr("File exists"));
}

struct LogsTest : PerformTest {
    LogsTest() {
        const std::string services = service_json("running", containers("demo-web-1", "a1")) + "," +
                                     R"({"name":"database","state":"running")" +
                                     containers("0123456789ab_demo-database-1", "b2") + "}";
        const HttpResponse status{200, status_json("converged", noon_sequence, services)};
        with_daemon().answer("GET /v1/status", {status, status, status});
        daemon->answer("GET /v1/logs?timestamps=1&container=a1&lines=100",
                       {{200, R"({"text":"2024-01-31T12:00:00.123456789Z one\u001b[2J\nno time\n"})"}});
        daemon->answer("GET /v1/logs?timestamps=1&container=b2&lines=100",
                       {{200, R"({"text":"2024-01-31T12:00:01Z two\n"})"}});
    }
    static std::string containers(const std::string& name, const std::string& id) {
        return R"(,"containers":[{"name":")" + name + R"(","id":")" + id +
               R"(","state":"running","health":"none","image":"i"}])";
    }
};

TEST_F(LogsTest, ShowTheContainersOfAllServices) {
    EXPECT_EQ(perform({"status", "--services"}), 0);
    EXPECT_EQ(out, "web\ndatabase\n");
    EXPECT_EQ(perform({"logs"}), 0);
    EXPECT_EQ(out,
              "demo-web-1      | one\uFFFD[2J\n"
              "demo-web-1      | no time\n"
              "demo-database-1 | two\n");
}

TEST_F(LogsTest, ShowOnlyWhatIsAskedFor) {
    EXPECT_EQ(perform({"logs", "database", "-t"}), 0);
    EXPECT_EQ(out, "demo-database-1 | 2024-01-31T12:00:01Z two\n");
    daemon->answer("GET /v1/logs?timestamps=1&container=a1&after=2024-01-31T11%3A59%3A00.000Z",
                   {{200, R"({"text":"2024-01-31T12:00:00Z three"})"}});
    EXPECT_EQ(perform({"logs", "web", "--since", "1m", "--json"}), 0);
    EXPECT_EQ(out, "{\"container\":\"demo-web-1\",\"time\":\"2024-01-31T12:00:00Z\",\"text\":\"three\"}\n");
    EXPECT_EQ(perform({"logs", "web", "nobody"}), 1);
    EXPECT_EQ(err, "dockerextd: no service 'nobody' in the settings\n");
}

TEST_F(LogsTest, FollowAContainerFromItsLastLine) {
    daemon->answer("GET /v1/logs?timestamps=1&container=b2&after=2024-01-31T12%3A00%3A01Z",
                   {{200, R"({"text":"2024-01-31T12:00:02Z three\n"})"}});
    daemon->answer("GET /v1/logs?timestamps=1&container=b2&after=2024-01-31T12%3A00%3A02Z",
                   {{500, R"({"error":"the engine is gone"})"}});
    EXPECT_EQ(perform({"logs", "database", "--follow"}), 1);
    EXPECT_EQ(out, "demo-database-1 | two\ndemo-database-1 | three\n");
    EXPECT_EQ(err, "dockerextd: the engine is gone\n");
}

TEST_F(PerformTest, ShowPrintsTheSettingsInForce) {
    with_daemon().answer("GET /v1/settings", {{200, R"({"settings":"{\n  // ports\u001b\n}"})"}});
    EXPECT_EQ(perform({"show"}), 0);
    EXPECT_EQ(out, "{\n  // ports\uFFFD\n}\n");
}

TEST_F(PerformTest, ImportWritesANewFileForItsOwner) {
    const fs::path made = folder / "made.json";
    EXPECT_EQ(perform({"import", "-", "-o", made.string()}, "x"), 0);
    EXPECT_EQ(out, "");
    EXPECT_EQ(test::read_file(made), "{x||" + folder.string() + "}\n");
    EXPECT_EQ(fs::status(made).permissions(), fs::perms::owner_read | fs::perms::owner_write);
    EXPECT_EQ(perform({"import", "-", "-o", made.string()}, "y"), 1);
    EXPECT_EQ(err, "dockerextd: create '" + made.string() + "': File exists\n");
}

TEST_F(PerformTest, ExplainShowsTheService) {
    with_daemon().answer("GET /v1/explain?service=web",
                         {{200, R"({"service":)" + service_json("running") +
                                    R"(,"plan":{"steps":[],"held":[]},"history":[]})"}});
    EXPECT_EQ(perform({"explain", "web"}), 0);
    EXPECT_TRUE(out.starts_with("web: running, 0 of 1 running\n")) << out;
}

TEST_F(PerformTest, RollbackListsPreviewsAndActs) {
    test::FakeDaemon& server = with_daemon();
    server.answer(
        "GET /v1/good",
        {{200, R"({"good":[{"number":12,"at":"2024-01-31T12:00:00Z","source":"azure","sequence":3},)"
               R"({"number":9,"at":"2024-01-30T12:00:00Z","source":"operator","sequence":1}]})"},
         {200, R"({"good":[]})"}});
    EXPECT_EQ(perform({"rollback", "--list"}), 0);
    EXPECT_EQ(out,
              "12  ran since 2024-01-31 12:00:00  from Azure, sequence 3\n"
              "9   ran since 2024-01-30 12:00:00  from the command line\n");
    EXPECT_EQ(perform({"rollback", "--list"}), 0);
    EXPECT_EQ(out, "no settings yet with which everything ran\n");
    server.answer("POST /v1/plan", {{200, R"({"steps":[],"held":[]})"}});
    EXPECT_EQ(perform({"rollback", "--to", "9", "--dry-run"}), 0);
    EXPECT_EQ(out, "nothing to do\n");
    server.answer("POST /v1/rollback", {{202, ""}, {404, R"({"error":"there is no such number"})"}});
    EXPECT_EQ(perform({"rollback"}), 0);
    EXPECT_EQ(out, "Rolling back. Follow with `dockerextd status --watch`.\n");
    EXPECT_EQ(perform({"rollback", "--to", "7"}), 1);
    EXPECT_EQ(err, "dockerextd: there is no such number\n");
    const std::vector<std::string> requests = server.requests();
    EXPECT_EQ(requests.at(2), R"(POST /v1/plan {"rollback":9})");
    EXPECT_EQ(requests.at(3), R"(POST /v1/rollback {"to":0})");
}

TEST_F(PerformTest, ShortCommandsReportTheirResult) {
    test::FakeDaemon& server = with_daemon();
    for (const char* request :
         {"POST /v1/pause", "POST /v1/resume", "POST /v1/reconcile", "POST /v1/restart"}) {
        server.answer(request, {{200, "{}"}});
    }
    server.answer("POST /v1/down",
                  {{200, R"({"removed":["demo-web-1","demo_default"]})"}, {200, R"({"removed":[]})"}});
    const std::vector<std::pair<std::vector<std::string>, std::string>> cases{
        {{"pause", "--for", "30m"}, "paused for 30 min\n"},
        {{"pause"}, "paused until `dockerextd resume`\n"},
        {{"resume"}, "resumed\n"},
        {{"resume", "--json"}, "{}\n"},
        {{"reconcile"}, "Check started. Follow with `dockerextd status --watch`.\n"},
        {{"restart", "web"}, "Restart requested. Follow with `dockerextd status --watch`.\n"},
        {{"down"}, "removed demo-web-1\nremoved demo_default\n"},
        {{"down", "--volumes"}, "nothing to remove\n"},
    };
    for (const auto& [line, expected] : cases) {
        EXPECT_EQ(perform(line), 0);
        EXPECT_EQ(out, expected);
    }
    EXPECT_EQ(server.requests().at(0), R"(POST /v1/pause {"seconds":1800})");
    EXPECT_EQ(server.requests().at(1), "POST /v1/pause {}");
    EXPECT_EQ(server.requests().at(5), R"(POST /v1/restart {"services":["web"]})");
    EXPECT_EQ(server.requests().at(6), R"(POST /v1/down {"volumes":false})");
    EXPECT_EQ(server.requests().at(7), R"(POST /v1/down {"volumes":true})");
}

}  // namespace
}  // namespace dockerext::cli
