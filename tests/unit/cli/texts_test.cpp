#include "cli/doctor.hpp"
#include "cli/explain.hpp"
#include "cli/history.hpp"
#include "cli/plan.hpp"
#include "cli/shared_texts.hpp"
#include "cli/status.hpp"
#include "support/noon.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

namespace dockerext::cli {
namespace {

using namespace model;
using namespace std::chrono_literals;
using test::noon;
using StepStatus = state::JournalEntry::Status;

constexpr TerminalStyle plain{80, false};

state::JournalEntry past(WallTime time, const std::string& verb, const std::string& object,
                         const std::string& service, const std::string& reason, std::vector<Change> changes,
                         StepStatus status, const std::string& error, std::chrono::milliseconds took) {
    state::JournalEntry entry;
    entry.time = time;
    entry.verb = verb;
    entry.object = object;
    entry.service = service;
    entry.reason = reason;
    entry.changes = std::move(changes);
    entry.status = status;
    entry.error = error;
    entry.took = took;
    return entry;
}

ServiceStatus service(const std::string& name, ServiceState state, unsigned running,
                      const std::string& reason = "") {
    ServiceStatus service;
    service.name = {name};
    service.state = state;
    service.running = running;
    service.reason = reason;
    return service;
}

Status good_status() {
    Status status;
    status.state = OverallState::converged;
    status.settings = {1706702400000000, SettingsSource::by_operator, SettingsState::accepted, {}};
    status.engine = {EngineState::running, "20.10.24", "1.41", "", noon - 3h};
    status.parts = {{"engine.install", PartState::ok, ""}};
    status.services = {service("job", ServiceState::completed, 0), service("web", ServiceState::running, 1)};
    // One container runs a former image, one the present one, and they change places.
    const std::string digest = "sha256:" + std::string("0123456789abcdef");
    status.services[1].containers = {{{"web-1"}, {"1"}, {}, {}, {"nginx:1"}, digest},
                                     {{"web-2"}, {"2"}, {}, {}, {"nginx:1"}, ""},
                                     {{"web-3"}, {"3"}, {}, {}, {"nginx:1"}, digest}};
    return status;
}

Status bad_status() {
    Status status = good_status();
    status.state = OverallState::degraded;
    status.settings.state = SettingsState::rejected;
    status.settings.errors = {{"/compose/web/port", "unknown key of service web; did you mean 'ports'?"},
                              {"/docker/options", "expected array, found string"}};
    status.parts.push_back({"engine.tls", PartState::unmanaged, "left as it is"});
    ServiceStatus db = service("db", ServiceState::failed, 0,
                               "start demo-db-1: Bind for 0.0.0.0:5432 failed: port is already allocated");
    db.since = noon - 4min - 3s;
    db.attempts = 5;
    db.next_attempt = noon + 12s;
    ServiceStatus cache =
        service("cache", ServiceState::drifted, 1, "not put right: reconcile.repair is off");
    cache.drift = {{"memory", "64 MiB", "128 MiB"}, {"environment.MODE", "", "fast"}};
    status.services = {service("web", ServiceState::running, 1), db, cache};
    status.held = {{subject_of(NetworkName{"demo_default"}),
                    {},
                    Held::Why::conflict,
                    "exists, and is not of this project",
                    {}}};
    return status;
}

TEST(ReasonText, CountsTheSecondsForWhichARunIsWatched) {
    ServiceStatus web = service("web", ServiceState::pending, 1, "1 of 2 replaced, watching");
    EXPECT_EQ(reason_text(web, noon), "1 of 2 replaced, watching");
    web.watching = Watching{noon, 10s};
    EXPECT_EQ(reason_text(web, noon + 6900ms), "1 of 2 replaced, watching 6 s of 10 s");
    EXPECT_EQ(reason_text(web, noon + 1min), "1 of 2 replaced, watching 10 s of 10 s");
    EXPECT_EQ(reason_text(web, noon - 1min), "1 of 2 replaced, watching 0 s of 10 s");
}

TEST(StatusText, IsShortWhenEverythingIsFine) {
    EXPECT_EQ(status_text(good_status(), noon, plain),
              "converged: 2 services in the desired state\n"
              "settings  applied 12:00:00 from the command line\n"
              "engine    running 20.10.24, API 1.41, up 3 h\n"
              "\n"
              "SERVICE  STATE      RUNNING  DETAILS\n"
              "job      completed  0/1\n"
              "web      running    1/1      nginx:1@sha256:0123456789ab\n"
              "                             nginx:1\n");
}

TEST(StatusText, ReportsEveryProblemAndItsAge) {
    EXPECT_EQ(status_text(bad_status(), noon, plain),
              "degraded: the newest settings were rejected, db failed, cache drifted, network\n"
              "demo_default\n"
              "settings    rejected 12:00:00 from the command line; the previous settings\n"
              "            remain in effect\n"
              "            /compose/web/port: unknown key of service web; did you mean 'ports'?\n"
              "            /docker/options: expected array, found string\n"
              "engine      running 20.10.24, API 1.41, up 3 h\n"
              "engine.tls  unmanaged: left as it is\n"
              "\n"
              "SERVICE  STATE    RUNNING  DETAILS\n"
              "web      running  1/1\n"
              "db       failed   0/1      start demo-db-1: Bind for 0.0.0.0:5432 failed: port\n"
              "                           is already allocated\n"
              "                           for 4 min, failed 5 times; retrying in 12 s\n"
              "cache    drifted  1/1      not put right: reconcile.repair is off\n"
              "                           memory: 64 MiB → 128 MiB\n"
              "                           environment.MODE: (none) → fast\n"
              "\n"
              "held back:\n"
              "  network demo_default  conflict  exists, and is not of this project\n");
}

NodeStatus node(const std::string& name, SwarmRole role, const std::string& reachability,
                const std::string& address) {
    return {"id-" + name,     name,         role,       NodeAvailability::active,
            NodeState::ready, reachability, "20.10.24", address};
}

/// A manager of three, one of them gone, and a worker.
Status swarm_status() {
    Status status = good_status();
    status.parts.push_back({"swarm", PartState::ok, "manager (leader) of 3 managers and 1 worker"});
    status.parts.push_back({"swarm.node", PartState::ok, ""});
    status.swarm = SwarmStatus{LocalNodeState::active, SwarmRole::manager, "c", "id-m2", "10.0.0.5", {}};
    status.swarm->nodes = {node("w1", SwarmRole::worker, "", "10.0.0.7"),
                           node("m3", SwarmRole::manager, "unreachable", "10.0.0.6"),
                           node("m2", SwarmRole::manager, "leader", "10.0.0.5"),
                           node("m1", SwarmRole::manager, "reachable", "10.0.0.4")};
    status.swarm->nodes[0].availability = NodeAvailability::drain;
    status.swarm->nodes[1].state = NodeState::down;
    return status;
}

TEST(StatusText, ShowsTheSwarmsNodesOnAManager) {
    EXPECT_EQ(status_text(swarm_status(), noon, plain),
              "converged: 2 services in the desired state\n"
              "settings  applied 12:00:00 from the command line\n"
              "engine    running 20.10.24, API 1.41, up 3 h\n"
              "swarm     manager (leader) of 3 managers and 1 worker\n"
              "\n"
              "SERVICE  STATE      RUNNING  DETAILS\n"
              "job      completed  0/1\n"
              "web      running    1/1      nginx:1@sha256:0123456789ab\n"
              "                             nginx:1\n"
              "\n"
              "NODE  ROLE              AVAILABILITY  STATE              ENGINE    ADDRESS\n"
              "m1    manager           active        ready              20.10.24  10.0.0.4\n"
              "m2 *  manager (leader)  active        ready              20.10.24  10.0.0.5\n"
              "m3    manager           active        down, unreachable  20.10.24  10.0.0.6\n"
              "w1    worker            drain         ready              20.10.24  10.0.0.7\n");
}

TEST(StatusText, SaysWhyTheMachineIsNoWorkingMemberOfTheSwarm) {
    Status status = good_status();
    status.swarm = SwarmStatus{};
    status.swarm->state = LocalNodeState::locked;
    status.parts.push_back({"swarm", PartState::failed, "locked: deploy the unlock-key"});
    EXPECT_THAT(
        status_text(status, noon, plain),
        testing::AllOf(testing::HasSubstr("\nswarm     failed: locked: deploy the unlock-key\n\nSERVICE"),
                       testing::Not(testing::HasSubstr("NODE"))));
    status.parts.back() = {"swarm", PartState::pending, "joining through 10.0.0.4:2377"};
    EXPECT_THAT(status_text(status, noon, plain),
                testing::HasSubstr("\nswarm     pending: joining through 10.0.0.4:2377\n"));
    status.parts.back() = {"swarm", PartState::ok, "worker at 10.0.0.7"};
    EXPECT_THAT(status_text(status, noon, plain), testing::HasSubstr("\nswarm     worker at 10.0.0.7\n"));
}

TEST(StatusText, BeginsWithTheStateAndItsCause) {
    Status hung = good_status();
    hung.state = OverallState::degraded;
    hung.engine = {EngineState::not_answering, "20.10.24", "1.41", "no answer in time", noon - 40s};
    Status gone = hung;
    gone.engine.state = EngineState::unreachable;
    for (ServiceStatus& each : gone.services) make_unknown(each, "the engine does not respond", noon - 40s);
    Status many = good_status();
    many.state = OverallState::converging;
    many.services.assign(6, service("s", ServiceState::pending, 0));
    Status paused = good_status();
    paused.state = OverallState::paused;
    paused.paused_until = noon + 12min;
    Status forever = paused;
    forever.paused_until = WallTime::max();
    Status empty = good_status();
    empty.services.clear();
    Status looking = good_status();
    looking.state = OverallState::converging;
    Status stack = empty;
    stack.parts = {{"stack", PartState::ok, "applied by this node, the swarm's leader"},
                   {"stack.api", PartState::ok, "2 of 2 tasks run"},
                   {"stack.web", PartState::ok, "1 of 1 task runs"}};
    Status updating = stack;
    updating.state = OverallState::converging;
    updating.parts.back().state = PartState::pending;

    EXPECT_EQ(headline(Status{}, noon), "idle: no settings yet; submit some with `dockerextd apply`");
    EXPECT_EQ(headline(empty, noon), "converged: no services in the settings");
    EXPECT_EQ(headline(looking, noon), "converging: checking");
    EXPECT_EQ(headline(stack, noon), "converged: 2 services of the stack in the desired state");
    EXPECT_NE(status_text(stack, noon, plain).find("stack.api  2 of 2 tasks run\n"), std::string::npos)
        << status_text(stack, noon, plain);
    EXPECT_EQ(headline(updating, noon), "converging: stack.web pending");
    EXPECT_EQ(headline(many, noon), "converging: s pending, s pending, s pending, s pending and 2 more");
    EXPECT_EQ(headline(hung, noon), "degraded: the engine is not answering");
    EXPECT_EQ(headline(gone, noon),
              "degraded: the engine is unreachable, the state of all services is unknown");
    EXPECT_NE(status_text(gone, noon, plain).find("web      unknown  0/1      the engine does not respond\n"),
              std::string::npos)
        << status_text(gone, noon, plain);
    EXPECT_EQ(headline(paused, noon), "paused: no changes for another 12 min");
    EXPECT_EQ(headline(forever, noon), "paused: no changes until `dockerextd resume`");
    EXPECT_NE(status_text(hung, noon, plain).find("engine    not answering for 40 s: no answer in time\n"),
              std::string::npos);
}

TEST(StatusText, ColoursStatesOnlyWhereAsked) {
    const std::string text = status_text(bad_status(), noon, {80, true});
    EXPECT_TRUE(text.starts_with("\033[31mdegraded: ")) << text;
    EXPECT_NE(text.find("\033[32mrunning\033[0m"), std::string::npos);
    EXPECT_NE(text.find("\033[33mdrifted\033[0m"), std::string::npos);
    EXPECT_EQ(status_text(bad_status(), noon, plain).find('\033'), std::string::npos);
}

/// Every text in it is too long and full of terminal control characters, as a hostile source could send.
Status hostile_status() {
    const std::string control_characters =
        "\x1b[2J\x1b]0;" + std::string(70, 'x') + "\x9B" + "\r\n" + std::string(70, 'y');
    Status status;
    status.state = OverallState::degraded;
    status.settings = {9223372036854775807,
                       SettingsSource::azure,
                       SettingsState::rejected,
                       {{control_characters, control_characters}}};
    status.engine = {EngineState::unreachable, control_characters, control_characters, control_characters,
                     noon};
    status.parts = {{control_characters, PartState::failed, control_characters}};
    ServiceStatus web = service(control_characters, ServiceState::failed, 0, control_characters);
    web.drift = {{control_characters, control_characters, control_characters}};
    web.containers = {
        {{control_characters}, {control_characters}, {}, Health::unhealthy, {control_characters}}};
    web.next_attempt = noon;
    status.services = {web};
    status.parts.push_back({"swarm", PartState::ok, control_characters});
    status.swarm = SwarmStatus{};
    status.swarm->nodes = {{control_characters, control_characters, SwarmRole::manager,
                            NodeAvailability::active, NodeState::down, "unreachable", control_characters,
                            control_characters}};
    status.held = {
        {subject_of(NetworkName{control_characters}), {}, Held::Why::frozen, control_characters, {}}};
    return status;
}

TEST(Texts, FitTheScreenAndHaveNoControlSequences) {
    const Status status = hostile_status();
    const std::string& control_characters = status.settings.errors.front().message;
    const PlanAnswer plan{{{0,
                            {1, 2},
                            control_characters,
                            control_characters,
                            {Subject::Kind::container, control_characters},
                            control_characters,
                            control_characters,
                            control_characters,
                            {{control_characters, control_characters, control_characters}}}},
                          status.held};
    const std::vector<state::JournalEntry> history{
        past(noon, control_characters, control_characters, control_characters, control_characters,
             {{control_characters, control_characters, control_characters}}, StepStatus::failed,
             control_characters, 301ms)};
    for (const std::string& text :
         {status_text(status, noon, plain), plan_listing(plan, plain), history_text(history, plain),
          explain_text({status.services.front(), plan, history}, noon, plain)}) {
        std::istringstream lines(text);
        for (std::string line; std::getline(lines, line);) {
            EXPECT_LE(width_of(line), 80U) << line;
            EXPECT_EQ(printable(line), line);
        }
    }
}

PlanAnswer some_plan() {
    PlanAnswer plan;
    plan.steps = {
        {0, {}, "pull image", "nginx:1", {}, "", "not found", "", {}},
        {1, {0}, "create", "demo-web-1", {}, "web", "image changed", "", {{"image", "nginx:1", "nginx:2"}}},
        {2, {0, 1}, "start", "demo-web-1", {}, "web", "image changed", "db to be healthy", {}}};
    plan.held = {{{Subject::Kind::container, "db-1"},
                  ServiceName{"db"},
                  Held::Why::backoff,
                  "exited with code 1",
                  {}}};
    return plan;
}

TEST(PlanListing, ReportsEachStepWithItsReasonAndConditions) {
    EXPECT_EQ(plan_listing(some_plan(), plain),
              "3 steps to do\n"
              "images: not found\n"
              "  0  pull image nginx:1\n"
              "web: create: image changed\n"
              "    image: nginx:1 → nginx:2\n"
              "  1  create demo-web-1  after 0\n"
              "  2  start demo-web-1   after 0, 1; waits for db to be healthy\n"
              "held back:\n"
              "  container db-1  backoff  exited with code 1\n");
    EXPECT_EQ(plan_listing({}, plain), "nothing to do\n");
}

TEST(PlanListing, ReportsNewObjects) {
    PlanAnswer plan;
    plan.steps = {{0, {}, "pull image", "nginx:1", {}, "", "not present", "", {}},
                  {1, {}, "create network", "demo_default", {}, "", "not found", "", {}},
                  {2, {}, "create volume", "demo_data", {}, "", "not found", "", {}},
                  {3, {1}, "create", "demo-cache-1", {}, "cache", "not found", "", {}},
                  {4,
                   {},
                   "log in to",
                   "example.com",
                   {Subject::Kind::part, "registry.example.com"},
                   "",
                   "not verified yet",
                   "",
                   {}}};
    EXPECT_EQ(plan_listing(plan, plain),
              "5 steps to do\n"
              "images: not present\n"
              "  0  pull image nginx:1\n"
              "networks and volumes: to be created\n"
              "  1  create network demo_default\n"
              "  2  create volume demo_data\n"
              "registry login: not verified yet\n"
              "  4  log in to example.com\n"
              "cache: new\n"
              "  3  create demo-cache-1  after 1\n");
}

TEST(StatusText, ReportsTheSettingsSourceAndFailureCounts) {
    Status status = good_status();
    status.settings.sequence -= 24LL * 3600 * 1000000;
    EXPECT_THAT(status_text(status, noon, plain),
                testing::HasSubstr("settings  applied 2024-01-30 12:00:00 from the command line\n"));
    status.settings = {7, SettingsSource::azure, SettingsState::accepted, {}};
    status.services[1].state = ServiceState::failed;
    for (const auto& [attempts, words] :
         {std::pair(1U, "failed once; retrying now"), std::pair(2U, "failed twice; retrying now")}) {
        status.services[1].attempts = attempts;
        status.services[1].next_attempt = noon + 100ms;
        EXPECT_THAT(status_text(status, noon, plain),
                    testing::AllOf(testing::HasSubstr("settings  applied from Azure, sequence 7\n"),
                                   testing::HasSubstr(words)));
    }
}

TEST(PlanListing, ReportsChangesToTheEngine) {
    PlanAnswer plan;
    plan.steps = {{0,
                   {},
                   "change",
                   "docker.service",
                   {Subject::Kind::part, "engine.configuration"},
                   "",
                   "label is set",
                   "",
                   {}}};
    EXPECT_EQ(plan_listing(plan, plain),
              "1 step to do\n"
              "engine: label is set\n"
              "  0  change docker.service\n");
}

TEST(PlanListing, GroupsByServiceAndOmitsRepetitions) {
    const std::vector<model::Change> change{{"memory", "64m", "128m"}};
    PlanAnswer plan;
    plan.steps = {
        {0, {}, "create", "demo-web-1", {}, "web", "memory changed", "x to come", change},
        {1, {0}, "stop", "demo-web-1", {}, "web", "memory changed", "x to come", {}},
        {2, {}, "update", "demo-db-1", {}, "db", "restart changed", "", {{"restart", "no", "always"}}},
        {3, {}, "create", "demo-web-2", {}, "web", "memory changed", "x to come", change},
        {4, {}, "remove", "demo-web-3", {}, "web", "more replicas than wanted", "", {}}};
    EXPECT_EQ(plan_listing(plan, plain),
              "5 steps to do\n"
              "web: recreate: memory changed\n"
              "    memory: 64m → 128m\n"
              "  0  create demo-web-1  waits for x to come\n"
              "  1  stop demo-web-1    after 0\n"
              "  3  create demo-web-2\n"
              "web: remove: more replicas than wanted\n"
              "  4  remove demo-web-3\n"
              "db: change in place: restart changed\n"
              "    restart: no → always\n"
              "  2  update demo-db-1\n");
}

std::vector<state::JournalEntry> some_history() {
    return {
        past(noon - 24h, "create", "demo-web-1", "web", "not found", {}, StepStatus::done, "", 1204ms),
        past(noon - 10min, "start", "demo-web-1", "web", "stopped manually", {{"state", "exited", "running"}},
             StepStatus::done, "", 301ms),
        past(noon - 5min, "start", "demo-db-1", "db", "not running", {}, StepStatus::failed, "port is taken",
             42s),
        past(noon - 1min, "create", "demo-db-1", "db", "not found", {}, StepStatus::interrupted, "", 0ms)};
}

TEST(HistoryText, ListsNewestLastGroupedByDay) {
    EXPECT_EQ(history_text(some_history(), plain),
              "2024-01-30\n"
              "12:00:00  create demo-web-1  done  1204 ms  not found\n"
              "\n"
              "2024-01-31\n"
              "11:50:00  start demo-web-1  done         301 ms  stopped manually (state: exited\n"
              "                                                 → running)\n"
              "11:55:00  start demo-db-1   failed       42 s    not running\n"
              "                                                 error: port is taken\n"
              "11:59:00  create demo-db-1  interrupted          not found\n");
    EXPECT_EQ(history_text({}, plain), "no actions in this period\n");
}

TEST(HistoryText, ShowsARepeatedActionOnce) {
    std::vector<state::JournalEntry> history;
    for (int i = 0; i < 41; ++i) {
        for (state::JournalEntry step : {some_history()[1], some_history()[2]}) {
            step.time = noon - 41min + i * 1min;
            history.push_back(step);
        }
    }
    history.push_back(some_history()[3]);
    history.back().time = noon;
    EXPECT_EQ(history_text(history, plain),
              "2024-01-31\n"
              "11:59:00  start demo-web-1         done         301 ms  stopped manually (state:\n"
              "          41 times since 11:19:00                       exited → running)\n"
              "11:59:00  start demo-db-1          failed       42 s    not running\n"
              "          41 times since 11:19:00                       error: port is taken\n"
              "12:00:00  create demo-db-1         interrupted          not found\n");
}

TEST(ExplainText, ReportsEverythingKnownAboutAService) {
    Explanation explanation;
    explanation.service = bad_status().services[1];
    explanation.service.containers = {
        {{"demo-db-1"}, {std::string(64, 'a')}, ContainerState::exited, Health::none, {"postgres:15"}}};
    explanation.service.drift = {{"state", "exited", "running"}};
    explanation.service.evidence = {{"last output of demo-db-1", {"first line", "FATAL: no space left"}}};
    explanation.plan.held = some_plan().held;
    explanation.history = {some_history()[2]};
    EXPECT_EQ(explain_text(explanation, noon, plain),
              "db: failed, 0 of 1 running, since 2024-01-31 11:55:57 (4 min)\n"
              "  why       start demo-db-1: Bind for 0.0.0.0:5432 failed: port is already\n"
              "            allocated\n"
              "  differs   state: exited → running\n"
              "  attempts  failed 5 times; retrying in 12 s\n"
              "\n"
              "last output of demo-db-1:\n"
              "  first line\n"
              "  FATAL: no space left\n"
              "\n"
              "containers:\n"
              "  demo-db-1  aaaaaaaaaaaa  exited  postgres:15\n"
              "\n"
              "plan:\n"
              "  held back:\n"
              "    container db-1  backoff  exited with code 1\n"
              "\n"
              "last actions:\n"
              "  2024-01-31\n"
              "  11:55:00  start demo-db-1  failed  42 s  not running\n"
              "                                           error: port is taken\n");
}

TEST(FindingsText, ShowsEachFindingWithItsRemedy) {
    using enum FindingState;
    const std::vector<Finding> findings{
        {"answers", Category::daemon, ok, "dockerextd answers on its control socket", "", "doctor.md#daemon"},
        {"lock", Category::daemon, skipped, "needs root", "", "doctor.md#daemon"},
        {"log-rotation", Category::engine, warning,
         "logs without a limit (json-file without max-size) of shop-web-1, shop-db-1", "limit them\x1b",
         "settings.md#docker"},
        {"socket", Category::security, error, "everybody can write to the engine's socket",
         "chmod 0660 /run/docker.sock", "doctor.md#security"}};
    EXPECT_EQ(findings_text(findings, plain),
              "daemon\n"
              "  ok       answers  dockerextd answers on its control socket\n"
              "  skipped  lock     needs root\n"
              "\n"
              "engine\n"
              "  warning  log-rotation  logs without a limit (json-file without max-size) of\n"
              "                         shop-web-1, shop-db-1\n"
              "                         → limit them\uFFFD\n"
              "                         see settings.md#docker\n"
              "\n"
              "security\n"
              "  error  socket  everybody can write to the engine's socket\n"
              "                 → chmod 0660 /run/docker.sock\n"
              "                 see doctor.md#security\n"
              "\n"
              "1 error, 1 warning, 1 ok, 1 skipped\n"
              "settings.md and doctor.md are in /usr/share/doc/dockerextd\n");
    EXPECT_EQ(findings_text({findings[0]}, plain),
              "daemon\n  ok  answers  dockerextd answers on its control socket\n\n1 ok\n");
}

TEST(ExplainText, ReportsAnObject) {
    Explanation explanation;
    explanation.object = ObjectStatus{
        subject_of(NetworkName{"demo_default"}), "absent", "pool overlaps", {{"used by", "web\x1b[31m"}}};
    EXPECT_EQ(explain_text(explanation, noon, plain),
              "network demo_default: absent\n"
              "  why      pool overlaps\n"
              "  used by  web\uFFFD[31m\n"
              "\n"
              "plan:\n"
              "  nothing to do\n"
              "\n"
              "last actions:\n"
              "  no actions in this period\n");
}

}  // namespace
}  // namespace dockerext::cli
