#include "plan/image_updates.hpp"

#include "scene.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dockerext::plan {
namespace {

using namespace model;
using namespace dockerext::test;
using namespace std::chrono_literals;

const ImageRef image{"busybox:1"};

/// The service "web" is kept up to date daily; its registry has the image that the engine has.
struct ImageUpdatesTest : testing::Test {
    World world = web_running();
    WallTime checked_at = world.observed.at;
    WallTime now = checked_at;
    RegistryImage& registry = world.history.registry_images[image];

    ImageUpdatesTest() {
        web_of(world).pull_policy = PullPolicy::refresh;
        web_of(world).refresh_after = 24h;
        world.history.pulled.insert(image);
        world.observed.images.at(image).digests = {"sha256:old"};
        registry = answer("sha256:old");
    }
    RegistryImage answer(std::string digest) const {
        RegistryImage answered;
        answered.digest = std::move(digest);
        answered.checked_at = checked_at;
        answered.is_answered = true;
        return answered;
    }
    std::optional<ImageCheck> next() const {
        return ImageUpdates(world.desired, world.observed, world.history).next_check(now);
    }
    std::string update() const {
        return ImageUpdates(world.desired, world.observed, world.history)
            .available(world.desired.project.services.at({"web"}));
    }
};

TEST_F(ImageUpdatesTest, AreLookedForWhenPullPolicySays) {
    EXPECT_EQ(next()->image, image);
    EXPECT_EQ(next()->at, checked_at + 24h);
    registry.jitter = 100;
    EXPECT_EQ(next()->at, checked_at + 21h + 36min);
    registry.jitter = 0;
    web_of(world).pull_policy = PullPolicy::always;
    EXPECT_EQ(next()->at, checked_at + 1h);
    now = checked_at + 5h;
    EXPECT_EQ(next()->at, now) << "it is overdue";
    web_of(world).pull_policy = PullPolicy::refresh;
    web_of(world).refresh_after = std::chrono::seconds::max();
    EXPECT_GT(next()->at, now) << "no overflow";
}

TEST_F(ImageUpdatesTest, AreNotLookedForWithoutNeed) {
    for (const PullPolicy policy : {PullPolicy::missing, PullPolicy::never, PullPolicy::build}) {
        web_of(world).pull_policy = policy;
        EXPECT_FALSE(next());
    }
    web_of(world).pull_policy = PullPolicy::always;
    web_of(world).build.emplace();
    EXPECT_FALSE(next()) << "it is built";
    web_of(world).build.reset();
    web_of(world).scale = 0;
    EXPECT_FALSE(next()) << "nothing runs";
    web_of(world).scale = 1;
    world.observed.images.clear();
    EXPECT_FALSE(next()) << "it is pulled anyway";
    web_of(world).container.image = {"busybox@sha256:abc"};
    EXPECT_FALSE(check_interval(web_of(world))) << "a digest never means another image";
}

TEST_F(ImageUpdatesTest, TheImageThatIsDueFirstIsNext) {
    Service& db = world.add_service("db");
    db.pull_policy = PullPolicy::always;
    db.container.image = {"db:1"};
    world.observed.images[{"db:1"}] = {};
    EXPECT_EQ(next()->image, image) << "db is not tracked yet";
    world.history.registry_images[{"db:1"}] = answer("sha256:db");
    EXPECT_EQ(next()->image.value, "db:1");
    world.history.registry_images[{"db:1"}].not_before = checked_at + 48h;
    EXPECT_EQ(next()->image, image);
}

TEST_F(ImageUpdatesTest, ArePulledAndShowTheirDigest) {
    EXPECT_EQ(update(), "");
    EXPECT_EQ(plan_text(world), "");
    registry = answer("sha256:0123456789abcdef");
    EXPECT_EQ(update(), "sha256:0123456789abcdef");
    EXPECT_EQ(plan_text(world),
              "[] -> 0 pull image busybox:1: its registry has a newer image (pull_policy) "
              "(digest: sha256:old → sha256:0123456789ab)\n");
    back_off(world, subject_of(image));
    EXPECT_EQ(plan_text(world), "held image busybox:1: backoff: it broke\n") << "the container keeps running";
}

TEST_F(ImageUpdatesTest, WaitUntilTheyAreOldEnough) {
    world.desired.policy.minimum_image_age = 72h;
    registry = answer("sha256:new");
    EXPECT_EQ(update(), "") << "its age is not known";
    EXPECT_EQ(next()->at, checked_at + 24h);
    registry.created_at = checked_at - 60h;
    EXPECT_EQ(update(), "");
    EXPECT_EQ(next()->at, checked_at + 12h) << "when it is old enough";
    world.observed.at = now = checked_at + 12h;
    EXPECT_EQ(update(), "") << "the tag may have moved since";
    EXPECT_EQ(next()->at, now);
    registry.checked_at = now;
    EXPECT_EQ(update(), "sha256:new");
}

TEST_F(ImageUpdatesTest, AreNotPulledOnAnOldOrFailedAnswer) {
    registry = answer("sha256:new");
    EXPECT_EQ(update(), "sha256:new");
    registry.failures = 1;
    EXPECT_EQ(update(), "");
    registry.failures = 0;
    world.observed.at = checked_at + 21min;
    EXPECT_EQ(update(), "");
    EXPECT_EQ(next()->at, checked_at + 10min) << "it is asked about again, but not all the time";
}

TEST_F(ImageUpdatesTest, ThatMoveTogetherArePulledTogether) {
    Service& db = world.add_service("db");
    db.pull_policy = PullPolicy::refresh;
    db.refresh_after = 24h;
    db.container.image = {"db:1"};
    world.observed.images[{"db:1"}].digests = {"sha256:db"};
    RegistryImage& of_db = world.history.registry_images[{"db:1"}];
    of_db = answer("sha256:db");
    of_db.checked_at -= 5h;
    registry = answer("sha256:new");
    EXPECT_EQ(update(), "") << "the registry of db is asked first";
    EXPECT_EQ(next()->image.value, "db:1");
    EXPECT_EQ(next()->at, now);
    of_db.failures = 1;
    of_db.not_before = now + 1h;
    EXPECT_EQ(update(), "sha256:new") << "db cannot be asked";
    of_db = answer("sha256:db");
    EXPECT_EQ(update(), "sha256:new");
}

TEST_F(ImageUpdatesTest, AreFollowedWhileAnEarlierImageIsUsed) {
    Service& web = web_of(world);
    web.followed = FollowedTag{image, web.pull_policy, web.refresh_after};
    web.container.image = {"sha256:good"};
    web.pull_policy = PullPolicy::never;
    world.observed.images[{"sha256:good"}].id = container_of(world).image_id;
    EXPECT_EQ(next()->image, image);
    EXPECT_EQ(next()->at, checked_at + 24h);
    registry = answer("sha256:0123456789abcdef");
    EXPECT_EQ(update(), "sha256:0123456789abcdef");
    EXPECT_THAT(plan_text(world), testing::HasSubstr("pull image busybox:1: its registry has a newer image"));
}

TEST_F(ImageUpdatesTest, OfBuiltImagesDoNotExist) {
    Service& built = world.add_service("built");
    built.build.emplace();
    registry = answer("sha256:new");
    EXPECT_EQ(update(), "") << "another service builds that image";
    EXPECT_FALSE(next());
}

TEST_F(ImageUpdatesTest, AreOnlyShownIfDriftIsOnlyReported) {
    registry = answer("sha256:new");
    world.desired.policy.repair = false;
    EXPECT_EQ(update(), "");
}

TEST_F(ImageUpdatesTest, HappenOnlyWithinAWindow) {
    ::setenv("TZ", "UTC0", 1);
    const WallTime midnight = std::chrono::floor<std::chrono::days>(world.observed.at);
    world.desired.policy.update_windows = {*parse_update_window("02:00-04:00")};
    registry = answer("sha256:new");
    registry.checked_at = midnight;
    world.observed.at = now = midnight + 1h;
    EXPECT_EQ(update(), "");
    EXPECT_EQ(next()->at, midnight + 2h);
    registry.jitter = 100;
    EXPECT_EQ(next()->at, midnight + 2h + 5min) << "not all machines at once";
    registry.jitter = 0;
    world.observed.at = now = midnight + 3h;
    EXPECT_EQ(update(), "") << "it was asked about before the window";
    registry.checked_at = now;
    EXPECT_EQ(update(), "sha256:new");
    registry = answer("sha256:old");
    registry.checked_at = midnight - 48h;
    now = midnight + 9h;
    EXPECT_EQ(next()->at, midnight + 26h) << "overdue, but not at any time";
    web_of(world).pull_policy = PullPolicy::always;
    world.history.pulled.clear();
    EXPECT_EQ(plan_text(world), "") << "new settings do not change when images may be pulled";
    ::unsetenv("TZ");
}

}  // namespace
}  // namespace dockerext::plan
