#include "ledger_scene.hpp"

namespace dockerext::reconcile {
namespace {

const ImageRef app{"app"};
const ImageId first{"sha256:1"}, second{"sha256:2"}, theirs{"sha256:3"};

/// The engine has "theirs:1", and the settings want "app".
struct BroughtImagesTest : FailureLedgerTest {
    BroughtImagesTest() {
        observed.listed_images.emplace();
        list(theirs, "theirs:1");
        take_snapshot();
    }
    void list(const ImageId& image, const std::string& tag) {
        for (auto& [id, listed] : *observed.listed_images) listed.tags.erase(tag);
        (*observed.listed_images)[image].tags.insert(tag);
    }
    static Plan plan_of(Operation operation, const Subject& subject) {
        return {{{.operation = std::move(operation), .subject = subject}}, {}};
    }
    static Plan pull() { return plan_of(PullImage{app, ""}, subject_of(app)); }
    static Plan build(std::vector<std::string> tags) {
        BuildImage build{app, {}};
        build.build.tags = std::move(tags);
        return plan_of(build, subject_of(app));
    }
    /// The engine gets `image` as "app:latest" by a pull of ours.
    void pull(const ImageId& image) {
        ledger.plan_started(pull());
        list(image, "app:latest");
        ended(pull());
        take_snapshot();
    }
    void ended(const Plan& plan, std::optional<Error> error = {}, apply::Outcome outcome = {}) {
        outcome.step = plan.steps.front();
        outcome.pulled = {!error && engine_had_nothing, digest};
        outcome.error = std::move(error);
        ledger.record(outcome, now, wall);
    }
    void restart_daemon() {
        state::DaemonState saved;
        ledger.save_to(saved);
        ledger = FailureLedger([] { return 0.5; });
        ledger.restore(saved);
    }
    /// "ID: TAG …" of each brought image.
    std::string brought() const {
        std::string text;
        for (const auto& [id, image] : ledger.history().brought) {
            text += (text.empty() ? "" : "; ") + id.value + ":";
            for (const std::string& tag : image.tags) text += " " + tag;
        }
        return text;
    }
    std::optional<WallTime> unused_since(const ImageId& image) const {
        return ledger.history().brought.at(image).unused_since;
    }

