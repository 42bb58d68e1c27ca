#include "reconcile/engine_keeper.hpp"

#include "base/task_group.hpp"
#include "support/run.hpp"
#include "support/temporary_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

namespace dockerext::reconcile {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(EngineKeeper, GoesOnAfterABugInALook) {
    asio::io_context io;
    const test::TemporaryFolder folder;
    engine::Client client(io.get_executor(), folder / "docker.sock");
    auto journal = state::Journal::open(folder.path()).value();
    Changes changes(io.get_executor());
    int looks = 0;
    EngineKeeper keeper(io.get_executor(), client, journal, folder.path(),
                        state::HostMemoryStore(folder / "host.json"), changes,
                        {.settled = [] {},
                         .paused =
                             [&] {
                                 if (++looks == 1) throw std::logic_error("riddle");
                                 return false;
                             },
                         .registry_knows_us = [](const std::string&) {}});
    keeper.adopt({}, {});
    TaskGroup loop(io.get_executor());
    loop.spawn(keeper.run());
    const auto told = [&] { return keeper.parts().empty() ? "" : keeper.parts().front().message; };
    EXPECT_TRUE(test::run_until(io, [&] { return changes.number() == 1; }));
    EXPECT_THAT(told(), HasSubstr("a bug in dockerextd: riddle"));
    keeper.check_everything();
    EXPECT_TRUE(test::run_until(io, [&] { return changes.number() == 2; }));
    EXPECT_THAT(told(), Not(HasSubstr("a bug")));
    loop.cancel();
    test::run_to_end(io, loop.join());
}

}  // namespace
}  // namespace dockerext::reconcile
