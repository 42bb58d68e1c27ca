// Replaces observe/host_observer.cpp by an observer that throws when the test says so.
#include "reconcile/engine_reconciler.hpp"

#include "base/task_group.hpp"
#include "observe/host_observer.hpp"
#include "support/run.hpp"
#include "support/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <stdexcept>

namespace dockerext {
namespace {

int looks = 0;
bool has_bug = false;

}  // namespace

namespace observe {

std::span<const std::string_view> host_files() { return {}; }

Task<Result<model::ObservedHost>> observe_host(systemd::Systemd&, std::filesystem::path) {
    ++looks;
    if (has_bug) throw std::logic_error("riddle");
    co_return model::ObservedHost{.systemd = false, .installed = true};
}

Task<model::ObservedHost> with_package(model::ObservedHost host, std::filesystem::path) { co_return host; }

}  // namespace observe

namespace reconcile {
namespace {

struct EngineReconcilerTest : testing::Test {
    EngineReconcilerTest() {
        ::setenv("DBUS_SYSTEM_BUS_ADDRESS", ("unix:path=" + (folder / "no-bus").string()).c_str(), 1);
        looks = 0;
        has_bug = false;
        tasks.spawn(engine_reconciler.run());
        engine_reconciler.adopt({}, {});
    }
    ~EngineReconcilerTest() override {
        tasks.cancel();
        test::run_to_end(io, tasks.join());
    }

    bool has_taken_snapshots(int times) {
        return test::run_until(io, [&] { return looks >= times; });
    }
    std::string failure() const {
        const auto parts = engine_reconciler.parts();
        const auto failed = std::find_if(parts.begin(), parts.end(), [](const model::PartStatus& part) {
            return part.state == model::PartState::failed;
        });
        return failed == parts.end() ? "" : failed->message;
    }

    asio::io_context io;
    test::TemporaryFolder folder;
    engine::Client client{io.get_executor(), folder / "docker.sock"};
    state::Journal journal = state::Journal::open(folder.path()).value();
    FailureLedger ledger{[] { return 0.5; }};
    DaemonStateFile state_file{state::DaemonStateStore(folder.path()), ledger};
    Intent intent{state_file, ledger};
    Trigger loop;
    Changes changes;
    report::Counters counters;
    EngineReconciler engine_reconciler{io.get_executor(),
                                       client,
                                       journal,
                                       folder.path(),
                                       state::HostRecordStore(folder / "host.json"),
                                       intent,
                                       loop,
                                       changes,
                                       counters};
    TaskGroup tasks{io.get_executor()};
};

TEST_F(EngineReconcilerTest, ContinuesAfterAnExceptionInASnapshot) {
    ASSERT_TRUE(has_taken_snapshots(1));
    EXPECT_EQ(failure(), "");
    has_bug = true;
    const auto before = changes.number();
    engine_reconciler.check_everything();
    ASSERT_TRUE(test::run_until(io, [&] { return looks >= 2 && changes.number() > before; }));
    EXPECT_EQ(failure(), "cannot inspect this machine: a bug in dockerextd: riddle");
    EXPECT_TRUE(engine_reconciler.engine_ready()) << "containers are worked on all the same";

    has_bug = false;
    engine_reconciler.check_everything();
    ASSERT_TRUE(test::run_until(io, [&] { return failure().empty(); }));
    EXPECT_GE(looks, 3);
}

}  // namespace
}  // namespace reconcile
}  // namespace dockerext
