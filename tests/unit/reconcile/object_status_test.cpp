#include "reconcile/object_status.hpp"

#include "../plan/scene.hpp"

#include <gtest/gtest.h>

namespace dockerext::reconcile {
namespace {

using namespace model;
using namespace std::chrono_literals;

constexpr SteadyTime object_time = SteadyTime{} + 1h;

struct ObjectScene {
    ObjectScene() {
        accepted.desired = world.desired;
        facts.in_force = &accepted;
        facts.observed = &world.observed;
        facts.history = &history;
        facts.plan = &plan;
        facts.pulls = &pulls;
        facts.redact = &redact;
    }
    std::string text_of(const std::string& name) const {
        const auto object = object_status(facts, status, name, object_time);
        if (!object) return "none";
        std::string text = to_string(object->subject) + " " + object->state;
        if (!object->reason.empty()) text += " because " + object->reason;
        for (const ObjectStatus::Fact& fact : object->facts) text += "; " + fact.name + ": " + fact.text;
        return text;
    }

    test::World world = test::web_running();
    AcceptedSettings accepted;
    History history;
    Plan plan;
    std::map<ImageRef, engine::PullProgress> pulls;
    Redactor redact;
    Facts facts;
    Status status;
};

TEST(ObjectStatus, IsFoundByItsNameOrItsKey) {
    ObjectScene scene;
    EXPECT_EQ(scene.text_of("demo_default").substr(0, 28), "network demo_default present");
    EXPECT_EQ(scene.text_of("default"), scene.text_of("demo_default"));
    const std::string& image = test::web_of(scene.world).container.image.value;
    EXPECT_EQ(scene.text_of(image).substr(0, image.size() + 30),
              "image " + image + " present; used by: web; ");
    EXPECT_EQ(scene.text_of("nothing"), "none");
}

TEST(ObjectStatus, OfAPartIsThatOfTheStatus) {
    ObjectScene scene;
    scene.status.parts = {{"engine.tls", PartState::failed, "expired", true}};
    EXPECT_EQ(
        scene.text_of("engine.tls"),
        "part engine.tls failed because expired; next attempt: when the settings or the machine change");
}

TEST(ObjectStatus, TellsFailuresAndWhatIsHeld) {
    ObjectScene scene;
    const Subject network = subject_of(NetworkName{"demo_default"});
    scene.history.failure_records[network] = {.failures = 2,
                                              .last_error = "pool overlaps",
                                              .since = WallTime{} + 24h,
                                              .next_attempt = object_time + 5s};
    scene.plan.held.push_back({network, {}, Held::Why::backoff, "waits for its next attempt", {}});
    scene.world.observed.networks.clear();
    EXPECT_EQ(
        scene.text_of("default"),
        "network demo_default absent because waits for its next attempt; used by: web; failures: 2 since "
        "1970-01-02T00:00:00.000Z; last error: pool overlaps; next attempt: in 5 s");
}

}  // namespace
}  // namespace dockerext::reconcile
