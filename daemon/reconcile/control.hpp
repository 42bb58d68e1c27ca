#pragma once

#include "reconcile/engine_link.hpp"
#include "reconcile/engine_reconciler.hpp"
#include "reconcile/long_poll.hpp"
#include "reconcile/reconciler.hpp"
#include "reconcile/settings_intake.hpp"
#include "report/control_server.hpp"
#include "state/journal.hpp"

namespace dockerext::reconcile {

/// Answers the requests on the control socket, which the commands of `cli` send (the README of this room has
/// the table).
class Control {
public:
    Control(engine::Client& client, const Intent& intent, const FailureLedger& ledger, Reconciler& reconciler,
            EngineReconciler& engine_reconciler, const EngineLink& link, SettingsIntake& settings_intake,
            const state::Journal& journal, Changes& changes)
        : client_(client),
          intent_(intent),
          ledger_(ledger),
          reconciler_(reconciler),
          engine_reconciler_(engine_reconciler),
          link_(link),
          settings_intake_(settings_intake),
          journal_(journal),
          changes_(changes),
          long_poll_(changes) {}

    Task<report::ControlResponse> answer(report::ControlRequest request);
    /// The status of the machine. Calls neither the engine nor systemd.
    model::Status status() const;

private:
    Facts facts() const;
    Task<Result<report::ControlResponse>> reply(report::ControlRequest request);
    Task<Result<report::ControlResponse>> perform(report::ControlRequest request);
    model::Plan plan() const;
    report::ControlResponse explain(const std::string& service) const;
    report::ControlResponse history(const std::string& since) const;
    Task<report::ControlResponse> preview(Secret body);
    Task<report::ControlResponse> preview(AcceptedSettings accepted);
    Task<report::ControlResponse> reconcile(Secret body);
    Task<report::ControlResponse> roll_back(Secret body);
    report::ControlResponse pause(const Secret& body);
    Task<report::ControlResponse> down(Secret body);
    Task<report::ControlResponse> logs(std::string service, std::string lines);

    engine::Client& client_;
    const Intent& intent_;
    const FailureLedger& ledger_;
    Reconciler& reconciler_;
    EngineReconciler& engine_reconciler_;
    const EngineLink& link_;
    SettingsIntake& settings_intake_;
    const state::Journal& journal_;
    const Changes& changes_;
    LongPoll long_poll_;
};

}  // namespace dockerext::reconcile
