#include "report/azure_status_json.hpp"

#include "base/iso_time.hpp"
#include "base/json_writer.hpp"
#include "base/utf8.hpp"

#include <algorithm>

// Formats an Azure status. The agent takes it unchecked, and a malformed one can stop all reports of the
// machine.
namespace dockerext::report {
namespace {

constexpr std::size_t longest_message = 4000;
constexpr std::size_t longest_substatus = 1000;
/// Bytes of plain text: JSON may need up to twice as many here.
constexpr std::size_t substatus_room = 10'000;
constexpr std::size_t max_substatus = 100;
constexpr std::size_t longest_name = 64;

/// One line of at most `max_bytes` bytes, in whole characters that JSON does not expand.
std::string plain(std::string_view text, std::size_t max_bytes) {
    std::string line = valid_utf8(text.substr(0, 2 * max_bytes));
    for (char& c : line) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20 || byte == 0x7F) c = ' ';
    }
    if (line.size() <= max_bytes) return line;
    constexpr std::string_view rest = "...";
    std::size_t end = max_bytes - rest.size();
    while (end > 0 && (static_cast<unsigned char>(line[end]) & 0xC0) == 0x80) --end;
    return line.substr(0, end) + std::string(rest);
}

void write_message(JsonWriter& json, std::string_view message) {
    json.begin_object("formattedMessage");
    json.text("lang", "en-US");
    json.text("message", message);
    json.end_object();
}

void write(JsonWriter& json, std::string_view name, AzureState state, std::string_view message) {
    json.begin_object();
    json.text("name", name);
    json.text("status", to_string(state));
    json.number("code", std::int64_t{state == AzureState::error ? 1 : 0});
    write_message(json, message);
    json.end_object();
}

/// Puts unhealthy items first: if there are too many, they matter most.
std::vector<AzureSubstatus> most_urgent(std::vector<AzureSubstatus> all) {
    if (all.size() <= max_substatus) return all;
    const auto urgency = [](const AzureSubstatus& each) {
        if (each.state == AzureState::error) return 0;
        return each.state == AzureState::transitioning ? 1 : 2;
    };
    std::stable_sort(all.begin(), all.end(),
                     [&](const auto& a, const auto& b) { return urgency(a) < urgency(b); });
    const std::size_t left_out = all.size() - max_substatus;
    all.resize(max_substatus);
    all.push_back({"more", urgency(all.back()) == 2 ? AzureState::success : AzureState::transitioning,
                   std::to_string(left_out) + " more are left out here; `dockerextd status` shows all"});
    return all;
}

}  // namespace

std::string to_json(const AzureStatus& status, model::WallTime applied, model::WallTime now) {
    const std::vector<AzureSubstatus> substatus = most_urgent(status.substatus);
    const std::size_t share =
        std::min(longest_substatus, substatus_room / std::max<std::size_t>(substatus.size(), 1));
    JsonWriter json;
    json.begin_array();
    json.begin_object();
    json.text("version", "1.0");
    json.text("timestampUTC", iso_time(now));
    json.begin_object("status");
    json.text("name", "dockerextd");
    json.text("operation", "Enable");
    json.text("configurationAppliedTime", iso_time(applied));
    json.text("status", to_string(status.state));
    json.number("code", std::int64_t{status.state == AzureState::error ? 1 : 0});
    write_message(json, plain(status.message, longest_message));
    json.begin_array("substatus");
    for (const AzureSubstatus& each : substatus)
        write(json, plain(each.name, longest_name), each.state, plain(each.message, share));
    json.end_array();
    json.end_object();
    json.end_object();
    json.end_array();
    return json.take();
}

}  // namespace dockerext::report
