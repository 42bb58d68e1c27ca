#include "apply/executor.hpp"

#include "apply/bodies.hpp"
#include "base/spawn.hpp"
#include "support/fake_engine.hpp"
#include "support/run.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/asio/cancellation_signal.hpp>

#include <cstdlib>

namespace dockerext::apply {
namespace {

using model::Plan;
using model::Step;
using model::StepId;
using test::Answer;
using test::http_answer;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

const std::string no_content = "HTTP/1.1 204 No Content\r\n\r\n";

struct Folder {
    std::filesystem::path path;
    Folder() {
        std::string name = (std::filesystem::temp_directory_path() / "apply.XXXXXX").string();
        path = ::mkdtemp(name.data());
    }
    ~Folder() { std::filesystem::remove_all(path); }
};

Step step(std::string object, model::Operation operation, std::vector<StepId> after = {}) {
    Step made{.operation = std::move(operation), .subject = {.name = object}, .object = object};
    made.after = std::move(after);
    return made;
}
Step create(const std::string& name, std::vector<StepId> after = {}) {
    model::CreateContainer operation{.name = {name}, .spec = {}};
    operation.spec.labels = {{"com.docker.compose.service", name}, {"com.docker.compose.image", "sha256:1"}};
    return step(name, operation, std::move(after));
}
Step start(const model::ContainerRef& container, std::vector<StepId> after = {}) {
    return step("start", model::StartContainer{container}, std::move(after));
}
Step start(const std::string& id, std::vector<StepId> after = {}) {
    Step made = start(model::ContainerRef{model::ContainerId{id}}, std::move(after));
    made.object = id;
    return made;
}

struct ExecutorTest : testing::Test {
    Folder folder;
    asio::io_context io;
    test::FakeEngine fake{io};
    engine::Client client{io.get_executor(), fake.socket()};
    state::Journal journal = state::Journal::open(folder.path).value();
    std::optional<Executor> executor{std::in_place, client, journal, io.get_executor(), Bounds{.work = 2}};
    std::vector<std::string> ended;  ///< "start web: done"
    std::vector<Outcome> outcomes;
    std::vector<std::string> began;

