#include "reconcile/service_outlines.hpp"

#include <gtest/gtest.h>

namespace dockerext::reconcile {
namespace {

TEST(ServiceOutlines, HideSecretsAndNameOnlyLimitsThatAreSet) {
    model::Project project;
    model::Service& web = project.services[{"web"}];
    web.name = {"web"};
    web.container.image = {"registry/hunter22/web:1"};
    web.container.memory = model::Bytes{std::int64_t{64} << 20};
    web.container.pids_limit = model::Unlimited{};
    web.container.port_bindings["80/tcp"] = {{"127.0.0.1", "8080"}};
    web.depends_on[{"db"}].condition = model::DependencyCondition::healthy;
    project.services[{"db"}].name = {"db"};

    const auto outlines = service_outlines(project, Redactor({Secret("hunter22")}));
    ASSERT_EQ(outlines.size(), 2U);
    EXPECT_EQ(outlines[0].name.value, "db");
    EXPECT_EQ(outlines[0].memory + outlines[0].cpus + outlines[0].pids + outlines[0].ports, "");
    const model::ServiceOutline& shown = outlines[1];
    EXPECT_EQ(shown.image.value, "registry/(hidden)/web:1");
    EXPECT_EQ(shown.memory, "64m");
    EXPECT_EQ(shown.cpus, "");
    EXPECT_EQ(shown.pids, "-1");
    EXPECT_EQ(shown.ports, "127.0.0.1:8080->80/tcp");
    EXPECT_EQ(shown.depends_on.at({"db"}), model::DependencyCondition::healthy);
}

}  // namespace
}  // namespace dockerext::reconcile