    std::string digest{};
    bool engine_had_nothing = true;  ///< as the engine says at the end of a pull
};

TEST_F(BroughtImagesTest, RemembersWhatItPulled) {
    pull(first);
    EXPECT_EQ(brought(), "sha256:1: app:latest");
    pull(second);
    EXPECT_EQ(brought(), "sha256:1: app:latest; sha256:2: app:latest");
}

TEST_F(BroughtImagesTest, AnImageThatWasThereBeforeIsSomebodyElses) {
    pull(theirs);
    EXPECT_EQ(brought(), "");
}

/// It got the name between our pull and the next list of images.
TEST_F(BroughtImagesTest, AnImageToWhichSomebodyGaveTheNameIsTheirs) {
    digest = "sha256:d";
    (*observed.listed_images)[first].digests = {"app@sha256:d"};
    pull(second);
    EXPECT_EQ(brought(), "sha256:1: app:latest");
}

/// Its event was lost, so that the last snapshot does not have it.
TEST_F(BroughtImagesTest, WhatTheEngineHadIsSomebodyElses) {
    engine_had_nothing = false;
    pull(first);
    EXPECT_EQ(brought(), "");
}

TEST_F(BroughtImagesTest, AnImageOfOursThatGetsAnotherNameOfOursIsStillOurs) {
    pull(first);
    ledger.plan_started(plan_of(PullImage{{"app:1"}, ""}, subject_of(ImageRef{"app:1"})));
    list(first, "app:1");
    engine_had_nothing = false;
    ended(plan_of(PullImage{{"app:1"}, ""}, subject_of(ImageRef{"app:1"})));
    take_snapshot();
    EXPECT_EQ(brought(), "sha256:1: app:1 app:latest");
}

TEST_F(BroughtImagesTest, WhatAppearsAfterAFailedPullIsSomebodyElses) {
    ledger.plan_started(pull());
    ended(pull(), Error(ErrorKind::unavailable, "no"));
    list(first, "app:latest");
    take_snapshot();
    EXPECT_EQ(brought(), "");
}

TEST_F(BroughtImagesTest, WhatASnapshotShowsDuringThePullDoesNotCountYet) {
    ledger.plan_started(pull());
    list(first, "app:latest");
    take_snapshot();
    EXPECT_EQ(brought(), "");
    ended(pull());
    take_snapshot();
    EXPECT_EQ(brought(), "sha256:1: app:latest");
}

TEST_F(BroughtImagesTest, ACrashBetweenPullAndSnapshotForgetsNothing) {
    ledger.plan_started(pull());
    ended(pull());
    restart_daemon();
    list(first, "app:latest");
    take_snapshot();
    restart_daemon();
    EXPECT_EQ(brought(), "sha256:1: app:latest");
}

TEST_F(BroughtImagesTest, ACrashDuringAPullBringsNothing) {
    ledger.plan_started(pull());
    restart_daemon();
    list(first, "app:latest");
    take_snapshot();
    EXPECT_EQ(brought(), "");
}

TEST_F(BroughtImagesTest, ACrashAfterAPullOfAStrangersImageLeavesItTheirs) {
    ledger.plan_started(pull());
    ended(pull());
    restart_daemon();
    list(theirs, "app:latest");
    take_snapshot();
    EXPECT_EQ(brought(), "");
}

TEST_F(BroughtImagesTest, RemembersWhatABuildMade) {
    ledger.plan_started(build({"app:extra"}));
    list(first, "app:latest");
    list(first, "app:extra");
    apply::Outcome outcome;
    outcome.built = {{first, {.built = true}}, {second, {.built = true}}};
    engine_had_nothing = false;
    ended(build({"app:extra"}), {}, outcome);
    take_snapshot();
    EXPECT_EQ(brought(), "sha256:1: app:extra app:latest; sha256:2:");
    restart_daemon();
    take_snapshot();  // does not list the second one, because others are made from it
    EXPECT_EQ(brought(), "sha256:1: app:extra app:latest; sha256:2:");
    wall += std::chrono::days(366);
    take_snapshot();
    EXPECT_EQ(brought(), "sha256:1: app:extra app:latest");
}

TEST_F(BroughtImagesTest, RemembersWhatAFailedBuildMade) {
    ledger.plan_started(build({}));
    apply::Outcome outcome;
    outcome.built = {{second, {.built = true}}};
    ended(build({}), Error(ErrorKind::unavailable, "no"), outcome);
    take_snapshot();
    EXPECT_EQ(brought(), "sha256:2:");
}

TEST_F(BroughtImagesTest, ForgetsAnImageThatIsGone) {
    pull(first);
    observed.listed_images->erase(first);
    take_snapshot();
    EXPECT_EQ(brought(), "");
    list(first, "app:latest");
    take_snapshot();
    EXPECT_EQ(brought(), "");
}

TEST_F(BroughtImagesTest, AnImageThatWasRemovedAndCameBackIsSomebodyElses) {
    pull(first);
    ledger.event_received({.type = "image", .action = "delete", .id = first.value});
    take_snapshot();
    EXPECT_EQ(brought(), "");
}

TEST_F(BroughtImagesTest, KeepsItsRecordWithoutAList) {
    pull(first);
    observed.listed_images.reset();
    take_snapshot();
    EXPECT_EQ(brought(), "sha256:1: app:latest");
}

TEST_F(BroughtImagesTest, OtherSettingsForgetNothing) {
    pull(first);
    ledger.new_settings();
    ledger.new_project();
    EXPECT_EQ(brought(), "sha256:1: app:latest");
}

TEST_F(BroughtImagesTest, KnowsSinceWhenAnImageIsUnused) {
    pull(first);
    const WallTime begin = wall;
    EXPECT_EQ(unused_since(first), begin);
    wall += 1h;
    take_snapshot();
    EXPECT_EQ(unused_since(first), begin);
    observed.image_users = {first};
    take_snapshot();
    EXPECT_EQ(unused_since(first), std::nullopt);
    observed.image_users.clear();
    take_snapshot();
    EXPECT_EQ(unused_since(first), wall);
    ledger.set_good_images({first});
    take_snapshot();
    EXPECT_EQ(unused_since(first), std::nullopt);
    ledger.set_good_images({});
    wall -= 30min;  // the clock was set back
    take_snapshot();
    EXPECT_EQ(unused_since(first), wall);
}

TEST_F(BroughtImagesTest, APullThatDidNotFitAsksForOneRemoval) {
    pull(first);
    ledger.plan_started(pull());
    ended(pull(), Error(ErrorKind::unavailable, "write /x: no space left on device"));
    EXPECT_TRUE(ledger.history().lacks_space);
    const Plan removal = plan_of(RemoveImage{first, {}}, subject_of(first));
    ledger.plan_started(removal);
    ledger.event_received({.type = "image", .action = "delete", .id = first.value});
    ended(removal);
    EXPECT_FALSE(ledger.history().lacks_space);
}

TEST_F(BroughtImagesTest, ARefusedRemovalIsNoFailure) {
    pull(first);
    const Plan removal = plan_of(RemoveImage{first, {}}, subject_of(first));
    ledger.plan_started(removal);
    ended(removal, Error(ErrorKind::conflict, "in use"));
    EXPECT_EQ(ledger.history().brought.at(first).refused_at, wall);
    EXPECT_TRUE(ledger.history().failure_records.empty());
    ledger.plan_started(removal);
    ended(removal, Error(ErrorKind::unavailable, "no"));
    EXPECT_TRUE(ledger.history().failure_records.contains(subject_of(first)));
    ledger.plan_started(removal);
    ended(removal);
    EXPECT_EQ(brought(), "");
}

}  // namespace
}  // namespace dockerext::reconcile
