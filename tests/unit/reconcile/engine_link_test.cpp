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
    enum class Hook { connected, heard, lost };

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
        return {
            .connected = [=, this](const EngineLink::Missed&) { fail_once(Hook::connected, ++connected); },
            .heard = [=, this](const engine::Event&) { fail_once(Hook::heard, ++heard); },
            .lost =
                [=, this](const Error& error) {
                    if (++lost == 1) why = error.message();
                    fail_once(Hook::lost, lost);
                }};
    }
    bool hears_on() {
        return test::run_until(io, [&] { return heard >= 2 && connected >= 2 && lost >= 1; });
    }

    asio::io_context io;
    test::TemporaryFolder folder;
    std::filesystem::path socket = folder / "docker.sock";
    HttpServer server = HttpServer::listen(io.get_executor(), socket, 0600, engine_with_one_event).value();
    engine::Client client{io.get_executor(), socket};
    int connected = 0, heard = 0, lost = 0;
    std::string why;  ///< the reason for the first loss
    EngineLink link;
    TaskGroup tasks{io.get_executor()};
};

TEST(EngineLink, ConnectsAnewAfterABugThatAnEventBringsToLight) {
    BuggyLink buggy(BuggyLink::Hook::heard);
    EXPECT_TRUE(buggy.hears_on());
    EXPECT_EQ(buggy.why, "a bug in dockerextd: riddle");
}

TEST(EngineLink, ConnectsAnewAfterABugThatConnectingBringsToLight) {
    BuggyLink buggy(BuggyLink::Hook::connected);
    EXPECT_TRUE(buggy.hears_on());
    EXPECT_EQ(buggy.why, "a bug in dockerextd: riddle");
}

TEST(EngineLink, GoesOnAfterABugThatALossBringsToLight) {
    BuggyLink buggy(BuggyLink::Hook::lost);
    EXPECT_TRUE(buggy.hears_on());
}

/// An engine that refuses the first requests for past events.
Task<HttpResponse> engine_that_refuses(unsigned& refusals, HttpRequest request, Peer peer) {
    const bool past = request.target.find("until=") != std::string::npos;
    if (past && refusals > 0) {
        --refusals;
        co_return HttpResponse{500, R"({"message":"not now"})"};
    }
    co_return co_await engine_with_one_event(std::move(request), std::move(peer));
}

TEST(EngineLink, AsksSeveralTimesWhatItMissed) {
    asio::io_context io;
    const test::TemporaryFolder folder;
    const std::filesystem::path socket = folder / "docker.sock";
    unsigned refusals = 2;
    auto server = HttpServer::listen(io.get_executor(), socket, 0600, [&](HttpRequest request, Peer peer) {
                      return engine_that_refuses(refusals, std::move(request), std::move(peer));
                  }).value();
    engine::Client client(io.get_executor(), socket);
    std::optional<EngineLink::Missed> missed;
    EngineLink link(client, {.connected = [&](const EngineLink::Missed& told) { missed = told; },
                             .heard = [](const engine::Event&) {},
                             .lost = [](const Error&) {}});
    link.heard_until(wall_now() - std::chrono::hours(1));
    TaskGroup tasks(io.get_executor());
    tasks.spawn(server.serve());
    tasks.spawn(link.run());
    EXPECT_TRUE(test::run_until(io, [&] { return missed.has_value(); }));
    EXPECT_TRUE(missed && missed->all);
    EXPECT_EQ(missed ? missed->events.size() : 0, 1U);
    EXPECT_EQ(refusals, 0U);
    tasks.cancel();
    test::run_to_end(io, tasks.join());
}

}  // namespace
}  // namespace dockerext::reconcile
