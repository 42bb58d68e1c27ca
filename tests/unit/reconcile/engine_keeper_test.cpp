#include "reconcile/engine_keeper.hpp"

#include "base/task_group.hpp"
#include "support/run.hpp"
#include "support/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace dockerext::reconcile {
namespace {

TEST(EngineKeeper, GoesOnAfterABugInALook) {
    asio::io_context io;
    const test::TemporaryFolder folder;
    engine::Client client(io.get_executor(), folder / "docker.sock");
    auto journal = state::Journal::open(folder.path()).value();
    Changes changes(io.get_executor());
    bool is_broken = true;
    int asked = 0;  // at the beginning of a look, and when it is decided how long to sleep
    EngineKeeper keeper(io.get_executor(), client, journal, folder.path(),
                        state::HostMemoryStore(folder / "host.json"), changes,
                        {.settled = [] {},
                         .paused =
                             [&] {
                                 if (++asked % 2 == 1 && is_broken) throw std::logic_error("riddle");
                                 return false;
                             },
                         .registry_knows_us = [](const std::string&) {}});
    keeper.adopt({}, {});
    TaskGroup loop(io.get_executor());
    loop.spawn(keeper.run());
    const auto tells_of_a_bug = [&] {
        const auto parts = keeper.parts();
        return !parts.empty() &&
               parts.front().message.find("a bug in dockerextd: riddle") != std::string::npos;
    };
    EXPECT_TRUE(test::run_until(io, tells_of_a_bug));
    is_broken = false;
    keeper.check_everything();
    EXPECT_TRUE(test::run_until(io, [&] { return !tells_of_a_bug(); }));
    loop.cancel();
    test::run_to_end(io, loop.join());
}

}  // namespace
}  // namespace dockerext::reconcile