    Executor::Callbacks callbacks() {
        return {
            .began = [this](const Step& begun) { began.push_back(begun.object); },
            .ended =
                [this](const Outcome& outcome) {
                    const std::string how = outcome.skipped ? "skipped" : outcome.error ? "failed" : "done";
                    ended.push_back(std::string(verb(outcome.step.operation)) + " " + outcome.step.object +
                                    ": " + how);
                    outcomes.push_back(outcome);
                },
            .progress = {}};
    }
    Task<void> running(std::vector<Step> steps, Redactor redact = {}) {
        Plan plan;
        plan.steps = std::move(steps);
        return executor->run(std::move(plan), 7, std::move(redact), callbacks());
    }
    void run(std::vector<Step> steps, Redactor redact = {}) {
        test::run_to_end(io, running(std::move(steps), std::move(redact)));
    }
    void starts(const std::string& id) { fake.answer("POST /v1.40/containers/" + id + "/start", no_content); }
    void creates(const std::string& name, const std::string& id) {
        fake.answer("POST /v1.40/containers/create?name=" + name,
                    http_answer(201, R"({"Id":")" + id + R"("})"));
    }
    void run_until_requests(std::size_t requests) {
        EXPECT_TRUE(test::run_until(io, [&] { return fake.requests().size() >= requests; }));
    }
    void run_until_steps_ended(std::size_t steps) {
        EXPECT_TRUE(test::run_until(io, [&] { return ended.size() >= steps; }));
    }
    /// Gives unwanted events time to occur.
    void settle() {
        io.restart();
        io.run_for(std::chrono::milliseconds(20));
    }
};

TEST_F(ExecutorTest, AStepRunsWhenWhatItComesAfterIsDone) {
    creates("web", "id-web");
    starts("id-web");
    run({create("web"), start(model::ContainerRef{StepId{0}}, {0})});
    EXPECT_THAT(fake.requests(),
                ElementsAre("POST /v1.40/containers/create?name=web", "POST /v1.40/containers/id-web/start"));
    EXPECT_THAT(ended, ElementsAre("create web: done", "start start: done"));
    EXPECT_EQ(outcomes[0].created, model::ContainerId{"id-web"});
    EXPECT_EQ(outcomes[0].container, model::ContainerId{"id-web"});
    EXPECT_EQ(outcomes[1].container, model::ContainerId{"id-web"});
}

TEST_F(ExecutorTest, AFailureSkipsOnlyTheStepsThatDependOnIt) {
    fake.answer("POST /v1.40/containers/a/start", http_answer(409, R"({"message":"port is taken"})"));
    starts("d");
    run({start("a"), start("b", {0}), start("c", {1}), start("d")});
    EXPECT_THAT(ended, UnorderedElementsAre("start a: failed", "start b: skipped", "start c: skipped",
                                            "start d: done"));
    const auto failed =
        std::find_if(outcomes.begin(), outcomes.end(), [](const auto& o) { return o.step.object == "a"; });
    EXPECT_THAT(failed->error->message(), testing::HasSubstr("port is taken"));
    EXPECT_EQ(fake.requests().size(), 2U);
}

/// Otherwise the bug would end the daemon again after each restart.
TEST_F(ExecutorTest, AnExceptionFailsOnlyItsStep) {
    starts("db");
    Executor::Callbacks following = callbacks();
    following.pull_auth = [](const model::ImageRef&) -> Task<std::optional<Secret>> {
        throw std::out_of_range("basic_string::substr");
    };
    Plan plan;
    plan.steps = {step("web:1", model::PullImage{.image = {"web:1"}}), create("web", {0}), start("db")};
    test::run_to_end(io, executor->run(std::move(plan), 7, {}, std::move(following)));
    EXPECT_THAT(ended,
                UnorderedElementsAre("pull image web:1: failed", "create web: skipped", "start db: done"));
    ASSERT_FALSE(outcomes.empty());
    EXPECT_EQ(outcomes.front().error->message(), "a bug in dockerextd: basic_string::substr");
}

TEST_F(ExecutorTest, AFailureSkipsAChainOfAnyLength) {
    constexpr StepId length = 30'000;  // too many for one stack frame each
    fake.answer("POST /v1.40/containers/s/start", http_answer(409, "{}"));
    std::vector<Step> chain{start("s")};
    while (chain.size() < length) chain.push_back(start("s", {chain.size() - 1}));
    run(std::move(chain));
    EXPECT_EQ(outcomes.size(), length);
    EXPECT_EQ(fake.requests().size(), 1U);
}

TEST_F(ExecutorTest, AStepWaitsForAllPredecessorsAndIsSkippedOnce) {
    starts("a");
    fake.answer("POST /v1.40/containers/b/start", http_answer(409, "{}"));
    fake.answer("POST /v1.40/containers/c/start", http_answer(409, "{}"));
    run({start("a"), start("b"), start("c"), start("d", {0, 1, 2})});
    EXPECT_EQ(std::count(ended.begin(), ended.end(), "start d: skipped"), 1);
}

TEST_F(ExecutorTest, StepsThatWaitForSomethingAreNeitherRunNorReported) {
    Step waiting = start("a");
    waiting.waits_for = "db to be healthy";
    Step other_waiting = start("b", {0});
    other_waiting.waits_for = "a to be started";
    run({waiting, other_waiting, start("c", {0})});
    EXPECT_THAT(fake.requests(), IsEmpty());
    EXPECT_THAT(ended, ElementsAre("start c: skipped"));
}

TEST_F(ExecutorTest, LimitsConcurrentCallsOverAllRuns) {
    std::vector<Step> first{start("a"), start("b")};
    std::vector<Step> second{start("c"), start("d")};
    test::start(io, running(first));
    test::start(io, running(second));
    run_until_requests(2);
    settle();
    EXPECT_EQ(fake.requests().size(), 2U);
    executor->cancel_steps();
    run_until_steps_ended(2);
    EXPECT_THAT(ended, UnorderedElementsAre("start c: skipped", "start d: skipped"));
    fake.close_idle_connections();
}

TEST_F(ExecutorTest, PullsDoNotHoldUpTheRest) {
    starts("a");
    std::vector<Step> steps;
    for (const std::string image : {"i1", "i2", "i3", "i4"})
        steps.push_back(step(image, model::PullImage{{image}}));
    steps.push_back(start("a"));
    test::start(io, running(steps));
    run_until_requests(4);
    run_until_steps_ended(1);
    settle();
    EXPECT_THAT(ended, ElementsAre("start a: done"));
    EXPECT_EQ(fake.requests().size(), 4U);  // three pulls and the start
    executor->cancel_steps();
    run_until_steps_ended(5);
    EXPECT_THAT(ended, UnorderedElementsAre("start a: done", "pull image i1: failed", "pull image i2: failed",
                                            "pull image i3: failed", "pull image i4: skipped"));
    for (const Outcome& outcome : outcomes) {
        EXPECT_TRUE(!outcome.error || outcome.error->kind() == ErrorKind::cancelled);
    }
}

/// This includes a pull that trickles for an hour.
TEST_F(ExecutorTest, PullsThatTakeLongDoNotHoldUpAnother) {
    executor.emplace(client, journal, io.get_executor(), Bounds{.lease = std::chrono::milliseconds(1)});
    std::vector<Step> steps;
    for (const std::string image : {"i1", "i2", "i3", "i4"})
        steps.push_back(step(image, model::PullImage{{image}}));
    test::start(io, running(steps));
    run_until_requests(4);
    executor->cancel_steps();
    run_until_steps_ended(4);
}

TEST_F(ExecutorTest, CallsThatWaitForAContainerDoNotHoldUpTheRest) {
    const model::ContainerRef c = model::ContainerId{"c"};
    const std::vector<model::Operation> waiting{model::StopContainer{.container = c},
                                                model::RestartContainer{.container = c},
                                                model::RunHook{.container = c, .hook = {}}};
    starts("a");
    for (const model::Operation& operation : waiting) {
        ended.clear();
        const std::size_t before = fake.requests().size();
        test::start(io, running({step("1", operation), step("2", operation), step("3", operation),
                                 step("4", operation), start("a")}));
        run_until_requests(before + 5);
        run_until_steps_ended(1);
        EXPECT_THAT(ended, ElementsAre("start a: done")) << verb(operation);
    }
}

TEST_F(ExecutorTest, ACancelledPlanFinishesRunningStepsAndStartsNone) {
    const std::string a = "POST /v1.40/containers/a/start";
    fake.answers(a, {Answer{no_content, Answer::Then::keep, Answer::Pace::by_bytes}});
    test::start(io, running({start("a"), start("b", {0})}));
    run_until_requests(1);
    executor->cancel_steps();
    run_until_steps_ended(2);
    EXPECT_THAT(ended, ElementsAre("start a: done", "start b: skipped"));
}

/// The old container has already been told to stop; without the rest of the hand-over the service would stay
/// down.
TEST_F(ExecutorTest, ACancelledPlanRestoresWhatItRemoved) {
    const std::string stop = "POST /v1.40/containers/old/stop";
    fake.answers(stop, {Answer{no_content, Answer::Then::keep, Answer::Pace::by_bytes}});
    fake.answer("PUT /v1.40/containers/new/archive?path=%2F", no_content);
    starts("new");
    Step put = step("put", model::PutFiles{.container = model::ContainerId{"new"}, .files = {}}, {0});
    Step swap = start("new", {1});
    put.restores = swap.restores = true;
    test::start(io, running({step("old", model::StopContainer{.container = model::ContainerId{"old"}}), put,
                             swap, start("next", {2})}));
    run_until_requests(1);
    executor->cancel_steps();
    run_until_steps_ended(4);
    EXPECT_THAT(ended, ElementsAre("stop old: done", "put files into put: done", "start new: done",
                                   "start next: skipped"));
}

TEST_F(ExecutorTest, ACancelledPlanStartsNoRemoval) {
    starts("a");
    fake.answers("POST /v1.40/containers/a/start",
                 {Answer{no_content, Answer::Then::keep, Answer::Pace::by_bytes}});
    Step swap = start("new", {1});
    swap.restores = true;
    test::start(
        io, running({start("a"),
                     step("old", model::StopContainer{.container = model::ContainerId{"old"}}, {0}), swap}));
    run_until_requests(1);
    executor->cancel_steps();
    run_until_steps_ended(3);
    EXPECT_THAT(ended, ElementsAre("start a: done", "stop old: skipped", "start new: skipped"));
}

TEST_F(ExecutorTest, ReportsHowLongReplacedContainersMayTakeToStop) {
    const model::ContainerRef c = model::ContainerId{"c"};
    const auto hours = [](int count) { return std::chrono::seconds(std::chrono::hours(count)); };
    Step swap = start("new", {0});
    swap.restores = true;
    const std::vector<std::tuple<std::string, std::vector<Step>, int>> cases{
        {"one that goes for good", {step("c", model::StopContainer{c, hours(3)}), start("b", {0})}, 0},
        {"one that makes way", {step("c", model::StopContainer{c, hours(3)}), swap}, 3},
        {"one that is restarted", {step("c", model::RestartContainer{c, hours(3)})}, 3},
        {"the longest of all", {step("c", model::RestartContainer{c, hours(5)})}, 5},
    };
    for (const auto& [what, steps, expected] : cases) {
        const std::size_t asked = fake.requests().size();
        test::start(io, running(steps));
        run_until_requests(asked + 1);
        const auto left = std::chrono::round<std::chrono::hours>(executor->grace_left());
        EXPECT_EQ(left.count(), expected) << what;
    }
}

TEST_F(ExecutorTest, CancellingARunEndsItAtOnce) {
    asio::cancellation_signal stop;
    bool over = false;
    spawn(
        io.get_executor(),
        running({start("a"), start("b"), start("c"), start("d", {0}), step("i", model::PullImage{{"i"}})}),
        [&](const std::exception_ptr&) { over = true; }, stop.slot());
    run_until_requests(3);
    stop.emit(asio::cancellation_type::terminal);
    EXPECT_TRUE(test::run_until(io, [&] { return over; }));
    EXPECT_THAT(ended, UnorderedElementsAre("start a: failed", "start b: failed", "start c: skipped",
                                            "start d: skipped", "pull image i: failed"));
}

TEST_F(ExecutorTest, JournalsEachStepWithItsResult) {
    creates("web", "id-web");
    fake.answer("POST /v1.40/containers/id-web/start", http_answer(500, R"({"message":"no such device"})"));
    Step first = create("web");
    first.reason = "not found";
    first.service = {"web"};
    first.changes = {{"state", "absent", "running"}};
    run({first, start(model::ContainerRef{StepId{0}}, {0}), start("later", {1})});
    const auto entries = journal.recent();
    ASSERT_EQ(entries.size(), 2U);
    EXPECT_EQ(entries[0].verb, verb(first.operation));
    EXPECT_EQ(entries[0].object, "web");
    EXPECT_EQ(entries[0].service, "web");
    EXPECT_EQ(entries[0].reason, "not found");
    EXPECT_EQ(entries[0].cycle, 7U);
    EXPECT_EQ(entries[0].changes, first.changes);
    EXPECT_EQ(entries[0].status, state::JournalEntry::Status::done);
    EXPECT_EQ(entries[1].status, state::JournalEntry::Status::failed);
    EXPECT_THAT(entries[1].error, testing::HasSubstr("no such device"));
}

TEST_F(ExecutorTest, HidesSecretsInEngineErrors) {
    fake.answer("POST /v1.40/containers/a/start", http_answer(500, R"({"message":"bad value hunter22"})"));
    run({start("a")}, Redactor({Secret("hunter22")}));
    EXPECT_THAT(outcomes.at(0).error->message(), testing::Not(testing::HasSubstr("hunter22")));
    EXPECT_THAT(outcomes.at(0).error->message(), testing::HasSubstr("(hidden)"));
    EXPECT_THAT(journal.recent().at(0).error, testing::Not(testing::HasSubstr("hunter22")));
}

TEST_F(ExecutorTest, FindsTheContainerWhenTheAnswerToCreateIsLost) {
    const auto found = [](const std::string& image, const std::string& service) {
        return R"({"Id":"late","Image":")" + image +
               R"(","Config":{"Labels":{"com.docker.compose.service":")" + service +
               R"(","com.docker.compose.image":"sha256:1","of the image":"x"}}})";
    };
    const std::string labelled = found("sha256:1", "web");
    const std::string stranger = found("sha256:1", "db");
    const std::string inherited = found("sha256:2", "web");
    const std::vector<std::tuple<std::string, unsigned, std::string, std::string>> cases{
        {"", 200, labelled, "create web: done"},     // connection closed without an answer, but done
        {"", 200, stranger, "create web: failed"},   // another container has the name
        {"", 200, inherited, "create web: failed"},  // the labels come from its image
        {"", 404, "{}", "create web: failed"},
        {http_answer(500, "{}"), 200, labelled, "create web: done"},
        {http_answer(409, "{}"), 200, labelled, "create web: done"},  // made by the previous process
        {http_answer(409, "{}"), 200, stranger, "create web: failed"},
        {http_answer(400, "{}"), 200, labelled, "create web: failed"},  // a 400 is a definite answer
    };
    for (const auto& [answer, status, inspect, how] : cases) {
        SCOPED_TRACE(answer + inspect);
        ended.clear();
        outcomes.clear();
        fake.answers("POST /v1.40/containers/create?name=web", {Answer{answer, Answer::Then::close}});
        fake.answer("GET /v1.40/containers/web/json", http_answer(status, inspect));
        run({create("web")});
        EXPECT_THAT(ended, ElementsAre(how));
        EXPECT_EQ(outcomes[0].created.has_value(), how.ends_with("done"));
    }
}

