#pragma once

#include "model/labels.hpp"
#include "reconcile/failure_ledger.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>

/// A ledger on a virtual clock, which observes one container of one service.
namespace dockerext::reconcile {

using namespace model;
using namespace std::chrono_literals;

inline const Slot web{{"web"}, 1};
inline const ContainerId id{std::string(64, 'a')};

struct FailureLedgerTest : testing::Test {
    FailureLedgerTest() { desired.project.services[{"web"}].name = {"web"}; }

    ObservedContainer& container() {
        ObservedContainer& seen = observed.containers[id];
        seen.id = id;
        seen.slot = web;
        if (seen.name.empty()) seen.name = {"demo-web-1"};
        return seen;
    }
    void run_since(WallTime start) {
        container().state = ContainerState::running;
        container().started_at = start;
        take_snapshot();
    }
    void end_at(WallTime end, int code) {
        container().state = ContainerState::exited;
        container().finished_at = end;
        container().exit_code = code;
        take_snapshot();
    }
    void take_snapshot() {
        ledger.snapshot_begun();
        WallTime seen = wall;
        for (const auto& [key, container] : observed.containers) seen = std::max(seen, container.finished_at);
        ledger.snapshot_taken(desired, observed, now, seen);
    }
    static engine::Event event(std::string action, std::string signal = "") {
        engine::Event event{.type = "container", .action = std::move(action), .id = id.value};
        if (!signal.empty()) event.attributes["signal"] = signal;
        return event;
    }
    const FailureRecord* failure_record() const {
        const auto found = ledger.history().failure_records.find(subject_of(web));
        return found == ledger.history().failure_records.end() ? nullptr : &found->second;
    }
    Duration wait() const { return failure_record()->next_attempt - now; }
    bool stopped_manually() const {
        const auto found = ledger.history().ended_run.find(id);
        return found != ledger.history().ended_run.end() && found->second.stopped_manually;
    }
    Plan one_step(Operation operation) const {
        return {
            {{.operation = std::move(operation), .subject = subject_of(web), .service = ServiceName{"web"}}},
            {}};
    }
    Plan recreation(Change change) const {
        CreateContainer create;
        create.spec.labels[std::string(labels::replace)] = "web-1";
        Plan plan = one_step(create);
        plan.steps[0].changes = {std::move(change)};
        plan.steps.push_back(one_step(StartContainer{StepId{0}}).steps.front());
        return plan;
    }
    void become_successor() {
        container().name = {std::string(12, 'b') + "_demo-web-1"};
        container().spec.labels[std::string(labels::replace)] = "web-1";
        container().spec.labels[std::string(labels::config_hash)] = "";
        ObservedContainer& old = observed.containers[{std::string(64, 'b')}];
        old.id = {std::string(64, 'b')};
        old.slot = web;
        old.name = {"demo-web-1"};
    }
    bool judge_repeats(const Plan& plan) {
        take_snapshot();
        return ledger.check_repairs(plan, now, wall);
    }
    void end(const Plan& plan, std::optional<Error> error = {}) {
        ledger.plan_started(plan);
        for (const Step& step : plan.steps)
            ledger.record({.step = step, .error = error, .container = id}, now, wall);
    }

    FailureLedger ledger{[] { return 0.5; }};
    Desired desired;
    Observed observed;
    SteadyTime now{1h};
    WallTime wall{1000h};
};

}  // namespace dockerext::reconcile
