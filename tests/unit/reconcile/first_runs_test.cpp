// How services fail that have no old container to fall back on.
#include "reconcile/first_runs.hpp"
#include "model/labels.hpp"

#include <gtest/gtest.h>

namespace dockerext::reconcile {
namespace {

using namespace model;
using namespace std::chrono_literals;

/// A container of "web" that runs and is not proven.
struct FirstRun {
    Project project;
    Observed observed;
    History history;
    std::set<ContainerId> proven;
    SteadyTime now = SteadyTime{} + 1min;
    const Subject subject = subject_of(Slot{{"web"}, 1});
    const ContainerId id{"abc"};
    Service& web = project.services[{"web"}];

    FirstRun() {
        web.name = {"web"};
        web.config_hash = "hash";
        web.restart_is_set = true;
        ObservedContainer& container = add(id, 1);
        history.unproven[id] = {.run = container.started_at, .healthy_since = now, .deadline = now + 5min};
    }
    ObservedContainer& add(const ContainerId& other, unsigned number) {
        ObservedContainer& container = observed.containers[other];
        container = {.id = other, .slot = {{"web"}, number}, .state = ContainerState::running};
        container.started_at = WallTime{} + 1h;
        container.spec.labels[std::string(labels::config_hash)] = "hash";
        return container;
    }
    ObservedContainer& container() { return observed.containers.at(id); }
    void end(int code) {
        container().state = ContainerState::exited;
        container().exit_code = code;
        history.unproven.clear();
    }
    std::string failure() const {
        const auto failed = failed_first_runs(project, observed, history, proven, now);
        return failed.empty() ? "" : failed.begin()->second;
    }
};

struct Row {
    const char* what;
    void (*arrange)(FirstRun&);
    const char* failure;
};

const Row rows[] = {
    {"it runs", [](FirstRun&) {}, ""},
    {"the engine restarts it",
     [](FirstRun& run) { run.history.unproven[run.id].previous_failure = "keeps exiting"; }, "keeps exiting"},
    {"it had held before",
     [](FirstRun& run) {
         run.history.unproven[run.id].previous_failure = "keeps exiting";
         run.proven.insert(run.id);
     },
     ""},
    {"it is unhealthy", [](FirstRun& run) { run.container().health = Health::unhealthy; },
     "became unhealthy"},
    {"it is not healthy yet", [](FirstRun& run) { run.history.unproven[run.id].healthy_since.reset(); }, ""},
    {"it is not healthy in time",
     [](FirstRun& run) {
         run.history.unproven[run.id].healthy_since.reset();
         run.now += 5min;
     },
     "was not healthy in time (reconcile.rollout-deadline)"},
    {"it has ended badly", [](FirstRun& run) { run.end(7); },
     "exited with code 7, and its restart policy does not restart it"},
    {"it has completed", [](FirstRun& run) { run.end(0); }, ""},
    {"it has ended, and will be started again",
     [](FirstRun& run) {
         run.web.restart_is_set = false;
         run.end(7);
         run.history.failure_records[run.subject] = {.failures = 1, .last_error = "exited with code 7"};
     },
     "exited with code 7"},
    {"somebody has stopped it",
     [](FirstRun& run) {
         run.web.restart_is_set = false;
         run.end(7);
         run.history.failure_records[run.subject] = {.failures = 1, .last_error = "exited with code 7"};
         run.history.ended_run[run.id] = {.run = run.container().started_at, .stopped_manually = true};
     },
     ""},
    {"the engine has refused it once",
     [](FirstRun& run) {
         run.container().state = ContainerState::created;
         run.history.failure_records[run.subject] = {.failures = 1, .last_error = "port in use"};
     },
     ""},
    {"the engine has refused it twice",
     [](FirstRun& run) {
         run.container().state = ContainerState::created;
         run.history.failure_records[run.subject] = {.failures = 2, .last_error = "port in use"};
     },
     "port in use"},
    {"the engine was away",
     [](FirstRun& run) {
         run.end(7);
         run.web.restart_is_set = false;
         run.history.failure_records[run.subject] = {
             .failures = 2, .last_error = "refused", .engine_unavailable = true};
     },
     ""},
    {"it is of another version",
     [](FirstRun& run) {
         run.end(7);
         run.web.config_hash = "newer";
     },
     ""},
    {"it replaces another container",
     [](FirstRun& run) {
         run.end(7);
         (void)run.add({"old"}, 1);
     },
     ""},
    {"it is surplus",
     [](FirstRun& run) {
         run.end(7);
         run.web.scale = 0;
     },
     ""},
};

TEST(FirstRuns, FailBeforeTheyAreProven) {
    for (const Row& row : rows) {
        SCOPED_TRACE(row.what);
        FirstRun run;
        row.arrange(run);
        EXPECT_EQ(run.failure(), row.failure);
    }
}

}  // namespace
}  // namespace dockerext::reconcile
