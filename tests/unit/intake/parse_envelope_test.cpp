#include "intake/parse_envelope.hpp"

#include "support/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

namespace dockerext::intake {
namespace {

IntakeResult take(std::string settings, std::string secrets = "") {
    return parse_envelope(
        {.public_settings = std::move(settings), .protected_settings = Secret(std::move(secrets))},
        "/project", "/state/settings.json", {});
}

TEST(IntakeResult, MakesTheDesiredStateFromBothDocuments) {
    const auto intake = take(R"({"compose": {"web": {"image": "nginx", "environment": ["WHO", "KEY"]}},
                                 "compose-environment": {"COMPOSE_PROJECT_NAME": "test", "WHO": "me"}})",
                             R"({"environment": {"KEY": "sesame-open"}})");
    ASSERT_TRUE(intake.accepted) << to_text(intake.problems);
    const model::Project& project = intake.accepted->desired.project;
    EXPECT_EQ(project.name.value, "test");
    const auto& environment = project.services.at({"web"}).container.environment;
    EXPECT_EQ(environment.at("WHO"), "me");
    EXPECT_EQ(environment.at("KEY"), "sesame-open");
    EXPECT_EQ(intake.accepted->desired.redact("x sesame-open"), "x (hidden)");
}

TEST(IntakeResult, ReadsTheDesiredEngine) {
    const auto intake = take(R"({"docker": {"options": ["-D"]}})",
                             R"({"login": {"username": "me", "password": "sesame-open"}})");
    ASSERT_TRUE(intake.accepted) << to_text(intake.problems);
    EXPECT_EQ(intake.accepted->engine.docker.options, std::vector<std::string>{"-D"});
    EXPECT_EQ(std::get<model::PasswordLogin>(intake.accepted->engine.logins.at(0).method).password,
              Secret("sesame-open"));
}

TEST(IntakeResult, ReadsTheDesiredSwarm) {
    EXPECT_FALSE(take("{}").accepted->swarm);
    const std::string token = "SWMTKN-1-" + std::string(50, 'd') + "-" + std::string(25, 'w');
    const auto intake = take(R"({"swarm": {"managers": ["10.0.0.4", "10.0.0.5"]}})",
                             R"({"swarm": {"worker-token": ")" + token + R"("}})");
    ASSERT_TRUE(intake.accepted) << to_text(intake.problems);
    ASSERT_TRUE(intake.accepted->swarm);
    EXPECT_EQ(intake.accepted->swarm->settings.managers.at(1), (TcpAddress{"10.0.0.5", 2377}));
    EXPECT_EQ(intake.accepted->swarm->access.worker_token, Secret(token));
    EXPECT_EQ(intake.accepted->desired.redact("x " + token), "x (hidden)");
    EXPECT_EQ(intake.accepted->warnings,
              std::vector<std::string>{
                  "/swarm/managers: 2 managers tolerate no more failures than 1; list an odd number"});
}

TEST(IntakeResult, MakesAStackInsteadOfContainers) {
    const std::string model = R"("compose": {"name": "demo", "services": {"web": {"image": "nginx"}}})";
    const auto containers = take("{" + model + "}");
    ASSERT_TRUE(containers.accepted) << to_text(containers.problems);
    EXPECT_FALSE(containers.accepted->stack);
    EXPECT_FALSE(stack_of(*containers.accepted).stack);
    EXPECT_FALSE(stack_of(*containers.accepted).leaves) << "the swarm is left alone";
    EXPECT_TRUE(stack_of(*take(R"({"swarm": {"managers": ["10.0.0.4"]}, )" + model + "}").accepted).leaves);
    const auto intake = take(R"({"swarm": {"managers": ["10.0.0.4"]}, "stack": true, )" + model + "}");
    ASSERT_TRUE(intake.accepted) << to_text(intake.problems);
    EXPECT_TRUE(intake.accepted->desired.project.services.empty());
    EXPECT_EQ(intake.accepted->desired.project.name.value, "demo");
    const model::StackDesired desired = stack_of(*intake.accepted);
    ASSERT_TRUE(desired.stack);
    EXPECT_EQ(desired.stack->services.at({"web"}).name, "demo_web");
    EXPECT_FALSE(desired.leaves);
    EXPECT_FALSE(stack_of(*take("{}").accepted).leaves) << "only `down` removes a stack without a successor";
}

