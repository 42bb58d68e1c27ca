#include "observe/stack_facts.hpp"

#include "base/json_document.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dockerext::observe {
namespace {

using model::ObservedStackFile;
using model::ObservedStackNetwork;
using model::ObservedStackService;
using model::ServiceUpdate;
using model::StackFileKind;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

JsonDocument json(const std::string& text) { return JsonDocument::parse(text).value(); }

Result<std::map<std::string, ObservedStackService>> services_in(const std::string& list) {
    return read_stack_services(json(list).root());
}

/// The only service of a list of one.
ObservedStackService service(const std::string& mode, const std::string& status,
                             const std::string& more = "") {
    const auto services =
        services_in(R"([{"ID":"s1","Version":{"Index":213},"Spec":{"Name":"demo_web","Mode":{)" + mode +
                    R"(}},"ServiceStatus":{)" + status + "}" + more + "}]");
    return services.value().at("demo_web");
}

const std::string two_replicas = R"("Replicated":{"Replicas":2})";

TEST(StackServices, HaveTheSpecAsItIs) {
    const ObservedStackService web =
        service(two_replicas, R"("RunningTasks":1,"DesiredTasks":2,"CompletedTasks":0)");
    const ObservedStackService expected{.id = "s1",
                                        .name = "demo_web",
                                        .version = 213,
                                        .spec = R"({"Name":"demo_web","Mode":{"Replicated":{"Replicas":2}}})",
                                        .running = 1,
                                        .wanted = 2};
    EXPECT_EQ(web, expected);
}

TEST(StackServices, TellHowTheirLastUpdateWent) {
    const std::string message = "update paused due to failure or early termination of task t1";
    const ObservedStackService web =
        service(two_replicas, "", R"(,"UpdateStatus":{"State":"paused","Message":")" + message + R"("})");
    EXPECT_EQ(web.update, ServiceUpdate::paused);
    EXPECT_EQ(web.update_message, message);
    EXPECT_EQ(service(two_replicas, "", R"(,"UpdateStatus":null)").update, ServiceUpdate::none);
    EXPECT_EQ(service(two_replicas, "", R"(,"UpdateStatus":{"State":"rollback_completed"})").update,
              ServiceUpdate::rollback_completed);
}

TEST(StackServices, OfAJobWantAllItsTasks) {
    const std::string status = R"("RunningTasks":1,"DesiredTasks":2,"CompletedTasks":1)";
    EXPECT_EQ(service(R"("ReplicatedJob":{"MaxConcurrent":2,"TotalCompletions":4})", status).wanted, 4U);
    EXPECT_EQ(service(R"("GlobalJob":{})", status).wanted, 3U);
    EXPECT_EQ(service(R"("Global":{})", status).wanted, 2U);
}

TEST(StackServices, AreAskedForTheirTasksIfFewerRunThanWanted) {
    struct Row {
        std::string mode, status;
        bool asked;
    };
    const std::string job = R"("ReplicatedJob":{"MaxConcurrent":2,"TotalCompletions":4})";
    const Row rows[] = {
        {two_replicas, R"("RunningTasks":2,"DesiredTasks":2)", false},
        {two_replicas, R"("RunningTasks":1,"DesiredTasks":2)", true},
        {two_replicas, R"("RunningTasks":3,"DesiredTasks":2)", false},
        {job, R"("RunningTasks":2,"DesiredTasks":2,"CompletedTasks":1)", true},
        {job, R"("RunningTasks":2,"DesiredTasks":2,"CompletedTasks":2)", false},
        {job, R"("RunningTasks":0,"DesiredTasks":2,"CompletedTasks":4)", false},
        {R"("GlobalJob":{})", R"("CompletedTasks":1)", true},
    };
    for (const Row& row : rows)
        EXPECT_EQ(needs_tasks(service(row.mode, row.status)), row.asked) << row.status;
}

TEST(StackServices, ThatLackAPartAreUnavailable) {
    const std::pair<std::string, std::string> cases[] = {
        {"{}", "expected array"},
        {R"([{"Version":{},"Spec":{"Name":"a"},"ServiceStatus":{}}])", "/0/ID: is missing"},
        {R"([{"ID":"s1","Spec":{"Name":"a"},"ServiceStatus":{}}])", "/0/Version: is missing"},
        {R"([{"ID":"s1","Version":{},"ServiceStatus":{}}])", "/0/Spec: is missing"},
        {R"([{"ID":"s1","Version":{},"Spec":{},"ServiceStatus":{}}])", "/0/Spec/Name: is missing"},
        {R"([{"ID":"s1","Version":{},"Spec":{"Name":"a"}}])", "/0/ServiceStatus: is missing"},
        {R"([{"ID":"s1","Version":{},"Spec":{"Name":"a"},"ServiceStatus":{},"UpdateStatus":{"State":"new"}}])",
         "/0/UpdateStatus/State: unknown word 'new'"}};
    for (const auto& [list, message] : cases) {
        const auto services = services_in(list);
        ASSERT_FALSE(services) << list;
        EXPECT_EQ(services.error().kind(), ErrorKind::unavailable) << list;
        EXPECT_THAT(services.error().message(), HasSubstr(message));
    }
}

TEST(StackFiles, AreConfigsWithTheirContent) {
    const auto files = read_stack_files(
        json(R"([{"ID":"c1","Spec":{"Name":"demo_app","Labels":{"a":"b"},"Data":"Y29uZjEK"}}])").root(),
        StackFileKind::config);
    ASSERT_TRUE(files) << files.error().message();
    EXPECT_THAT(*files, ElementsAre(ObservedStackFile{.kind = StackFileKind::config,
                                                      .id = "c1",
                                                      .name = "demo_app",
                                                      .labels = {{"a", "b"}},
                                                      .data = "conf1\n"}));
}

TEST(StackFiles, AreSecretsWithoutTheirs) {
    const auto files = read_stack_files(
        json(R"([{"ID":"s1","Spec":{"Name":"demo_key","Labels":null}}])").root(), StackFileKind::secret);
    ASSERT_TRUE(files) << files.error().message();
    EXPECT_THAT(*files, ElementsAre(ObservedStackFile{
                            .kind = StackFileKind::secret, .id = "s1", .name = "demo_key"}));
}

TEST(StackFiles, ThatLackAPartAreUnavailable) {
    const std::pair<std::string, std::string> cases[] = {
        {"null", "expected array"},
        {R"([{"Spec":{"Name":"a"}}])", "/0/ID: is missing"},
        {R"([{"ID":"c1"}])", "/0/Spec: is missing"},
        {R"([{"ID":"c1","Spec":{}}])", "/0/Spec/Name: is missing"},
        {R"([{"ID":"c1","Spec":{"Name":"a","Data":"?"}}])", "/0/Spec/Data: is not base64"}};
    for (const auto& [list, message] : cases) {
        const auto files = read_stack_files(json(list).root(), StackFileKind::config);
        ASSERT_FALSE(files) << list;
        EXPECT_EQ(files.error().kind(), ErrorKind::unavailable) << list;
        EXPECT_THAT(files.error().message(), HasSubstr(message));
    }
}

TEST(StackNetworks, AreReadWithoutWhatTheEngineAddsToTheOptions) {
    const auto networks = read_stack_networks(
        json(
            R"([{"Name":"demo_back","Id":"n1","Scope":"swarm","Driver":"overlay","EnableIPv6":true,)"
            R"("IPAM":{"Driver":"default","Options":null,"Config":[{"Subnet":"10.0.3.0/24","Gateway":"10.0.3.1"}]},)"
            R"("Internal":true,"Attachable":true,"Containers":null,"Labels":{"a":"b"},)"
            R"("Options":{"com.docker.network.driver.overlay.vxlanid_list":"4099","encrypted":""}}])")
            .root());
    ASSERT_TRUE(networks) << networks.error().message();
    const ObservedStackNetwork expected{
        .id = {"n1"},
        .spec = {.name = {"demo_back"},
                 .driver = "overlay",
                 .driver_options = {{"encrypted", ""}},
                 .ipam_driver = "default",
                 .ipam_pools = {{.subnet = "10.0.3.0/24", .gateway = "10.0.3.1"}},
                 .internal = true,
                 .attachable = true,
                 .enable_ipv6 = true,
                 .labels = {{"a", "b"}}}};
    EXPECT_THAT(networks->of_swarm, ElementsAre(expected));
    EXPECT_TRUE(networks->local.empty());
    EXPECT_THAT(read_stack_networks(json("[]").root()).value().of_swarm, IsEmpty());
}

TEST(StackNetworks, OfThisMachineAloneAreKnownByTheirNamesAndProjects) {
    const auto networks =
        read_stack_networks(json(R"([{"Name":"bridge","Id":"n1","Scope":"local","Driver":"bridge"},)"
                                 R"({"Name":"demo_default","Id":"n2","Scope":"local","Driver":"bridge",)"
                                 R"("Labels":{"com.docker.compose.project":"demo"}},)"
                                 R"({"Name":"odd","Id":"n3","Scope":"local","Driver":7}])")
                                .root());
    ASSERT_TRUE(networks) << networks.error().message();
    EXPECT_TRUE(networks->of_swarm.empty());
    EXPECT_THAT(networks->local,
                ElementsAre(testing::Pair(model::NetworkName{"bridge"}, model::ProjectName()),
                            testing::Pair(model::NetworkName{"demo_default"}, model::ProjectName{"demo"})));
}

TEST(StackNetworks, ThatLackAPartAreUnavailable) {
    const std::pair<std::string, std::string> cases[] = {
        {"{}", "expected array"},
        {R"([{"Name":"a","Scope":"swarm"}])", "Id"},
        {R"([{"Id":"n1","Scope":"swarm"}])", "Name"},
        {R"([{"Id":"n1","Scope":"swarm","Name":"a","Driver":7}])", "a: /0/Driver: expected string"}};
    for (const auto& [list, message] : cases) {
        const auto networks = read_stack_networks(json(list).root());
        ASSERT_FALSE(networks) << list;
        EXPECT_EQ(networks.error().kind(), ErrorKind::unavailable) << list;
        EXPECT_THAT(networks.error().message(), HasSubstr(message));
    }
}

}  // namespace
}  // namespace dockerext::observe
