#include "systemd/systemd.hpp"

#include "support/fake_systemd.hpp"
#include "support/run.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>

namespace dockerext::systemd {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

constexpr Duration answer_timeout = 30s;  ///< a limit for events that normally come at once

struct SystemdTest : testing::Test {
    SystemdTest() {
        fake_systemd.emplace(io, bus);
        test::start(io, systemd.run());
    }

    template <typename T>
    T run(Task<T> task) {
        return test::run(io, std::move(task));
    }
    bool changed(Duration limit = answer_timeout) {
        return run(with_timeout(limit, "changed", systemd.changed())).has_value();
    }
    bool quiet() { return !changed(50ms); }

    test::PrivateBus bus;
    asio::io_context io;
    std::optional<test::FakeSystemd> fake_systemd;
    Systemd systemd{io.get_executor(), {"docker.service", "docker.socket"}};
};

TEST_F(SystemdTest, ReadsAUnit) {
    const auto read = run(systemd.unit("docker.service"));
    ASSERT_TRUE(read) << read.error().message();
    const UnitFacts& unit = *read;
    EXPECT_EQ(unit.load, model::UnitLoad::loaded);
    EXPECT_EQ(unit.active, model::UnitActive::failed);
    EXPECT_EQ(unit.enabled, UnitEnabled::enabled);
    EXPECT_EQ(unit.sub_state, "auto-restart");
    EXPECT_EQ(unit.result, "exit-code");
    EXPECT_EQ(unit.fragment, "/lib/systemd/system/docker.service");
    EXPECT_THAT(unit.drop_ins, ElementsAre("/etc/a.conf", "/etc/b.conf"));
    EXPECT_THAT(unit.environment_files, ElementsAre("/etc/default/docker"));
    EXPECT_TRUE(unit.need_daemon_reload);
    EXPECT_EQ(unit.main_pid, 4711U);
    EXPECT_EQ(unit.invocation, "01ab666f75727465656e206279746573");
    EXPECT_EQ(unit.restarts, 3U);
    ASSERT_TRUE(unit.active_since && unit.active_since_steady);
    EXPECT_EQ(unit.active_since->time_since_epoch(), 1700000000000001us);
    EXPECT_EQ(unit.active_since_steady->time_since_epoch(), 5000001us);
}

TEST_F(SystemdTest, ReportsAMissingUnit) {
    const auto unit = run(systemd.unit("absent.service"));
    ASSERT_TRUE(unit) << unit.error().message();
    EXPECT_EQ(unit->load, model::UnitLoad::not_found);
    EXPECT_EQ(unit->active, model::UnitActive::inactive);
    EXPECT_EQ(unit->active_since, std::nullopt);
}

TEST_F(SystemdTest, WaitsForTheEndOfAJob) {
    fake_systemd->jobs["docker.service"] = "done";
    for (const bool sends_job_removed_early : {false, true}) {
        fake_systemd->sends_job_removed_early = sends_job_removed_early;
        fake_systemd->calls.clear();
        EXPECT_TRUE(run(systemd.start("docker.service", answer_timeout)));
        EXPECT_TRUE(run(systemd.stop("docker.service", answer_timeout)));
        EXPECT_TRUE(run(systemd.restart("docker.service", answer_timeout)));
        EXPECT_TRUE(run(systemd.reload("docker.service", answer_timeout)));
        std::erase(fake_systemd->calls, "Subscribe");
        EXPECT_THAT(fake_systemd->calls,
                    ElementsAre("StartUnit docker.service replace", "StopUnit docker.service replace",
                                "RestartUnit docker.service replace", "ReloadUnit docker.service replace"));
    }
}

TEST_F(SystemdTest, ReportsHowAJobFailed) {
    const std::pair<const char*, ErrorKind> cases[] = {
        {"failed", ErrorKind::unavailable},
        {"dependency", ErrorKind::unavailable},
        {"timeout", ErrorKind::timeout},
        {"canceled", ErrorKind::conflict},
    };
    for (const auto& [result, kind] : cases) {
        fake_systemd->jobs["docker.service"] = result;
        const auto outcome = run(systemd.restart("docker.service", answer_timeout));
        ASSERT_FALSE(outcome) << result;
        EXPECT_EQ(outcome.error().kind(), kind) << result;
        EXPECT_EQ(outcome.error().message(), "restart docker.service: the job ended as '" +
                                                 std::string(result) + "', the unit's result is 'exit-code'");
    }
    fake_systemd->jobs["docker.service"] = "skipped";
    EXPECT_TRUE(run(systemd.restart("docker.service", answer_timeout))) << "there was nothing to do";
}

TEST_F(SystemdTest, ReportsWhyAJobWasRefused) {
    fake_systemd->jobs["docker.service"] = "UnitMasked";
    const auto masked = run(systemd.start("docker.service", answer_timeout));
    EXPECT_EQ(masked.error().kind(), ErrorKind::conflict);
    EXPECT_EQ(masked.error().message(), "start docker.service: StartUnit: Unit docker.service: UnitMasked.");
    fake_systemd->jobs["docker.service"] = "NoSuchUnit";
    EXPECT_EQ(run(systemd.start("docker.service", answer_timeout)).error().kind(), ErrorKind::not_found);
}

TEST_F(SystemdTest, GivesUpOnAJobThatDoesNotEnd) {
    fake_systemd->jobs["docker.service"] = "";
    const auto outcome = run(systemd.start("docker.service", 100ms));
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().kind(), ErrorKind::timeout);
    EXPECT_EQ(outcome.error().message(), "start docker.service: the job timed out");
}

