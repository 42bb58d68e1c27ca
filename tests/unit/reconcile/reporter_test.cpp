#include "reconcile/reporter.hpp"

#include "base/task_group.hpp"
#include "support/run.hpp"
#include "support/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace dockerext::reconcile {
namespace {

TEST(Reporter, ContinuesAfterAnExceptionInAReport) {
    asio::io_context io;
    const test::TemporaryFolder folder;
    Changes changes;
    int looks = 0;
    Reporter reporter(changes, state::ReportTargetStore(folder.path()));
    TaskGroup loop(io.get_executor());
    loop.spawn(reporter.run([&]() -> model::Status {
        if (++looks == 1) throw std::logic_error("bug");
        return {};
    }));
    EXPECT_TRUE(test::run_until(io, [&] { return looks == 1; }));
    changes.raise();
    EXPECT_TRUE(test::run_until(io, [&] { return looks == 2; }));
    loop.cancel();
    test::run_to_end(io, loop.join());
}

}  // namespace
}  // namespace dockerext::reconcile
