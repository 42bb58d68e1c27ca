#include "reconcile/engine_link.hpp"

#include "base/http_server.hpp"
#include "base/task_group.hpp"
#include "support/run.hpp"
#include "support/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace dockerext::reconcile {
namespace {

/// An engine that tells of one event each time it is asked, and hangs up.
Task<HttpResponse> engine_with_one_event(HttpRequest request, Peer) {
    if (request.target == "/version")
        co_return HttpResponse{200, R"({"Version":"20.10.24","ApiVersion":"1.41"})"};
    if (request.target.find("/events") == std::string::npos) co_return HttpResponse{404, "{}"};
    co_return HttpResponse{200, R"({"Type":"container","Action":"die","Actor":{"ID":"c1","Attributes":{}},)"
                                R"("time":1700000000,"timeNano":1700000000000000000})"
                                "\n"};
}

TEST(EngineLink, ConnectsAnewAfterABugThatAnEventBringsToLight) {
    asio::io_context io;
    const test::TemporaryFolder folder;
    const auto socket = folder / "docker.sock";
    auto server = HttpServer::listen(io.get_executor(), socket, 0600, engine_with_one_event).value();
    engine::Client client(io.get_executor(), socket);
    int connected = 0, heard = 0, lost = 0;
    std::string why;
    EngineLink link(client, {.connected = [&](const EngineLink::Missed&) { ++connected; },
                             .heard =
                                 [&](const engine::Event&) {
                                     if (++heard == 1) throw std::logic_error("riddle");
                                 },
                             .lost =
                                 [&](const Error& error) {
                                     if (++lost == 1) why = error.message();
                                 }});
    TaskGroup tasks(io.get_executor());
    tasks.spawn(server.serve());
    tasks.spawn(link.run());
    EXPECT_TRUE(test::run_until(io, [&] { return heard == 2; }));
    EXPECT_GE(connected, 2);
    EXPECT_EQ(why, "a bug in dockerextd: riddle");
    tasks.cancel();
    test::run_to_end(io, tasks.join());
}

}  // namespace
}  // namespace dockerext::reconcile
