#include "reconcile/stack_changes.hpp"

#include "plan/stack_planner.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dockerext::reconcile {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

model::Step step(const std::string& service, const std::string& spec) {
    return {.operation = model::CreateStackService{.image = {"nginx:1"}, .spec = spec},
            .subject = {model::Subject::Kind::part, "stack." + service},
            .object = service};
}

TEST(StackChanges, OnlyServicesAreRemembered) {
    StackChanges changes;
    changes.changed({.operation = model::RemoveStackService{"s1"}, .object = "demo_web"}, {}, {});
    EXPECT_FALSE(changes.are_unsaved());
    EXPECT_THAT(changes.just_changed({}), IsEmpty());
}

TEST(StackChanges, ARecordGetsWhatItLacksUntilItIsSaved) {
    StackChanges changes;
    changes.changed(step("demo_web", "{}"), {{"demo_web", "digest"}, {"demo_other", "another"}}, {});
    changes.changed(step("demo_agent", R"({"a":1})"), {}, {});
    model::SwarmRecord record;
    record.logins = {{"demo_agent", "earlier"}};
    changes.add_to(record);
    EXPECT_TRUE(changes.are_unsaved());
    EXPECT_THAT(record.attempts, ElementsAre(Pair("demo_agent", plan::attempt_of(R"({"a":1})")),
                                             Pair("demo_web", plan::attempt_of("{}"))));
    EXPECT_THAT(record.logins, ElementsAre(Pair("demo_agent", "earlier"), Pair("demo_web", "digest")));
    changes.saved();
    model::SwarmRecord other;
    changes.add_to(other);
    EXPECT_EQ(other, model::SwarmRecord());
}

TEST(StackChanges, AServiceHasJustChangedForFiveSeconds) {
    StackChanges changes;
    const SteadyTime start{};
    changes.changed(step("demo_web", "{}"), {}, start);
    changes.changed(step("demo_agent", "{}"), {}, start + 3s);
    EXPECT_THAT(changes.just_changed(start + 4s), ElementsAre("demo_agent", "demo_web"));
    EXPECT_THAT(changes.just_changed(start + 5s), ElementsAre("demo_agent"));
    changes.saved();  // which is about the record only
    EXPECT_THAT(changes.just_changed(start + 5s), ElementsAre("demo_agent"));
    EXPECT_THAT(changes.just_changed(start + 8s), IsEmpty());
}

}  // namespace
}  // namespace dockerext::reconcile