TEST_F(ExecutorTest, EachOperationMakesItsEngineCall) {
    const model::ContainerRef c = model::ContainerId{"c"};
    const std::vector<std::tuple<model::Operation, std::string, std::string>> cases{
        {model::CreateNetwork{{.name = {"n"}}}, "POST /v1.40/networks/create", R"("Name":"n")"},
        {model::RemoveNetwork{{"id-n"}, {"n"}}, "DELETE /v1.40/networks/id-n", ""},
        {model::RemoveVolume{{"v"}}, "DELETE /v1.40/volumes/v", ""},
        {model::RemoveImage{{"sha256:1"}, {}}, "DELETE /v1.40/images/sha256%3A1?noprune=1", ""},
        {model::CreateVolume{{.name = {"v"}}}, "POST /v1.40/volumes/create", R"("Name":"v")"},
        {model::ConnectNetwork{c, {"n"}, {.aliases = {"web"}}}, "POST /v1.40/networks/n/connect",
         R"("Aliases":["web"])"},
        {model::DisconnectNetwork{c, {"n"}}, "POST /v1.40/networks/n/disconnect", R"("c")"},
        {model::UpdateContainer{.container = c, .memory = model::Bytes{9}}, "POST /v1.40/containers/c/update",
         R"("Memory":9)"},
        {model::RenameContainer{c, {"web"}}, "POST /v1.40/containers/c/rename?name=web", ""},
        {model::UnpauseContainer{c}, "POST /v1.40/containers/c/unpause", ""},
        {model::StartContainer{c}, "POST /v1.40/containers/c/start", ""},
        {model::RestartContainer{.container = c}, "POST /v1.40/containers/c/restart", ""},
        {model::StopContainer{.container = c}, "POST /v1.40/containers/c/stop", ""},
        {model::RemoveContainer{c}, "DELETE /v1.40/containers/c?force=1", ""},
    };
    fake.answer("GET /v1.40/images/sha256%3A1/json", http_answer(200, "{}"));
    fake.answer("GET /v1.40/containers/json?all=1&filters=%7B%22ancestor%22%3A%5B%22sha256%3A1%22%5D%7D",
                http_answer(200, "[]"));
    for (const auto& [operation, line, body] : cases) {
        SCOPED_TRACE(line);
        fake.answer(line, http_answer(200, R"({"Id":"id"})"));
        run({step("x", operation)});
        EXPECT_EQ(fake.requests().back(), line);
        EXPECT_THAT(fake.bodies().back(), testing::HasSubstr(body));
        EXPECT_TRUE(ended.back().ends_with("done"));
    }
}

