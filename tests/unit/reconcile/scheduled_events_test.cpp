#include "reconcile/scheduled_events.hpp"

#include "support/run.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace dockerext::reconcile {
namespace {

using azure::MachineEnd;
using model::Departure;
using model::PartState;

struct ScheduledEventsTest : testing::Test {
    Result<std::string> name = std::string("web_3");
    Result<std::optional<MachineEnd>> end = std::optional<MachineEnd>();
    Result<> acknowledging;
    std::vector<std::string> asked_for, acknowledged;
    unsigned changes = 0;
    asio::io_context io;
    ScheduledEvents events{
        [this] { ++changes; },
        {.machine_name = [this] { return tell_name(); },
         .machine_end = [this](std::string machine, Duration) { return answer(std::move(machine)); },
         .acknowledge = [this](std::string event) { return note(std::move(event)); }}};

    Task<Result<std::string>> tell_name() { co_return name; }
    Task<Result<std::optional<MachineEnd>>> answer(std::string machine) {
        asked_for.push_back(std::move(machine));
        co_return end;
    }
    Task<Result<>> note(std::string event) {
        acknowledged.push_back(std::move(event));
        co_return acknowledging;
    }
    void look() { test::run_to_end(io, events.look()); }
    void follow() {
        events.adopt(true);
        look();
    }
};

const MachineEnd termination{"T1", MachineEnd::Type::terminate, "Mon, 19 Sep 2022 18:29:47 GMT", false};
const Error refused(ErrorKind::unavailable, "no answer");

TEST_F(ScheduledEventsTest, AreKnownAfterTheFirstAnswer) {
    EXPECT_EQ(events.departure(), Departure{});
    EXPECT_EQ(events.part(), std::nullopt) << "the settings do not ask for them";
    events.adopt(true);
    EXPECT_EQ(events.departure(), (Departure{.is_known = false}));
    EXPECT_EQ(events.part()->state, PartState::pending);
    look();
    EXPECT_EQ(asked_for, std::vector<std::string>{"web_3"});
    EXPECT_EQ(events.departure(), Departure{});
    EXPECT_EQ(events.part()->state, PartState::ok);
    EXPECT_EQ(changes, 1U);
    look();
    EXPECT_EQ(changes, 1U) << "nothing new";
    events.adopt(false);
    EXPECT_EQ(events.part(), std::nullopt);
}

TEST_F(ScheduledEventsTest, AreAcknowledgedOnceTheMachineHasLeft) {
    follow();
    end = termination;
    look();
    EXPECT_EQ(
        events.departure().reason,
        "Azure is about to terminate this machine (event T1, not before Mon, 19 Sep 2022 18:29:47 GMT)");
    EXPECT_EQ(acknowledged, std::vector<std::string>{});
    events.departed({});
    look();
    EXPECT_EQ(acknowledged, std::vector<std::string>{}) << "it was outside for another reason";
    events.departed(events.departure());
    acknowledging = refused;
    look();
    acknowledging = Result<>();
    look();
    look();
    EXPECT_EQ(acknowledged, (std::vector<std::string>{"T1", "T1"})) << "again after a failure, then no more";
}

TEST_F(ScheduledEventsTest, AreNotAcknowledgedForOtherMachinesOrOnceTheyHaveBegun) {
    MachineEnd shared = termination, begun = termination;
    shared.concerns_others = true;
    begun.not_before.clear();
    for (const MachineEnd& each : {shared, begun}) {
        end = each;
        follow();
        events.departed(events.departure());
        look();
        EXPECT_NE(events.departure().reason, "");
        events.adopt(false);
    }
    EXPECT_EQ(acknowledged, std::vector<std::string>{});
}

TEST_F(ScheduledEventsTest, ThatAreWithdrawnLetTheMachineStay) {
    end = termination;
    follow();
    events.departed(events.departure());
    end = std::optional<MachineEnd>();
    look();
    EXPECT_EQ(events.departure(), Departure{});
    end = termination;
    (*end)->event = "T2";
    look();
    EXPECT_EQ(acknowledged, std::vector<std::string>{}) << "it has not left for this one yet";
}

TEST_F(ScheduledEventsTest, StayKnownWhileTheServiceIsAwayForAMoment) {
    end = termination;
    follow();
    end = refused;
    for (unsigned look_number = 1; look_number <= 5; ++look_number) look();
    EXPECT_EQ(events.part()->state, PartState::ok);
    look();
    EXPECT_EQ(events.part()->state, PartState::failed);
    EXPECT_EQ(events.part()->message, "no answer");
    EXPECT_NE(events.departure().reason, "") << "nobody has withdrawn it";
    end = std::optional<MachineEnd>();
    look();
    EXPECT_EQ(events.part()->state, PartState::ok);
}

TEST_F(ScheduledEventsTest, AreUnknownWithoutTheMachinesName) {
    name = refused;
    end = termination;
    follow();
    EXPECT_TRUE(asked_for.empty());
    EXPECT_FALSE(events.departure().is_known);
    name = std::string("web_3");
    look();
    EXPECT_NE(events.departure().reason, "");
}

}  // namespace
}  // namespace dockerext::reconcile
