#pragma once

#include "base/clock.hpp"
#include "base/redactor.hpp"
#include "base/task.hpp"
#include "engine/client.hpp"
#include "model/history.hpp"
#include "model/observed.hpp"
#include "model/status.hpp"

#include <map>
#include <string>
#include <vector>

namespace dockerext::reconcile {

/// The last output of containers whose run failed. It may hold secrets that nobody knows, so it
/// stays in memory and goes to the local operator only.
class LastOutputs {
public:
    explicit LastOutputs(engine::Client& client) : client_(client) {}

    struct Output {
        model::Subject slot;
        std::vector<std::string> lines;
        model::ContainerId id;
        model::WallTime run;  ///< when it started
        SteadyTime read_at;
    };
    /// By the name of the container, or "the new NAME" of a successor: a slot may have both, and the next
    /// container of the same name replaces what its predecessor wrote.
    using Outputs = std::map<std::string, Output>;

    /// Reads what the failed containers of a snapshot wrote last, once for each run, and forgets slots that
    /// are well. Before the next plan, which may remove such a container. Few calls, each with a deadline;
    /// the arguments are not used after the first one.
    Task<void> update(const model::Observed& observed, const model::History& history);
    const Outputs& all() const noexcept { return outputs_; }

private:
    engine::Client& client_;
    Outputs outputs_;
};

/// For a service whose containers are not all well.
std::vector<model::Evidence> evidence_of(const model::ServiceName& service, const model::Observed& observed,
                                         const LastOutputs::Outputs& outputs, const Redactor& redact);

}  // namespace dockerext::reconcile
