#pragma once

#include "reconcile/engine_keeper.hpp"
#include "reconcile/engine_link.hpp"
#include "reconcile/long_poll.hpp"
#include "reconcile/reconciler.hpp"
#include "reconcile/settings_desk.hpp"
#include "report/control_server.hpp"
#include "state/journal.hpp"

namespace dockerext::reconcile {

/// What the control socket answers (cli's commands; README of this room has the table).
class Control {
public:
    Control(engine::Client& client, const Intent& intent, const FailureLedger& ledger, Reconciler& reconciler,
            EngineKeeper& keeper, const EngineLink& link, SettingsDesk& desk, const state::Journal& journal,
            Changes& changes)
        : client_(client),
          intent_(intent),
          ledger_(ledger),
          reconciler_(reconciler),
          keeper_(keeper),
          link_(link),
          desk_(desk),
          journal_(journal),
          changes_(changes),
          long_poll_(changes) {}

    Task<report::ControlResponse> answer(report::ControlRequest request);
    /// The machine at a glance. Calls nobody.
    model::Status status() const;

private:
    Facts facts() const;
    Task<Result<report::ControlResponse>> reply(report::ControlRequest request);
    model::Plan plan() const;
    report::ControlResponse explain(const std::string& service) const;
    report::ControlResponse history(const std::string& since) const;
    Task<report::ControlResponse> rehearse(Secret body);
    report::ControlResponse reconcile(const Secret& body);
    report::ControlResponse pause(const Secret& body);
    Task<report::ControlResponse> down(Secret body);
    Task<report::ControlResponse> logs(std::string service, std::string lines);

    engine::Client& client_;
    const Intent& intent_;
    const FailureLedger& ledger_;
    Reconciler& reconciler_;
    EngineKeeper& keeper_;
    const EngineLink& link_;
    SettingsDesk& desk_;
    const state::Journal& journal_;
    const Changes& changes_;
    LongPoll long_poll_;
};

}  // namespace dockerext::reconcile
