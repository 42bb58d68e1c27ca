#include "report/azure_status.hpp"

#include <gtest/gtest.h>

namespace dockerext::report {
namespace {

using namespace model;
using namespace std::chrono_literals;
using state::Unfinished;

constexpr WallTime wall_now = WallTime{} + 12h;
const SteadyTime begin{};

TEST(Unfinished, IsSavedOnceAMinuteUntilOverdue) {
    struct Row {
        std::string name;
        std::optional<std::chrono::seconds> lasted;  ///< nullopt: everything is done
        std::optional<Unfinished> kept, expected_kept;
    };
    const Row table[] = {
        {"done", std::nullopt, std::nullopt, std::nullopt},
        {"done at last", std::nullopt, Unfinished{10min, wall_now - 1h}, std::nullopt},
        {"begun", 0s, std::nullopt, Unfinished{0s, wall_now}},
        {"a moment later", 59s, Unfinished{0s, wall_now - 59s}, Unfinished{0s, wall_now - 59s}},
        {"a minute later", 60s, Unfinished{0s, wall_now - 60s}, Unfinished{60s, wall_now}},
        {"late", 75min, Unfinished{74min, wall_now - 1min}, Unfinished{75min, wall_now}},
        {"late since long", 10h, Unfinished{75min, wall_now - 8h}, Unfinished{75min, wall_now - 8h}},
        {"new settings", 5s, Unfinished{70min, wall_now - 10s}, Unfinished{5s, wall_now}},
        {"the clock was set back", 30s, Unfinished{0s, wall_now + 10h}, Unfinished{0s, wall_now + 10h}},
    };
    for (const Row& row : table) {
        SCOPED_TRACE(row.name);
        Issues issues{{"service.web", {begin, begin, ""}}};
        const SteadyTime now = begin + 100h;
        if (row.lasted) issues[""] = {now - *row.lasted, now, ""};
        EXPECT_EQ(unfinished(issues, now, wall_now, row.kept), row.expected_kept);
    }
}

TEST(Unfinished, ContinuesAfterARestartDespiteClockChanges) {
    struct Row {
        std::string name;
        WallTime wall;
        std::chrono::seconds lasted;
    };
    const Row table[] = {
        {"at once", wall_now, 10min},
        {"a restart", wall_now + 20s, 10min + 20s},
        {"a reboot", wall_now + 4min, 14min},
        {"switched off for a night, or the clock was set forward", wall_now + 10h, 15min},
        {"the clock was set back", wall_now - 10h, 10min},
        {"no clock", WallTime{}, 10min},
    };
    for (const Row& row : table) {
        SCOPED_TRACE(row.name);
        const SteadyTime just_booted = begin + 5s;
        const Issues issues = issues_of(Unfinished{10min, wall_now}, just_booted, row.wall);
        ASSERT_EQ(issues.size(), 1U);
        EXPECT_EQ(just_booted - issues.at("").since, row.lasted);
    }
}

TEST(Unfinished, BecomesAnErrorDespiteFrequentRestarts) {
    Status status;
    status.state = OverallState::converging;
    status.engine.state = EngineState::running;
    std::optional<Unfinished> kept;
    std::chrono::seconds spent = 0s;
    for (AzureState told = AzureState::transitioning; told != AzureState::error; spent += 20s) {
        ASSERT_LT(spent, 80min);
        const SteadyTime now = begin + 1h;  // the steady clock differs with each boot
        Issues issues;
        if (kept) issues = issues_of(*kept, now, wall_now + spent);
        issues = issues_of(status, issues, now);
        told = azure_status(status, issues, now).state;
        kept = unfinished(issues, now, wall_now + spent, kept);
    }
    EXPECT_GE(spent, 75min);
}

}  // namespace
}  // namespace dockerext::report