TEST(IntakeResult, HidesSecretsInProblems) {
    const std::string_view secrets = R"({"environment": {"KEY": "sesame-open"}})";
    const std::string_view models[] = {
        R"({"include": ["/nowhere/${KEY}.yml"]})",
        R"({"services": {"web": {"image": "nginx", "env_file": "/nowhere/${KEY}.env"}}})",
        R"({"services": {"web": {"image": "nginx", "ports": ["${KEY}:80"], "mem_limit": "${KEY}"}}})",
        R"({"services": {"web": {"extends": {"file": "/nowhere/${KEY}.yml", "service": "web"}}}})",
    };
    for (const std::string_view model : models) {
        const auto intake = take(R"({"compose": )" + std::string(model) + "}", std::string(secrets));
        const std::string reported = to_text(intake.problems);
        EXPECT_NE(reported.find("(hidden)"), std::string::npos) << reported;
        EXPECT_EQ(reported.find("sesame"), std::string::npos) << reported;
    }
}

TEST(IntakeResult, AcceptsYamlWithReferencedFiles) {
    std::string name = (std::filesystem::temp_directory_path() / "intake.XXXXXX").string();
    const std::filesystem::path folder = ::mkdtemp(name.data());
    std::ofstream(folder / "a.env") << "FROM=$WHO\n";
    std::ofstream(folder / "large.env") << std::string((1 << 20) + 1, '#');
    const std::string model = "web:\\n  image: nginx\\n  env_file: ";
    const auto with = [&](const std::string& file) {
        return parse_envelope({.public_settings = R"({"compose-environment": {"WHO": "me"}, "compose": ")" +
                                                  model + file + "\"}"},
                              folder, "/state/settings.json", {});
    };
    const auto intake = with("a.env");
    const auto large = with("large.env");
    const auto absent = with("b.env");
    std::filesystem::remove_all(folder);
    ASSERT_TRUE(intake.accepted) << to_text(intake.problems);
    EXPECT_EQ(intake.accepted->desired.project.services.at({"web"}).container.environment.at("FROM"), "me");
    EXPECT_NE(to_text(large.problems).find("larger than 1048576 bytes"), std::string::npos)
        << to_text(large.problems);
    EXPECT_TRUE(
        to_text(absent.problems)
            .starts_with("/compose/web/env_file: line 3, column 13: '" + folder.string() + "/b.env': "))
        << to_text(absent.problems);
}

TEST(IntakeResult, FollowsNoLinkThatNonRootUsersCanCreate) {
    const test::TemporaryFolder folder;
    std::filesystem::create_directories(folder / "secret");
    test::write_file(folder / "secret/a.env", "KEY=of root\n");
    std::filesystem::create_directories(folder / "project");
    std::filesystem::create_symlink(folder / "secret", folder / "project/sub");
    const auto taken = [&] {
        return parse_envelope(
            {.public_settings = R"({"compose": {"web": {"image": "nginx", "env_file": "sub/a.env"}}})"},
            folder / "project", "/state/settings.json", {});
    };
    EXPECT_TRUE(taken().accepted) << to_text(taken().problems);
    std::filesystem::permissions(folder / "project", std::filesystem::perms(0777));
    EXPECT_NE(to_text(taken().problems)
                  .find("/project/sub' is a symbolic link in a folder that users other than root"),
              std::string::npos)
        << to_text(taken().problems);
}

