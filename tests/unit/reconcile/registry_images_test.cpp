#include "ledger_scene.hpp"

namespace dockerext::reconcile {
namespace {

const ImageRef nginx{"nginx:1"};

/// The service "web" is kept up to date daily.
struct RegistryImagesTest : FailureLedgerTest {
    RegistryImagesTest() {
        Service& service = desired.project.services[{"web"}];
        service.container.image = nginx;
        service.pull_policy = PullPolicy::refresh;
        service.refresh_after = 24h;
        observed.images[nginx].tagged_at = wall - 30h;
        take_snapshot();
    }
    const RegistryImage& registry() { return ledger.history().registry_images.at(nginx); }
};

TEST_F(RegistryImagesTest, AnImageIsAskedAboutFromWhenItGotItsName) {
    EXPECT_EQ(registry().checked_at, wall - 30h);
    EXPECT_GE(registry().not_before, wall);
    EXPECT_LE(registry().not_before, wall + 5min) << "machines that start together do not ask together";
    EXPECT_FALSE(registry().is_answered);
    EXPECT_FALSE(ledger.history().pulled.contains(nginx)) << "it is older than its policy allows";
}

TEST_F(RegistryImagesTest, AYoungImageIsNotPulledForNewSettings) {
    observed.images[nginx].tagged_at = wall - 23h;
    take_snapshot();
    EXPECT_TRUE(ledger.history().pulled.contains(nginx));
}

TEST_F(RegistryImagesTest, AnAnswerCounts) {
    ledger.registry_failed(nginx, "no answer", {}, wall);
    ledger.registry_answered(nginx, "sha256:1", wall - 1h, wall + 1h);
    EXPECT_EQ(registry().digest, "sha256:1");
    EXPECT_EQ(registry().created_at, wall - 1h);
    EXPECT_EQ(registry().checked_at, wall + 1h);
    EXPECT_EQ(registry().failures, 0U);
    EXPECT_EQ(registry().error, "");
    take_snapshot();
    EXPECT_EQ(registry().checked_at, wall) << "the clock was set back";
    ledger.new_settings();
    EXPECT_EQ(registry().digest, "sha256:1") << "the registry is the same";
}

TEST_F(RegistryImagesTest, FailuresBackOff) {
    ledger.registry_failed(nginx, "no answer", {}, wall);
    EXPECT_EQ(registry().error, "no answer");
    const auto first = registry().not_before - wall;
    EXPECT_GE(first, 48s);
    for (int more = 0; more < 10; ++more) ledger.registry_failed(nginx, "no answer", {}, wall);
    EXPECT_GE(registry().not_before - wall, 48min);
    EXPECT_LE(registry().not_before - wall, 72min);
    EXPECT_EQ(registry().checked_at, wall - 30h) << "it is still due";
}

TEST_F(RegistryImagesTest, APauseIsForAllImagesOfTheRegistry) {
    for (const char* name : {"other", "elsewhere"}) {
        Service& service = desired.project.services[{name}];
        service.name = {name};
        service.container.image = {name == std::string("other") ? "team/app:2" : "r.io/app:1"};
        service.pull_policy = PullPolicy::always;
        observed.images[service.container.image].tagged_at = wall;
    }
    take_snapshot();
    ledger.registry_failed(nginx, "too many", 2h, wall);
    const auto& all = ledger.history().registry_images;
    EXPECT_EQ(all.at({"nginx:1"}).not_before, wall + 2h);
    EXPECT_EQ(all.at({"team/app:2"}).not_before, wall + 2h);
    EXPECT_LT(all.at({"r.io/app:1"}).not_before, wall + 1h);
}

TEST_F(RegistryImagesTest, APullIsAnAnswerWithoutDigest) {
    ledger.registry_answered(nginx, "sha256:1", {}, wall);
    const Plan plan{{{.operation = PullImage{nginx, ""}, .subject = subject_of(nginx)}}, {}};
    end(plan);
    EXPECT_EQ(registry().digest, "") << "the tag may have moved since the registry was asked";
    EXPECT_TRUE(ledger.history().pulled.contains(nginx));
}

TEST_F(RegistryImagesTest, AnImageThatLeavesTheSettingsIsForgotten) {
    desired.project.services.clear();
    take_snapshot();
    EXPECT_TRUE(ledger.history().registry_images.empty());
    ledger.registry_failed(nginx, "late", {}, wall);
    EXPECT_TRUE(ledger.history().registry_images.empty());
}

TEST_F(RegistryImagesTest, OutliveTheProcess) {
    ledger.registry_answered(nginx, "sha256:1", wall, wall);
    state::DaemonState saved;
    ledger.save_to(saved);
    FailureLedger next([] { return 0.5; });
    next.restore(saved);
    EXPECT_EQ(next.history().registry_images, ledger.history().registry_images);
}

}  // namespace
}  // namespace dockerext::reconcile
