#include "reconcile/engine_link.hpp"

#include "base/http_server.hpp"
#include "base/task_group.hpp"
#include "support/run.hpp"
#include "support/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <stdexcept>

namespace dockerext::reconcile {
namespace {

/// An engine that sends one event per request and then disconnects.
Task<HttpResponse> engine_with_one_event(HttpRequest request, Peer) {
    if (request.target == "/version")
        co_return HttpResponse{200, R"({"Version":"20.10.24","ApiVersion":"1.41"})"};
    if (request.target.find("/events") == std::string::npos) co_return HttpResponse{404, "{}"};
    co_return HttpResponse{200, R"({"Type":"container","Action":"die","Actor":{"ID":"c1","Attributes":{}},)"
                                R"("time":1700000000,"timeNano":1700000000000000000})"
                                "\n"};
}

/// A link to that engine. One hook of its listener throws on its first call.
struct BuggyLink {
    enum class Hook { connected, event_received, lost };

    explicit BuggyLink(Hook buggy) : link(client, listener(buggy)) {
        tasks.spawn(server.serve());
        tasks.spawn(link.run());
    }
    ~BuggyLink() {
        tasks.cancel();
        test::run_to_end(io, tasks.join());
    }

    EngineLink::Listener listener(Hook buggy) {
        const auto fail_once = [buggy](Hook here, int times) {
            if (here == buggy && times == 1) throw std::logic_error("riddle");
        };
        return {.connected =
                    [=, this](const EngineLink::MissedEvents&) { fail_once(Hook::connected, ++connected); },
                .event_received =
                    [=, this](const engine::Event&) { fail_once(Hook::event_received, ++event_received); },
                .lost =
                    [=, this](const Error& error) {
                        if (++lost == 1) why = error.message();
                        fail_once(Hook::lost, lost);
                    }};
    }
    bool still_receives_events() {
        return test::run_until(io, [&] { return event_received >= 2 && connected >= 2 && lost >= 1; });
    }

    asio::io_context io;
    test::TemporaryFolder folder;
    std::filesystem::path socket = folder / "docker.sock";
    HttpServer server = HttpServer::listen(io.get_executor(), socket, 0600, engine_with_one_event).value();
    engine::Client client{io.get_executor(), socket};
    int connected = 0, event_received = 0, lost = 0;
    std::string why;  ///< the reason for the first loss
    EngineLink link;
    TaskGroup tasks{io.get_executor()};
};

TEST(EngineLink, ReconnectsAfterAnExceptionInAnEventHandler) {
    BuggyLink buggy(BuggyLink::Hook::event_received);
    EXPECT_TRUE(buggy.still_receives_events());
    EXPECT_EQ(buggy.why, "a bug in dockerextd: riddle");
}

TEST(EngineLink, ReconnectsAfterAnExceptionInTheConnectHandler) {
    BuggyLink buggy(BuggyLink::Hook::connected);
    EXPECT_TRUE(buggy.still_receives_events());
    EXPECT_EQ(buggy.why, "a bug in dockerextd: riddle");
}

TEST(EngineLink, ContinuesAfterAnExceptionInTheLossHandler) {
    BuggyLink buggy(BuggyLink::Hook::lost);
    EXPECT_TRUE(buggy.still_receives_events());
}

/// An engine that refuses the first requests for past events.
Task<HttpResponse> refusing_engine(unsigned& refusals, HttpRequest request, Peer peer) {
    const bool past = request.target.find("until=") != std::string::npos;
    if (past && refusals > 0) {
        --refusals;
        co_return HttpResponse{500, R"({"message":"not now"})"};
    }
    co_return co_await engine_with_one_event(std::move(request), std::move(peer));
}

/// What a link tells that has received the events up to `received_until`.
std::optional<EngineLink::MissedEvents> missed_events(unsigned& refusals, model::WallTime received_until) {
    asio::io_context io;
    const test::TemporaryFolder folder;
    const std::filesystem::path socket = folder / "docker.sock";
    auto server = HttpServer::listen(io.get_executor(), socket, 0600, [&](HttpRequest request, Peer peer) {
                      return refusing_engine(refusals, std::move(request), std::move(peer));
                  }).value();
    engine::Client client(io.get_executor(), socket);
    std::optional<EngineLink::MissedEvents> missed;
    EngineLink link(client, {.connected = [&](const EngineLink::MissedEvents& told) { missed = told; },
                             .event_received = [](const engine::Event&) {},
                             .lost = [](const Error&) {}});
    link.set_received_until(received_until);
    TaskGroup tasks(io.get_executor());
    tasks.spawn(server.serve());
    tasks.spawn(link.run());
    EXPECT_TRUE(test::run_until(io, [&] { return missed.has_value(); }));
    tasks.cancel();
    test::run_to_end(io, tasks.join());
    return missed;
}

TEST(EngineLink, RetriesRequestsForMissedEvents) {
    unsigned refusals = 2;
    const auto missed = missed_events(refusals, wall_now() - std::chrono::hours(1));
    ASSERT_TRUE(missed && missed->complete);
    EXPECT_FALSE(missed->includes_received);
    EXPECT_EQ(missed->events.size(), 1U);
    EXPECT_EQ(refusals, 0U);
}

TEST(EngineLink, AsksForAllEventsIfTheClockWasSetBack) {
    unsigned refusals = 0;
    const auto missed = missed_events(refusals, wall_now() + std::chrono::hours(1));
    ASSERT_TRUE(missed && missed->complete);
    EXPECT_TRUE(missed->includes_received);
    EXPECT_EQ(missed->events.size(), 1U);
}

}  // namespace
}  // namespace dockerext::reconcile
