#include "observe/stack_tasks.hpp"

#include "base/json_document.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dockerext::observe {
namespace {

using model::TaskProblem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

/// A task of service s1, made at a minute of an hour: task(1, "failed", "shutdown", R"("Slot":1)").
std::string task(unsigned minute, const std::string& state, const std::string& desired,
                 const std::string& place, const std::string& status = "", const std::string& image = "a") {
    const std::string made_at = "2026-11-29T04:0" + std::to_string(minute) + ":19.38Z";
    return R"({"ServiceID":"s1",)" + place + R"(,"CreatedAt":")" + made_at + R"(","DesiredState":")" +
           desired + R"(","Spec":{"ContainerSpec":{"Image":")" + image + R"("}},"Status":{"State":")" +
           state + "\"" + status + "}}";
}

const std::string slot1 = R"("Slot":1,"NodeID":"n1")";
const std::string slot2 = R"("Slot":2,"NodeID":"n1")";
const std::string failure = R"-(,"Err":"task: non-zero exit (3)","Message":"started")-";

Result<std::map<std::string, std::vector<TaskProblem>>> problems_in(const std::string& list) {
    return read_task_problems(JsonDocument::parse(list).value().root());
}

/// Of service s1.
std::vector<TaskProblem> problems(const std::vector<std::string>& tasks) {
    std::string list;
    for (const std::string& each : tasks) list += (list.empty() ? "" : ",") + each;
    return problems_in("[" + list + "]").value()["s1"];
}

TEST(StackTasks, ThatRunAreNoProblem) {
    EXPECT_THAT(problems({task(1, "running", "running", slot1)}), IsEmpty());
    EXPECT_THAT(problems_in("[]").value(), IsEmpty());
}

TEST(StackTasks, TheNewestOfEachSlotCounts) {
    const std::string running = task(2, "running", "running", slot1);
    EXPECT_THAT(problems({task(1, "failed", "shutdown", slot1, failure), running}), IsEmpty());
    EXPECT_THAT(problems({running, task(1, "failed", "shutdown", slot1, failure)}), IsEmpty());
    EXPECT_THAT(problems({running, task(3, "failed", "shutdown", slot1, failure)}),
                ElementsAre(TaskProblem{"n1", "failed", "task: non-zero exit (3)"}));
    EXPECT_THAT(problems({running, task(1, "rejected", "shutdown", slot2, R"(,"Err":"no such image: a")")}),
                ElementsAre(TaskProblem{"n1", "rejected", "no such image: a"}));
}

TEST(StackTasks, TheNewestOfEachNodeCountsForAGlobalService) {
    EXPECT_THAT(problems({task(1, "running", "running", R"("NodeID":"n1")"),
                          task(2, "failed", "shutdown", R"("NodeID":"n2")", failure),
                          task(3, "rejected", "shutdown", R"("NodeID":"n1")", R"(,"Err":"no space")")}),
                ElementsAre(TaskProblem{"n1", "rejected", "no space"},
                            TaskProblem{"n2", "failed", "task: non-zero exit (3)"}));
}

TEST(StackTasks, WithoutANodeSayWhy) {
    const std::string error = "no suitable node (insufficient resources on 2 nodes)";
    EXPECT_THAT(problems({task(1, "pending", "running", R"("Slot":1)",
                               R"(,"Message":"pending task scheduling","Err":")" + error + "\"")}),
                ElementsAre(TaskProblem{"", "pending", error}));
}

TEST(StackTasks, ThatAnUpdateHasStoppedAreNoProblem) {
    const std::string stopped = R"(,"ContainerStatus":{"ContainerID":"c1","ExitCode":137})";
    EXPECT_THAT(problems({task(1, "shutdown", "shutdown", slot1, stopped),
                          task(2, "running", "shutdown", slot1), task(3, "preparing", "ready", slot1)}),
                IsEmpty());
}

TEST(StackTasks, ThatWaitForTheirRestartHaveTheLastFailure) {
    EXPECT_THAT(problems({task(1, "failed", "shutdown", slot1, failure), task(2, "ready", "ready", slot1)}),
                ElementsAre(TaskProblem{"n1", "failed", "task: non-zero exit (3)"}));
}