TEST_F(ExecutorTest, PullsAndBuildsSendTheLogins) {
    const std::string pull = "POST /v1.40/images/create?fromImage=host%2Fapp&tag=latest";
    fake.answers(pull, {{test::chunked_head() + test::chunk("")}});
    fake.answer("GET /v1.40/images/json?all=1&digests=1", http_answer(200, "[]"));
    Executor::Callbacks with = callbacks();
    with.pull_auth = [](model::ImageRef image) -> Task<std::optional<Secret>> {
        co_return Secret("for-" + image.value);
    };
    with.build_auth = []() -> Task<std::optional<Secret>> { co_return Secret("for-all"); };
    Plan plan;
    model::BuildImage build{.image = {"web"}, .build = {}};
    build.build.context = model::Build::Remote{"https://example.com/repo.git", ""};
    plan.steps = {step("app", model::PullImage{{"host/app"}}), step("web", build)};
    test::start(io, executor->run(std::move(plan), 7, {}, std::move(with)));
    run_until_requests(3);
    EXPECT_THAT(fake.heads(), UnorderedElementsAre(HasSubstr("GET /v1.40/images/json?all=1"),
                                                   HasSubstr("\r\nX-Registry-Auth: for-host/app\r\n"),
                                                   HasSubstr("\r\nX-Registry-Config: for-all\r\n")));
    executor->cancel_steps();
    run_until_steps_ended(2);
}