TEST_F(SystemdTest, DoesWhatSystemctlDoes) {
    EXPECT_TRUE(run(systemd.enable("docker.service")));
    EXPECT_TRUE(run(systemd.reset_failed("docker.service"))) << "what is not loaded has not failed";
    EXPECT_TRUE(run(systemd.daemon_reload()));
    std::erase(fake_systemd->calls, "Subscribe");
    EXPECT_THAT(fake_systemd->calls, ElementsAre("EnableUnitFiles docker.service", "Reload",
                                                 "ResetFailedUnit docker.service", "Reload"));
}

TEST_F(SystemdTest, ReportsChangesOfWatchedUnits) {
    ASSERT_TRUE(changed()) << "the connection was made";
    EXPECT_THAT(fake_systemd->calls, ElementsAre("Subscribe"));
    ASSERT_TRUE(quiet());
    fake_systemd->change("other_2eservice");
    EXPECT_TRUE(quiet());
    for (const char* unit : {"docker_2eservice", "docker_2esocket"}) {
        for (int i = 0; i < 5; ++i) fake_systemd->change(unit);
        ASSERT_TRUE(run(systemd.unit("docker.service"))) << "what was told before has come, too";
        EXPECT_TRUE(changed()) << unit;
        EXPECT_TRUE(quiet()) << "several changes are one";
    }
    for (const char* member : {"UnitFilesChanged", "Reloading"}) {
        fake_systemd->signal(member);
        EXPECT_TRUE(changed()) << member;
    }
    fake_systemd->signal("JobNew");
    EXPECT_TRUE(quiet());
}

TEST_F(SystemdTest, ReconnectsWithTheBus) {
    ASSERT_TRUE(changed());
    bus.stop();
    EXPECT_TRUE(changed()) << "anything may happen now";
    const auto during = run(systemd.unit("docker.service"));
    ASSERT_FALSE(during);
    EXPECT_TRUE(during.error().kind() == ErrorKind::unavailable ||
                during.error().kind() == ErrorKind::not_found)
        << during.error().message();
    fake_systemd.reset();
    bus.start();
    fake_systemd.emplace(io, bus);
    EXPECT_TRUE(changed());
    EXPECT_TRUE(run(systemd.unit("docker.service")));
    fake_systemd->change("docker_2eservice");
    EXPECT_TRUE(changed()) << "it listens again";
}

TEST_F(SystemdTest, FailsWhenTheConnectionBreaksDuringAJob) {
    fake_systemd->jobs["docker.service"] = "";
    std::optional<Result<>> outcome;
    test::start(io, store_result(systemd.start("docker.service", 60s), outcome));
    const auto asked = [this] {
        const auto& calls = fake_systemd->calls;
        return std::find(calls.begin(), calls.end(), "StartUnit docker.service replace") != calls.end();
    };
    ASSERT_TRUE(test::run_until(io, asked));
    ASSERT_TRUE(run(systemd.unit("docker.service"))) << "the name of the job has come, too";
    ASSERT_FALSE(outcome);
    bus.stop();
    ASSERT_TRUE(test::run_until(io, [&] { return outcome.has_value(); }));
    EXPECT_EQ(outcome->error().kind(), ErrorKind::unavailable);
    EXPECT_EQ(outcome->error().message(), "start docker.service: lost connection to systemd");
}

TEST(SystemdUnavailable, IsUnavailableWithoutABusAndWithoutSystemd) {
    test::PrivateBus bus;
    asio::io_context io;
    {
        Systemd none(io.get_executor(), {});
        test::start(io, none.run());
        const auto unit = test::run(io, none.unit("docker.service"));
        ASSERT_FALSE(unit);
        EXPECT_EQ(unit.error().kind(), ErrorKind::unavailable);
        EXPECT_THAT(unit.error().message(),
                    testing::StartsWith("docker.service: systemd: Subscribe: The name"));
    }
    asio::io_context other;
    bus.stop();
    Systemd none(other.get_executor(), {});
    test::start(other, none.run());
    const auto unit = test::run(other, none.unit("docker.service"));
    ASSERT_FALSE(unit);
    EXPECT_EQ(unit.error().kind(), ErrorKind::not_found) << unit.error().message();
}

TEST(SystemdUnavailable, EndsWhenCancelled) {
    const test::PrivateBus bus;
    asio::io_context io;
    const test::FakeSystemd fake_systemd(io, bus);
    Systemd systemd(io.get_executor(), {"docker.service"});
    std::optional<Finish> finish;
    test::run_to_end(io, store_result(race(systemd.run(), 100ms), finish));
    EXPECT_EQ(finish, Finish::timed_out);
    EXPECT_EQ(test::run(io, systemd.unit("docker.service")).error().kind(), ErrorKind::cancelled);
}

}  // namespace
}  // namespace dockerext::systemd
