#pragma once

#include "azure/scheduled_events.hpp"
#include "base/trigger.hpp"
#include "model/status.hpp"
#include "model/swarm.hpp"

#include <functional>
#include <optional>
#include <string>

namespace dockerext::reconcile {

/// What is asked of Azure.
struct ScheduledEventRequests {
    std::function<Task<Result<std::string>>()> machine_name = azure::request_machine_name;
    std::function<Task<Result<std::optional<azure::MachineEnd>>>(std::string, Duration)> machine_end =
        azure::request_machine_end;
    std::function<Task<Result<>>(std::string)> acknowledge = azure::acknowledge;
};

/// Asks Azure every few seconds whether it is about to take this machine away for good, if the settings ask
/// for that, and acknowledges when the machine has left its swarm. Makes no request otherwise. On the
/// daemon's thread.
class ScheduledEvents {
public:
    /// `changed`: `departure` or `part` has.
    explicit ScheduledEvents(std::function<void()> changed, ScheduledEventRequests requests = {});

    /// Runs until cancelled.
    Task<void> run();
    /// One round of that: asks, and acknowledges what is due.
    Task<void> look();

    /// From the settings.
    void adopt(bool is_wanted);
    /// The machine is in no swarm (any more), because of this departure, and may be taken away.
    void departed(const model::Departure& cause);

    model::Departure departure() const;
    /// nullopt unless the settings ask for it.
    std::optional<model::PartStatus> part() const;

private:
    Task<Result<std::optional<azure::MachineEnd>>> ask();
    void handle_answer(const Result<std::optional<azure::MachineEnd>>& answer);
    Task<void> acknowledge();

    std::function<void()> changed_;
    ScheduledEventRequests requests_;
    Trigger trigger_;
    bool is_wanted_ = false;
    std::string machine_name_;  ///< "" unknown yet
    bool has_answer_ = false;
    unsigned failures_ = 0;  ///< in a row
    std::string error_;      ///< of the last failure
    std::optional<azure::MachineEnd> end_;
    bool has_departed_ = false;  ///< for `end_`
    std::string acknowledged_;   ///< id of an event
    std::string complaint_;      ///< why the acknowledgement last failed
};

}  // namespace dockerext::reconcile