TEST_F(ExecutorTest, ABuildReportsWhatItMadeEvenIfItFails) {
    const auto id = [](char digit) { return "sha256:" + std::string(64, digit); };
    const auto image = [&](char digit, const std::string& names) {
        return R"({"Id":")" + id(digit) + "\"" + names + "}";
    };
    fake.answers(
        "GET /v1.40/images/json?all=1&digests=1",
        {{http_answer(200, "[" + image('a', "") + "]")},
         {http_answer(200, "[" + image('a', "") + "," + image('b', "") + "," +
                               image('c', R"(,"RepoTags":["base:1"],"RepoDigests":["base@sha256:d"])") + "," +
                               image('d', "") + "]")}});
    std::string output;
    for (const char digit : {'a', 'b', 'c'})
        output += R"({"stream":" ---\u003e )" + std::string(12, digit) + R"(\n"})" + "\r\n";
    model::BuildImage build{.image = {"web"}, .build = {}};
    build.build.context = model::Build::Remote{"https://example.com/repo.git", ""};
    fake.answers("POST /v1.40/build?version=1&" + build_query(build, ""),
                 {{test::chunked_head() + test::chunk(output + R"({"error":"it broke"})" + "\r\n") +
                   test::chunk("")}});
    run({step("web", build)});
    EXPECT_THAT(ended, ElementsAre("build image web: failed"));
    const std::map<model::ImageId, model::BroughtImage> built = {{{id('b')}, {.built = true}},
                                                                 {{id('c')}, {.tags = {"base:1"}}}};
    EXPECT_EQ(outcomes.at(0).built, built);
}

