#pragma once

#include "reconcile/engine_link.hpp"
#include "reconcile/engine_reconciler.hpp"
#include "reconcile/long_poll.hpp"
#include "reconcile/metrics_exporter.hpp"
#include "reconcile/reconciler.hpp"
#include "reconcile/rollback.hpp"
#include "reconcile/settings_in_force.hpp"
#include "reconcile/swarm_control.hpp"
#include "report/control_server.hpp"
#include "report/metrics.hpp"
#include "state/journal.hpp"

#include <optional>
#include <set>
#include <string>

namespace dockerext::reconcile {

/// Answers the requests on the control socket, which the commands of `cli` send (the README of this room has
/// the table).
class Control {
public:
    Control(engine::Client& client, const Intent& intent, const FailureLedger& ledger, Reconciler& reconciler,
            EngineReconciler& engine_reconciler, SwarmReconciler& swarm_reconciler, const EngineLink& link,
            SettingsInForce& settings, const Rollback& rollback, const MetricsExporter& metrics_exporter,
            const state::Journal& journal, Changes& changes, const report::Counters& counters)
        : client_(client),
          intent_(intent),
          ledger_(ledger),
          reconciler_(reconciler),
          engine_reconciler_(engine_reconciler),
          swarm_reconciler_(swarm_reconciler),
          swarm_control_(client, swarm_reconciler),
          link_(link),
          settings_(settings),
          rollback_(rollback),
          metrics_exporter_(metrics_exporter),
          journal_(journal),
          changes_(changes),
          counters_(counters),
          long_poll_(changes) {}

    Task<report::ControlResponse> answer(report::ControlRequest request);
    /// The status of the machine. Calls neither the engine nor systemd.
    model::Status status() const;
    report::MetricsSnapshot metrics() const;

private:
    Facts facts() const;
    Task<Result<report::ControlResponse>> reply(report::ControlRequest request);
    Task<Result<report::ControlResponse>> perform(report::ControlRequest request);
    model::Plan plan() const;
    Task<report::ControlResponse> history(report::ControlRequest request);
    report::ControlResponse explain(const std::string& name) const;
    report::ControlResponse explain_object(const model::Status& all, const std::string& name) const;
    std::set<model::Subject> subjects_shared_by(const std::string& service) const;
    Task<report::ControlResponse> preview(Secret body);
    Task<report::ControlResponse> preview(AcceptedSettings accepted);
    Task<report::ControlResponse> reconcile(Secret body);
    report::ControlResponse restart(const Secret& body);
    report::ControlResponse settings() const;
    report::ControlResponse project() const;
    /// A refusal if one of them is not in the settings.
    std::optional<report::ControlResponse> check_services(const std::set<model::ServiceName>& services) const;
    Task<report::ControlResponse> roll_back(Secret body);
    report::ControlResponse pause(const Secret& body);
    Task<report::ControlResponse> swarm(report::ControlRequest request);
    std::string left() const;
    Task<report::ControlResponse> down(Secret body);
    Task<report::ControlResponse> logs(report::ControlRequest request);

    engine::Client& client_;
    const Intent& intent_;
    const FailureLedger& ledger_;
    Reconciler& reconciler_;
    EngineReconciler& engine_reconciler_;
    SwarmReconciler& swarm_reconciler_;
    SwarmControl swarm_control_;
    const EngineLink& link_;
    SettingsInForce& settings_;
    const Rollback& rollback_;
    const MetricsExporter& metrics_exporter_;
    const state::Journal& journal_;
    const Changes& changes_;
    const report::Counters& counters_;
    LongPoll long_poll_;
};

}  // namespace dockerext::reconcile
