#include "report/project_json.hpp"

#include <gtest/gtest.h>

namespace dockerext::report {
namespace {

TEST(ProjectJson, HasWhatTheSettingsAskOfEachService) {
    const model::ServiceOutline web{
        {"web"}, {"nginx:1"},   {{{"db"}, model::DependencyCondition::healthy}}, "64m", "0.5",
        "",      "8080->80/tcp"};
    EXPECT_EQ(
        to_json({web}),
        R"({"services":[{"name":"web","image":"nginx:1","dependsOn":[{"service":"db",)"
        R"("condition":"service_healthy"}],"memory":"64m","cpus":"0.5","pids":"","ports":"8080->80/tcp"}]})");
    EXPECT_EQ(to_json(std::vector<model::ServiceOutline>()), R"({"services":[]})");
}

}  // namespace
}  // namespace dockerext::report