TEST_F(ExecutorTest, ALoginIsVerifiedWithTheEngine) {
    fake.answer("POST /v1.40/auth", http_answer(401, R"({"message":"unauthorized: no"})"));
    run({step("host", model::VerifyLogin{"host", {"me", Secret("sesame")}})});
    EXPECT_EQ(outcomes.at(0).error->kind(), ErrorKind::invalid_input);
    EXPECT_THAT(outcomes.at(0).error->message(), HasSubstr("user name or password rejected"));
}

TEST_F(ExecutorTest, EachOperationOnASwarmMakesItsCall) {
    const std::vector<std::tuple<model::Operation, std::string, std::string>> cases{
        {model::InitSwarm{.advertise = "10.0.0.4"}, "POST /v1.40/swarm/init",
         R"("AdvertiseAddr":"10.0.0.4")"},
        {model::JoinSwarm{.manager = {"10.0.0.5", 2377}, .token = Secret("token")}, "POST /v1.40/swarm/join",
         R"("RemoteAddrs":["10.0.0.5:2377"],"JoinToken":"token")"},
        {model::UnlockSwarm{Secret("key")}, "POST /v1.40/swarm/unlock", R"({"UnlockKey":"key"})"},
        {model::LeaveSwarm{}, "POST /v1.40/swarm/leave", ""},
        {model::LeaveSwarm{.force = true}, "POST /v1.40/swarm/leave?force=1", ""},
        {model::UpdateNode{.id = "n1", .role = model::SwarmRole::worker},
         "POST /v1.40/nodes/n1/update?version=20", R"({"Labels":{"a":"b"},"Role":"worker"})"},
        {model::UpdateSwarm{.task_history = 2}, "POST /v1.40/swarm/update?version=38",
         R"({"Orchestration":{"TaskHistoryRetentionLimit":2}})"},
        {model::RemoveNode{"n1"}, "DELETE /v1.40/nodes/n1", ""},
    };
    fake.answer("GET /v1.40/nodes/n1",
                http_answer(200, R"({"Version":{"Index":20},"Spec":{"Labels":{"a":"b"},"Role":"manager"}})"));
    fake.answer("GET /v1.40/swarm",
                http_answer(200, R"({"Version":{"Index":38},"Spec":{"Orchestration":{}},"JoinTokens":{}})"));
    for (const auto& [operation, line, body] : cases) {
        SCOPED_TRACE(line);
        fake.answer(line, http_answer(200, ""));
        run({step("x", operation)});
        EXPECT_EQ(fake.requests().back(), line);
        EXPECT_THAT(fake.bodies().back(), HasSubstr(body));
        EXPECT_THAT(ended.back(), testing::EndsWith("done"));
    }
}

