#pragma once

#include "base/http_client.hpp"

#include <optional>
#include <string>
#include <string_view>

/// Scheduled events of Azure's instance metadata service (api-version 2020-07-01): what the platform is about
/// to do to this machine.
namespace dockerext::azure {

/// An event after which this machine does not exist any more.
struct MachineEnd {
    enum class Type { terminate, preempt };
    std::string event;  ///< its id
    Type type = Type::terminate;
    std::string not_before;  ///< when it begins at the earliest, as Azure writes it; "" once it has begun
    bool concerns_others = false;  ///< an acknowledgement would begin it for other machines, too
    bool operator==(const MachineEnd&) const = default;
};

// The requests and how to read their answers.
HttpRequest machine_name_request();
Result<std::string> read_machine_name(unsigned status, std::string_view body);
HttpRequest scheduled_events_request();
/// nullopt if this machine stays. A platform that knows no events of that kind is no error.
Result<std::optional<MachineEnd>> read_machine_end(unsigned status, std::string_view body,
                                                   std::string_view machine_name);
HttpRequest acknowledgement_request(const std::string& event);

/// The first question about events on a machine may take two minutes, in which Azure switches them on.
inline constexpr Duration first_limit = std::chrono::seconds(130), usual_limit = std::chrono::seconds(10);

// Each is one call.
Task<Result<std::string>> request_machine_name();
Task<Result<std::optional<MachineEnd>>> request_machine_end(std::string machine_name, Duration limit);
/// The event may begin before its time.
Task<Result<>> acknowledge(std::string event);

}  // namespace dockerext::azure
