// What former settings turn into when they are put in force again.
#include "reconcile/put_back.hpp"
#include "model/labels.hpp"

#include <gtest/gtest.h>

namespace dockerext::reconcile {
namespace {

using namespace model;
using namespace std::chrono_literals;

Service& add(Project& project, const std::string& name, const std::string& image) {
    Service& service = project.services[{name}];
    service.name = {name};
    service.container.image = {image};
    return service;
}

TEST(PinImages, ContainersAreCreatedFromTheImageThatRan) {
    Project project;
    Service& web = add(project, "web", "web:1");
    web.pull_policy = PullPolicy::always;
    web.build.emplace();
    add(project, "other", "other:1").pull_policy = PullPolicy::always;
    pin_images({{{"web:1"}, {"sha256:abc"}}}, false, project);
    EXPECT_EQ(web.container.image.value, "sha256:abc");
    EXPECT_EQ(web.pull_policy, PullPolicy::never);
    EXPECT_FALSE(web.build);
    EXPECT_EQ(project.services.at({"other"}).container.image.value, "other:1");
    EXPECT_EQ(project.services.at({"other"}).pull_policy, PullPolicy::always);
}

TEST(PutBack, NamesOfFailedNewerImagesAreStillKeptUpToDate) {
    Project project;
    Service& web = project.services[{"web"}];
    web.container.image = {"web:1"};
    web.pull_policy = PullPolicy::refresh;
    web.refresh_after = 24h;
    Service& db = project.services[{"db"}];
    db.container.image = {"db:1"};
    pin_images({{{"web:1"}, {"sha256:good"}}, {{"db:1"}, {"sha256:db"}}}, true, project);
    EXPECT_EQ(web.container.image.value, "sha256:good");
    EXPECT_EQ(web.followed, (FollowedTag{{"web:1"}, PullPolicy::refresh, 24h}));
    EXPECT_FALSE(db.followed) << "its pull_policy asks for no newer image";
    Observed observed;
    observed.images[{"web:1"}].id = {"sha256:failed"};
    observed.images[{"db:1"}].id = {"sha256:db"};
    EXPECT_EQ(replaced_images(project, observed),
              (std::map<ImageRef, ImageId>{{{"web:1"}, {"sha256:failed"}}}));
}

TEST(RollbackConfig, SaysHowTheVersionThatComesBackReplacesTheOther) {
    Project project;
    Service& web = add(project, "web", "web:1");
    web.update.parallelism = 2;
    web.rollback = UpdateConfig{.parallelism = 0};
    add(project, "db", "db:1").update.parallelism = 2;
    use_rollback_config(project);
    EXPECT_EQ(web.update.parallelism, 0U);
    EXPECT_EQ(project.services.at({"db"}).update.parallelism, 2U);
}

struct Keeping {
    Project project;
    Observed observed;
    History history;
    Service& db = add(project, "db", "db:2");

    Keeping() {
        db.never_rolls_back = true;
        db.config_hash = "new";
        observed.images[{"db:2"}].id = {"sha256:2"};
        ObservedContainer& container = observed.containers[{"abc"}];
        container = {.id = {"abc"}, .slot = {{"db"}, 1}, .started_at = WallTime{} + std::chrono::hours(1)};
        container.image_id = {"sha256:2"};
        container.spec.labels[std::string(labels::config_hash)] = "new";
    }
    ObservedContainer& container() { return observed.containers.begin()->second; }
    bool is_kept() { return !services_to_keep(project, observed, history).empty(); }
};

TEST(Keep, AServiceWhoseNewVersionHasRunStays) {
    Keeping scene;
    EXPECT_EQ(services_to_keep(scene.project, scene.observed, scene.history),
              (std::set<ServiceName>{{"db"}}));
    scene.container().state = ContainerState::exited;
    EXPECT_TRUE(scene.is_kept());
    scene.observed.containers.clear();
    EXPECT_FALSE(scene.is_kept());
    scene.history.completed[subject_of(Slot{{"db"}, 1})] = {"new", {"sha256:2"}};
    EXPECT_TRUE(scene.is_kept());
}

TEST(Keep, OtherwiseItGoesBack) {
    void (*const changes[])(Keeping&) = {
        [](Keeping& scene) { scene.db.never_rolls_back = false; },
        [](Keeping& scene) { scene.container().started_at = {}; },
        [](Keeping& scene) { scene.container().image_id = {"sha256:1"}; },
        [](Keeping& scene) { scene.container().slot.service = {"web"}; },
        [](Keeping& scene) { scene.db.config_hash = "newer"; },
        [](Keeping& scene) { scene.history.failed_successors[{"abc"}] = "exited"; }};
    for (const auto change : changes) {
        Keeping scene;
        change(scene);
        EXPECT_FALSE(scene.is_kept()) << &change - changes;
    }
}

TEST(PutBack, OnlyTheNamedServicesAreTheFormerOnes) {
    Project former, project;
    for (const std::string name : {"db", "web"}) {
        add(former, name, name + ":1");
        add(project, name, name + ":2");
    }
    ASSERT_TRUE(put_back_services({{"web"}}, former, project));
    EXPECT_EQ(project.services.at({"web"}).container.image.value, "web:1");
    EXPECT_EQ(project.services.at({"db"}).container.image.value, "db:2");
}

TEST(PutBack, BringsNetworksAndVolumesAndKeepsThoseThatAreThere) {
    Project former, project;
    Service& web = add(former, "web", "web:1");
    for (const std::string name : {"gone", "kept"}) {
        web.container.networks[{name}] = {};
        web.container.mounts.push_back({.type = Mount::Type::volume, .source = name, .target = "/" + name});
        former.networks[{name}] = {.name = {name}, .driver = "former"};
        former.volumes[{name}] = {.name = {name}, .key = "former"};
    }
    project.networks[{"kept"}] = {.name = {"kept"}, .driver = "present"};
    project.volumes[{"kept"}] = {.name = {"kept"}, .key = "present"};
    ASSERT_TRUE(put_back_services({{"web"}}, former, project));
    EXPECT_EQ(project.networks.at({"gone"}).driver, "former");
    EXPECT_EQ(project.networks.at({"kept"}).driver, "present");
    EXPECT_EQ(project.volumes.at({"gone"}).key, "former");
    EXPECT_EQ(project.volumes.at({"kept"}).key, "present");
}

TEST(PutBack, IsRefusedWhatCannotRun) {
    Project former, project;
    add(former, "web", "web:1").network_mode_service = ServiceName{"proxy"};
    auto back = put_back_services({{"web"}}, former, project);
    ASSERT_FALSE(back);
    EXPECT_EQ(back.error().message(), "web needs the service proxy, which is not in the other settings");
    back = put_back_services({{"new"}}, former, project);
    ASSERT_FALSE(back);
    EXPECT_EQ(back.error().message(), "the earlier settings have no service new");
}

}  // namespace
}  // namespace dockerext::reconcile
