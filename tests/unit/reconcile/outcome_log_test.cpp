#include "reconcile/outcome_log.hpp"

#include <gtest/gtest.h>

namespace dockerext::reconcile {
namespace {

using namespace model;

apply::Outcome outcome(Operation operation, const std::string& reason, std::vector<Change> changes = {}) {
    return {.step = {.operation = std::move(operation),
                     .subject = {Subject::Kind::container, "web-1"},
                     .service = ServiceName{"web"},
                     .object = "demo-web-1",
                     .reason = reason,
                     .changes = std::move(changes)}};
}

const Change ports{"ports", "80->80/tcp", "8080->80/tcp"};

TEST(OutcomeLog, TellsWhatWasDoneAndWhy) {
    report::Counters counters;
    OutcomeLog log{counters};
    EXPECT_EQ(log.text_of(outcome(CreateContainer{.name = {"demo-web-1"}, .spec = {}}, "not found")),
              "web: created demo-web-1: not found");
    EXPECT_EQ(log.text_of(outcome(UpdateContainer{}, "mem_limit changed", {{"mem_limit", "64m", "32m"}})),
              "web: updated demo-web-1: mem_limit changed (mem_limit: 64m → 32m)");
    apply::Outcome failed = outcome(StartContainer{}, "not running");
    failed.error = Error(ErrorKind::invalid_input, "exit 127");
    EXPECT_EQ(log.text_of(failed), "web: cannot start demo-web-1: exit 127");
    apply::Outcome pulled = outcome(PullImage{.image = {"nginx:1"}, .platform = {}}, "not found");
    pulled.step.service.reset();
    pulled.step.object = "nginx:1";
    EXPECT_EQ(log.text_of(pulled), "pulled image nginx:1: not found");
}

TEST(OutcomeLog, NamesTheCauseOfAReplacementAtItsEnd) {
    report::Counters counters;
    OutcomeLog log{counters};
    const ContainerId successor{"new"};
    apply::Outcome created =
        outcome(CreateContainer{.name = {"OLD_demo-web-1"}, .spec = {}}, "ports changed", {ports});
    created.created = successor;
    EXPECT_EQ(log.text_of(created),
              "web: created the successor of demo-web-1: ports changed (ports: 80->80/tcp → 8080->80/tcp)");
    apply::Outcome renamed = outcome(RenameContainer{successor, {"demo-web-1"}}, "the new container is up");
    renamed.container = successor;
    EXPECT_EQ(log.text_of(renamed),
              "web: replaced demo-web-1: ports changed (ports: 80->80/tcp → 8080->80/tcp)");
    EXPECT_EQ(log.text_of(renamed), "web: renamed demo-web-1: the new container is up")
        << "only once, as for a replacement that an earlier process began";
}

}  // namespace
}  // namespace dockerext::reconcile
