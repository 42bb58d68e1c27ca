#include "reconcile/evidence.hpp"

#include "model/labels.hpp"

#include "support/fake_engine.hpp"
#include "support/run.hpp"

#include <gtest/gtest.h>

namespace dockerext::reconcile {
namespace {

using namespace model;

const Subject web_slot = subject_of(Slot{{"web"}, 1});

struct EvidenceScene : testing::Test {
    EvidenceScene() { client.set_redactor(Redactor({Secret("hunter2hunter2")})); }

    ObservedContainer& add(const std::string& id, const std::string& name, ContainerState state, int code) {
        ObservedContainer& container = observed.containers[{id}];
        container.id = {id};
        container.name = {name};
        container.slot = {{"web"}, 1};
        container.state = state;
        container.exit_code = code;
        container.started_at = WallTime{} + std::chrono::hours(1);
        return container;
    }
    void answer(const std::string& id, const std::string& text) {
        fake.answer("GET /v1.40/containers/" + id + "/logs?stdout=1&stderr=1&tail=10",
                    test::chunked_head() + test::chunk(text) + test::chunk(""));
    }
    void update() { test::run_to_end(io, outputs.update(observed, history)); }
    std::vector<Evidence> evidence() const {
        return evidence_of({"web"}, observed, outputs.all(), client.redact());
    }

    asio::io_context io;
    test::FakeEngine fake{io};
    engine::Client client{io.get_executor(), fake.socket()};
    Observed observed;
    History history;
    LastOutputs outputs{client};
};

TEST_F(EvidenceScene, IsTheLastOutputOfACrashedRunReadOnce) {
    add("c1", "demo-web-1", ContainerState::exited, 3);
    answer("c1", "1\n2\n3\n\n4\n5\n6 hunter2hunter2\n" + std::string(300, 'x') + "\n");
    update();
    update();
    const std::string cut = std::string(200, 'x') + "...";
    EXPECT_EQ(evidence(),
              (std::vector<Evidence>{{"last output of demo-web-1", {"3", "4", "5", "6 (hidden)", cut}}}));
    const auto reads = [&] {
        return std::count_if(fake.requests().begin(), fake.requests().end(),
                             [](const std::string& each) { return each.find("/logs") != std::string::npos; });
    };
    EXPECT_EQ(reads(), 1);
    observed.containers[{"c1"}].started_at += std::chrono::minutes(1);
    update();
    EXPECT_EQ(reads(), 1) << "not more often than people read";
}

TEST_F(EvidenceScene, IsNotReadOfARunThatEndedAsItShould) {
    ObservedContainer& container = add("c1", "demo-web-1", ContainerState::exited, 137);
    history.ended_run[container.id] = {.run = container.started_at, .stopped_manually = true};
    add("c2", "demo-web-1", ContainerState::exited, 0);
    add("c3", "demo-web-1", ContainerState::running, 0);
    update();
    EXPECT_TRUE(outputs.all().empty());
    EXPECT_TRUE(fake.requests().empty());
}

TEST_F(EvidenceScene, OutlivesTheSuccessorThatFailedAndIsForgottenWhenTheSlotIsWell) {
    ObservedContainer& successor = add("c2", "0123456789ab_demo-web-1", ContainerState::exited, 1);
    successor.spec.labels[std::string(labels::replace)] = "demo-web-1";
    answer("c2", "no such file\n");
    update();
    observed.containers.clear();
    history.failed_rollouts[web_slot] = {};
    update();
    EXPECT_EQ(evidence(), (std::vector<Evidence>{{"last output of the new demo-web-1", {"no such file"}}}));
    history.failed_rollouts.clear();
    update();
    EXPECT_TRUE(evidence().empty());
}

TEST_F(EvidenceScene, IsToldOfBothContainersOfASlot) {
    add("c1", "demo-web-1", ContainerState::exited, 3);
    ObservedContainer& successor = add("c2", "0123456789ab_demo-web-1", ContainerState::exited, 1);
    successor.spec.labels[std::string(labels::replace)] = "demo-web-1";
    answer("c1", "old\n");
    answer("c2", "new\n");
    update();
    EXPECT_EQ(evidence(), (std::vector<Evidence>{{"last output of demo-web-1", {"old"}},
                                                 {"last output of the new demo-web-1", {"new"}}}));
}

TEST_F(EvidenceScene, IsTheLastHealthCheck) {
    ObservedContainer& container = add("c1", "demo-web-1", ContainerState::running, 0);
    container.failed_check = HealthCheckRun{7, "wget: hunter2hunter2 refused\n"};
    EXPECT_EQ(
        evidence(),
        (std::vector<Evidence>{{"last check of demo-web-1 (exit code 7)", {"wget: (hidden) refused"}}}));
}

}  // namespace
}  // namespace dockerext::reconcile
