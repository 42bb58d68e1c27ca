#pragma once

#include "model/status.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace dockerext::report {

/// Something that is not well.
struct Complaint {
    model::SteadyTime since, last;  ///< seen first, and last
    std::string words;              ///< of a service
};
/// For the whole: leaves room within Azure's 90 minutes.
inline constexpr std::chrono::minutes time_limit{75};

/// By part or service; "" stands for the whole not being done.
using Complaints = std::map<std::string, Complaint>;

/// Of settings that have just come.
inline Complaints not_done_since(model::SteadyTime now) { return {{"", {now, now, {}}}}; }

/// `before` brought up to `now`: what is still wrong keeps its time. A service that keeps ending runs now and
/// then: it stops counting after half a minute. What was not done before a pause is not done while it lasts.
Complaints complaints_of(const model::Status& status, const Complaints& before, model::SteadyTime now);

enum class AzureState { transitioning, success, error };
constexpr auto names_of(AzureState) {
    using enum AzureState;
    return enum_names<AzureState>({{transitioning, "transitioning"}, {success, "success"}, {error, "error"}});
}

/// One thing of which Azure is told.
struct AzureSubstatus {
    std::string name;  ///< "engine.tls", "service.web"
    AzureState state = AzureState::transitioning;
    std::string message;
    bool operator==(const AzureSubstatus&) const = default;
};

struct AzureStatus {
    AzureState state = AzureState::transitioning;
    std::string message;  ///< for a person, the reason first: portals cut after about a thousand characters
    std::vector<AzureSubstatus> substatus;
    bool operator==(const AzureStatus&) const = default;
};

/// An error when something has failed for good, or for two minutes, or when the whole is not done within 75
/// minutes: Azure itself gives up after 90 (handler-contract §8).
AzureStatus azure_status(const model::Status& status, const Complaints& complaints, model::SteadyTime now);

/// The services are not known yet, and nothing is seen that would keep us from looking in a moment.
bool is_about_to_look(const model::Status& status);

/// SEQUENCE.status (handler-contract §9): valid UTF-8, strings only, below 64 KiB whatever the texts, no
/// control characters.
std::string to_json(const AzureStatus& status, model::WallTime applied, model::WallTime now);

}  // namespace dockerext::report
