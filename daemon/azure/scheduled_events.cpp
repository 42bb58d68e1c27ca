#include "azure/scheduled_events.hpp"

#include "azure/metadata_service.hpp"
#include "base/json_document.hpp"
#include "base/json_reader.hpp"
#include "base/json_writer.hpp"

#include <algorithm>
#include <vector>

namespace dockerext::azure {
namespace {

constexpr std::string_view events_target = "/metadata/scheduledevents?api-version=2020-07-01";

Error refusal(unsigned status) {
    return {ErrorKind::unavailable,
            "Azure's instance metadata service answers with status " + std::to_string(status)};
}

Error no_answer(const Error& error) {
    return Error(error.kind(), error.message() + ": is this a machine in Azure?")
        .within("Azure's instance metadata service");
}

std::optional<MachineEnd::Type> type_of(std::string_view name) {
    if (name == "Terminate") return MachineEnd::Type::terminate;
    if (name == "Preempt") return MachineEnd::Type::preempt;
    return std::nullopt;  // the machine comes back after all others
}

std::vector<std::string> machines_of(const JsonCursor& event) {
    Problems ignored;
    ObjectReader reader(event, ignored);
    return reader.strings("Resources");
}

std::optional<MachineEnd> end_in(const JsonCursor& event, std::string_view machine_name) {
    const auto type = type_of(text_in(event, "EventType"));
    const auto machines = machines_of(event);
    const bool is_meant = std::find(machines.begin(), machines.end(), machine_name) != machines.end();
    if (!type || !is_meant) return std::nullopt;
    return MachineEnd{text_in(event, "EventId"), *type, text_in(event, "NotBefore"), machines.size() > 1};
}

Result<std::vector<JsonCursor>> events_in(const JsonDocument& answer) {
    const auto events = answer.root().at("Events");
    if (!events) return events.error();
    return events->items();
}

}  // namespace

HttpRequest machine_name_request() {
    return metadata_query("/metadata/instance/compute/name?api-version=2021-02-01&format=text");
}

Result<std::string> read_machine_name(unsigned status, std::string_view body) {
    if (status != 200) return refusal(status);
    if (body.empty()) return Error(ErrorKind::unavailable, "Azure does not tell this machine's name");
    return std::string(body);
}

HttpRequest scheduled_events_request() { return metadata_query(std::string(events_target)); }

Result<std::optional<MachineEnd>> read_machine_end(unsigned status, std::string_view body,
                                                   std::string_view machine_name) {
    if (status != 200) return refusal(status);
    const auto json = JsonDocument::parse(body);
    const auto events = json ? events_in(*json) : json.error();
    if (!events) return events.error().within("Azure's scheduled events");
    for (const JsonCursor& event : *events) {
        if (auto end = end_in(event, machine_name)) return end;
    }
    return std::optional<MachineEnd>();
}

HttpRequest acknowledgement_request(const std::string& event) {
    JsonWriter json;
    json.begin_object();
    json.begin_array("StartRequests");
    json.begin_object();
    json.text("EventId", event);
    json.end_object();
    json.end_array();
    json.end_object();
    HttpRequest request = scheduled_events_request();
    request.method = "POST";
    request.body = json.take();
    return request;
}

Task<Result<std::string>> request_machine_name() {
    auto asking = ask_metadata_service(machine_name_request(), usual_limit);
    const auto answer = co_await std::move(asking);
    if (!answer) co_return no_answer(answer.error());
    co_return read_machine_name(answer->status, answer->body.reveal());
}

Task<Result<std::optional<MachineEnd>>> request_machine_end(std::string machine_name, Duration limit) {
    auto asking = ask_metadata_service(scheduled_events_request(), limit);
    const auto answer = co_await std::move(asking);
    if (!answer) co_return no_answer(answer.error());
    co_return read_machine_end(answer->status, answer->body.reveal(), machine_name);
}

Task<Result<>> acknowledge(std::string event) {
    auto asking = ask_metadata_service(acknowledgement_request(event), usual_limit);
    const auto answer = co_await std::move(asking);
    if (!answer) co_return no_answer(answer.error());
    if (answer->status != 200) co_return refusal(answer->status);
    co_return Result<>();
}

}  // namespace dockerext::azure