TEST_F(ExecutorTest, EachOperationOnAStackMakesItsCall) {
    const std::string nginx =
        R"({"Name":"demo_web","TaskTemplate":{"ContainerSpec":{"Image":"nginx:1@sha256:d"}}})";
    const std::string written = R"({"Name":"demo_web"})";
    const std::vector<std::tuple<model::Operation, std::string, std::string>> cases{
        {model::CreateStackFile{{.name = "demo_app"}}, "POST /v1.40/configs/create", R"("Name":"demo_app")"},
        {model::RemoveStackFile{model::StackFileKind::secret, "k1"}, "DELETE /v1.40/secrets/k1", ""},
        {model::CreateStackService{{"nginx:1"}, written}, "POST /v1.40/services/create", nginx},
        {model::UpdateStackService{"s1", 20, {"nginx:1"}, written, true},
         "POST /v1.40/services/s1/update?version=20", nginx},
        {model::RemoveStackService{"s1"}, "DELETE /v1.40/services/s1", ""},
    };
    fake.answer("GET /v1.40/distribution/nginx:1/json",
                http_answer(200, R"({"Descriptor":{"digest":"sha256:d"}})"));
    for (const auto& [operation, line, body] : cases) {
        SCOPED_TRACE(line);
        fake.answer(line, http_answer(200, ""));
        run({step("x", operation)});
        EXPECT_EQ(fake.requests().back(), line);
        EXPECT_THAT(fake.bodies().back(), HasSubstr(body));
        EXPECT_THAT(ended.back(), testing::EndsWith("done"));
    }
}