TEST(StackTasks, ThatWereStartedAgainHaveTheLastErrorOfTheSameSpec) {
    const std::string again = task(2, "starting", "running", slot1);
    EXPECT_THAT(problems({task(1, "failed", "shutdown", slot1, failure), again}),
                ElementsAre(TaskProblem{"n1", "starting", "task: non-zero exit (3)"}));
    EXPECT_THAT(problems({task(1, "failed", "shutdown", slot1, failure, "other"), again}),
                ElementsAre(TaskProblem{"n1", "starting", ""}));
    EXPECT_THAT(problems({task(1, "failed", "shutdown", slot2, failure), again}),
                ElementsAre(TaskProblem{"n1", "starting", ""},
                            TaskProblem{"n1", "failed", "task: non-zero exit (3)"}));
}

TEST(StackTasks, ThatHaveEndedWithoutAnErrorHaveTheirExitCode) {
    const std::string finished =
        R"(,"Message":"finished","ContainerStatus":{"ContainerID":"c1","PID":0,"ExitCode":0})";
    EXPECT_THAT(problems({task(1, "complete", "shutdown", slot1, finished)}),
                ElementsAre(TaskProblem{"n1", "complete", "finished (exit code 0)"}));
    EXPECT_THAT(
        problems({task(1, "failed", "shutdown", slot1,
                       R"(,"Message":"started","ContainerStatus":{"ContainerID":"c1","ExitCode":4})")}),
        ElementsAre(TaskProblem{"n1", "failed", "started (exit code 4)"}));
}

TEST(StackTasks, OfAJobMayComplete) {
    const std::string job = slot1 + R"(,"JobIteration":{})";
    EXPECT_THAT(problems({task(1, "failed", "shutdown", job, failure), task(2, "complete", "complete", job)}),
                IsEmpty());
    EXPECT_THAT(problems({task(1, "preparing", "complete", job)}),
                ElementsAre(TaskProblem{"n1", "preparing", ""}));
    EXPECT_THAT(problems({task(1, "failed", "shutdown", job, failure)}),
                ElementsAre(TaskProblem{"n1", "failed", "task: non-zero exit (3)"}));
}

TEST(StackTasks, AreKeptApartByService) {
    const auto all =
        problems_in(R"([{"ServiceID":"s1","DesiredState":"running","Spec":{},"Status":{"State":"new"}},)"
                    R"({"ServiceID":"s2","DesiredState":"running","Spec":{},"Status":{"State":"pending"}}])");
    EXPECT_THAT(all.value(), ElementsAre(Pair("s1", ElementsAre(TaskProblem{"", "new", ""})),
                                         Pair("s2", ElementsAre(TaskProblem{"", "pending", ""}))));
}

TEST(StackTasks, ThatLackAPartAreUnavailable) {
    const std::pair<std::string, std::string> cases[] = {
        {"{}", "expected array"},
        {R"([{"DesiredState":"running","Spec":{},"Status":{"State":"new"}}])", "/0/ServiceID: is missing"},
        {R"([{"ServiceID":"s1","Spec":{},"Status":{"State":"new"}}])", "/0/DesiredState: is missing"},
        {R"([{"ServiceID":"s1","DesiredState":"running","Status":{"State":"new"}}])", "/0/Spec: is missing"},
        {R"([{"ServiceID":"s1","DesiredState":"running","Spec":{}}])", "/0/Status: is missing"},
        {R"([{"ServiceID":"s1","DesiredState":"running","Spec":{},"Status":{}}])",
         "/0/Status/State: is missing"},
        {R"([{"ServiceID":"s1","DesiredState":"running","Spec":{},"Status":{"State":"new"},"CreatedAt":"now"}])",
         "/0/CreatedAt: not a time"}};
    for (const auto& [list, message] : cases) {
        const auto tasks = problems_in(list);
        ASSERT_FALSE(tasks) << list;
        EXPECT_EQ(tasks.error().kind(), ErrorKind::unavailable) << list;
        EXPECT_THAT(tasks.error().message(), HasSubstr(message));
    }
}

}  // namespace
}  // namespace dockerext::observe
