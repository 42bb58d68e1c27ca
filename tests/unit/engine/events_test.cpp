#include "engine/events.hpp"
#include "base/url.hpp"

#include "support/fake_engine.hpp"
#include "support/run.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dockerext::engine {
namespace {

using namespace std::chrono_literals;
using test::run;
using testing::HasSubstr;
using TimePoint = std::chrono::system_clock::time_point;

const std::string die =
    R"({"status":"die","id":"c1","Type":"container","Action":"die","Actor":{"ID":"c1",)"
    R"("Attributes":{"exitCode":"137","name":"web"}},"time":1700000000,"timeNano":1700000000123456789})";
const std::string filters =
    "&filters=" +
    percent_encoded(
        R"({"type":["container","network","volume","image","node","service",)"
        R"("config","secret"],"event":["create","start","restart","stop","kill","die","destroy","pause","unpause","rename","update",)"
        R"("oom","pull","tag","untag","delete","health_status","connect","disconnect",)"
        R"("remove","load","import","prune"]})");
const std::string from_epoch = "GET /v1.40/events?since=0.000000000" + filters;

struct EventsTest : testing::Test {
    asio::io_context io;
    test::FakeEngine fake{io};
    Client client{io.get_executor(), fake.socket()};

    EventStream open(std::vector<test::Answer> script) {
        fake.answers(from_epoch, std::move(script));
        return std::move(run(io, EventStream::open(client, TimePoint()))).value();
    }
    std::string error_after(const std::string& bytes) {
        EventStream stream = open({{test::chunked_head() + bytes, test::Answer::Then::close}});
        return run(io, stream.next()).error().message();
    }
};

TEST_F(EventsTest, SubscribesSinceATimeInNanoseconds) {
    const std::string line = "GET /v1.40/events?since=1700000000.000000042" + filters;
    fake.answer(line, test::chunked_head());
    EXPECT_TRUE(run(io, EventStream::open(client, TimePoint(1'700'000'000s + 42ns))));
    EXPECT_EQ(fake.requests().at(0), line);
}

TEST_F(EventsTest, ParsesActionActorAndTime) {
    auto stream = open({{test::chunked_head() + test::chunk(die + "\n")}});
    const auto event = run(io, stream.next());
    EXPECT_EQ(event->type, "container");
    EXPECT_EQ(event->action, "die");
    EXPECT_EQ(event->id, "c1");
    EXPECT_EQ(event->attributes, (std::map<std::string, std::string>{{"exitCode", "137"}, {"name", "web"}}));
    EXPECT_EQ(event->time, TimePoint(1'700'000'000'123'456'789ns));
}

TEST_F(EventsTest, ParsesEventsOfTheSwarm) {
    auto stream =
        open({{test::chunked_head() +
               test::chunk(R"({"Type":"node","Action":"update","Actor":{"ID":"n1","Attributes":{)"
                           R"("name":"w1","state.new":"down","state.old":"ready"}},"scope":"swarm"})"
                           "\n"
                           R"({"Type":"network","Action":"create","Actor":{"ID":"i1",)"
                           R"("Attributes":{"name":"ingress","type":"overlay"}},"scope":"local"})"
                           "\n")}});
    const auto node = run(io, stream.next());
    EXPECT_EQ(node->type, "node");
    EXPECT_EQ(node->id, "n1");
    EXPECT_EQ(node->attributes.at("state.new"), "down");
    EXPECT_EQ(run(io, stream.next()).value().type, "network");
}

TEST_F(EventsTest, ParsesEventsSplitAcrossReads) {
    const std::string health =
        R"({"Type":"container","Action":"health_status: healthy","Actor":{"ID":"c2"}})";
    const std::string text = die + "\n\n" + health + "\r\n" + die + "\n";
    for (const std::size_t size : {std::size_t{1}, std::size_t{7}, std::size_t{200}, text.size()}) {
        SCOPED_TRACE(size);
        std::string bytes = test::chunked_head();
        for (std::size_t at = 0; at < text.size(); at += size) bytes += test::chunk(text.substr(at, size));
        auto stream = open({{bytes}});
        EXPECT_EQ(run(io, stream.next()).value().action, "die");
        EXPECT_EQ(run(io, stream.next()).value().action, "health_status: healthy");
        EXPECT_EQ(run(io, stream.next()).value().id, "c1");
    }
}

TEST_F(EventsTest, WaitsWhenNothingHappens) {
    auto stream = open({{test::chunked_head() + test::chunk(die)}});  // without a line end
    EXPECT_EQ(run(io, with_timeout(20ms, "nothing", stream.next())).error().kind(), ErrorKind::timeout);
}

TEST_F(EventsTest, EndsWithAnErrorWhenTheStreamBreaks) {
    EXPECT_EQ(error_after(test::chunk("")), "event stream: closed by the engine");
    EXPECT_EQ(error_after(""),
              "event stream: GET /v1.40/events: read: connection closed during the response");
    EXPECT_THAT(error_after(test::chunk("surprise\n")), HasSubstr("not JSON"));
    EXPECT_THAT(error_after(test::chunk("[]\n")), HasSubstr("without Type or Action"));
    EXPECT_THAT(error_after(test::chunk(std::string((1U << 20) + 1, 'x'))),
                HasSubstr("a line of over 1 MiB"));
}

TEST_F(EventsTest, ReadsPastEventsOfAPeriod) {
    const std::string exec = R"({"Type":"container","Action":"exec_create: true","Actor":{"ID":"c2"}})";
    fake.answer("GET /v1.40/events?since=1.000000000&until=2.000000000",
                test::chunked_head() + test::chunk(die + "\n" + exec + "\n") + test::chunk(""));
    const auto events = run(io, past_events(client, TimePoint(1s), TimePoint(2s)));
    ASSERT_TRUE(events) << events.error().message();
    ASSERT_EQ(events->size(), 2U);
    EXPECT_EQ(events->at(0).action, "die");
}

TEST_F(EventsTest, ReportsWhyItCouldNotSubscribe) {
    fake.answer(from_epoch, test::http_answer(400, R"({"message":"invalid filter"})"));
    EXPECT_EQ(run(io, EventStream::open(client, TimePoint())).error().message(),
              "subscribe to events: invalid filter (400)");
}

}  // namespace
}  // namespace dockerext::engine