TEST(IntakeResult, DesiresNothingForEmptySettings) {
    const auto intake = take("{}");
    ASSERT_TRUE(intake.accepted) << to_text(intake.problems);
    EXPECT_TRUE(intake.accepted->desired.project.services.empty());
}

TEST(IntakeResult, ReportsBothKindsOfProblemsWithTheirPaths) {
    EXPECT_EQ(take(R"({"dokcer": {}})").problems.at(0).path, "/dokcer");
    EXPECT_EQ(take(R"({"compose": {"web": {"image": "nginx", "prots": []}}})").problems.at(0).path,
              "/compose/web/prots");
}

std::vector<std::string> paths_of(const IntakeResult& intake) {
    std::vector<std::string> paths;
    for (const Problem& problem : intake.problems) paths.push_back(problem.path);
    return paths;
}
using Paths = std::vector<std::string>;

TEST(IntakeResult, ReportsTheProblemsOfAllPartsAtOnce) {
    const auto intake = take(R"({"docker": {"prot": 1}, "reconcile": {"interval": "soon"},
                                 "compose": {"web": {"image": "nginx", "prots": [], "mem_limit": "${SIZE}"}}})",
                             R"({"lgoin": {}, "environment": {"SIZE": "sesame-open"}})");
    EXPECT_FALSE(intake.accepted);
    EXPECT_EQ(paths_of(intake), (Paths{"/docker/prot", "/reconcile/interval", "/protected/lgoin",
                                       "/compose/web/prots", "/compose/web/mem_limit"}))
        << to_text(intake.problems);
    EXPECT_EQ(to_text(intake.problems).find("sesame"), std::string::npos);
}

TEST(IntakeResult, AValidModelIsRejectedWithInvalidSettings) {
    const auto intake = take(R"({"docker": {"prot": 1}, "compose": {"web": {"image": "nginx"}}})");
    EXPECT_FALSE(intake.accepted);
    EXPECT_EQ(paths_of(intake), Paths{"/docker/prot"});
}

/// If variables cannot be read, only problems that do not depend on them are reported.
TEST(IntakeResult, DoesNotReportVariablesAsMissingWhenTheyCouldNotBeRead) {
    const std::string model = R"("compose": {"services": {
        "web": {"image": "${IMAGE}", "ports": ["${PORT:?must be set}:80", "x"], "mem_limit": "${KNOWN}"},
        "db": {"image": "nginx", "prots": [], "volumes": ["${DATA}/d:/d"], "shm_size": "${SIZE:-much}",
               "secrets": ["s"]}}, "secrets": {"s": {"environment": "KEY"}}})";
    EXPECT_EQ(paths_of(take("{" + model + R"(, "compose-environment": {"KNOWN": "much", "PORT": []}})")),
              (Paths{"/compose-environment/PORT", "/compose/services/web/ports/1",
                     "/compose/services/web/mem_limit", "/compose/services/db/prots"}));
    EXPECT_EQ(paths_of(take("{" + model + R"(, "compose-environment": {"KNOWN": "1m"}})", "{")),
              (Paths{"/protected", "/compose/services/web/ports/1", "/compose/services/db/prots"}));
    EXPECT_EQ(paths_of(take("{" + model + R"(, "compose-environment": {"KNOWN": "1m"}})",
                            R"({"environment": [], "login": 5})")),
              (Paths{"/protected/environment", "/protected/login", "/compose/services/web/ports/1",
                     "/compose/services/db/prots"}));
}

TEST(IntakeResult, HidesInterpolatedSecretsInProblems) {
    const auto intake = take(R"({"compose": {"web": {"image": "nginx", "mem_limit": "${KEY}"}}})",
                             R"({"environment": {"KEY": "sesame-open"}})");
    ASSERT_FALSE(intake.problems.empty());
    EXPECT_EQ(to_text(intake.problems).find("sesame"), std::string::npos) << to_text(intake.problems);
}

}  // namespace
}  // namespace dockerext::intake