TEST_F(ExecutorTest, ServicesOfAStackGetTheLoginForTheirImage) {
    fake.answer("GET /v1.40/distribution/host/app:1/json", http_answer(404, "{}"));
    fake.answer("POST /v1.40/services/create", http_answer(201, "{}"));
    fake.answer("POST /v1.40/services/s1/update?version=20", http_answer(200, "{}"));
    Executor::Callbacks with = callbacks();
    with.pull_auth = [](model::ImageRef image) -> Task<std::optional<Secret>> {
        co_return Secret("for-" + image.value);
    };
    Plan plan;
    plan.steps = {step("demo_web", model::CreateStackService{{"host/app:1"}, "{}"}),
                  step("demo_db", model::UpdateStackService{"s1", 20, {"host/app:1"}, "{}"}, {0})};
    test::run_to_end(io, executor->run(std::move(plan), 7, {}, std::move(with)));
    EXPECT_THAT(ended, ElementsAre("create service demo_web: done", "update service demo_db: done"));
    EXPECT_EQ(fake.heads().size(), 3U);
    EXPECT_THAT(fake.heads(), testing::Each(HasSubstr("\r\nX-Registry-Auth: for-host/app:1\r\n")));
}

TEST_F(ExecutorTest, AFailedUpdateOfAServiceIsToldWithoutWhatTheStepSaysAlready) {
    fake.answer("POST /v1.40/services/s1/update?version=20",
                http_answer(500, R"({"message":"rpc error: code = Unknown desc = update out of sequence"})"));
    run({step("demo_web", model::UpdateStackService{.id = "s1", .version = 20, .spec = "{}"})});
    EXPECT_EQ(outcomes.at(0).error->message(), "it was changed meanwhile");
    EXPECT_EQ(outcomes.at(0).error->kind(), ErrorKind::conflict);
}

TEST_F(ExecutorTest, AFailedJoinIsToldWithoutWhatTheStepSaysAlready) {
    fake.answer("POST /v1.40/swarm/join", http_answer(500, R"({"message":"invalid join token"})"));
    run({step("10.0.0.5:2377", model::JoinSwarm{.manager = {"10.0.0.5", 2377}, .token = Secret("sesame")})});
    EXPECT_EQ(outcomes.at(0).error->message(), "the engine cannot read the join token");
    EXPECT_EQ(outcomes.at(0).error->kind(), ErrorKind::invalid_input);
}

TEST_F(ExecutorTest, AnUpdateFailsWhereItsQueryDoes) {
    fake.answer("GET /v1.40/nodes/n1", http_answer(404, R"({"message":"node n1 not found"})"));
    run({step("n1", model::UpdateNode{.id = "n1"})});
    EXPECT_EQ(outcomes.at(0).error->kind(), ErrorKind::not_found);
    EXPECT_EQ(fake.requests().size(), 1U);
}

TEST_F(ExecutorTest, WithoutHostAccessTheEngineIsNotChanged) {
    run({step("i", model::InstallEngine{}), step("c", model::ChangeEngine{}),
         step("s", model::StartEngine{})});
    ASSERT_EQ(outcomes.size(), 3U);
    for (const Outcome& outcome : outcomes) EXPECT_EQ(outcome.error->kind(), ErrorKind::invalid_input);
    EXPECT_THAT(fake.requests(), IsEmpty());
}

TEST_F(ExecutorTest, AnEmptyPlanEnds) {
    run({});
    EXPECT_THAT(ended, IsEmpty());
}

}  // namespace
}  // namespace dockerext::apply
