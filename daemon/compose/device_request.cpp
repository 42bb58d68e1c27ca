#include "compose/device_request.hpp"

#include <array>

namespace dockerext::compose {
namespace {

void read_count(const Node& node, std::int64_t& into, Diagnostics& diagnostics) {
    if (node.text() && (*node.text() == "all" || *node.text() == "ALL" || *node.text() == "All")) into = -1;
    else read(node, into, diagnostics);
}

constexpr std::array device_request_fields = std::to_array<Field<DeviceRequest>>({
    field<&DeviceRequest::capabilities>("capabilities"),
    field<&DeviceRequest::driver>("driver"),
    field<&DeviceRequest::count, read_count>("count"),
    field<&DeviceRequest::device_ids>("device_ids"),
    field<&DeviceRequest::options>("options"),
});

}  // namespace

Table<DeviceRequest> table_of(const DeviceRequest*) { return {"a device request", device_request_fields}; }

void read_device_requests(const Node& node, std::vector<DeviceRequest>& into, Diagnostics& diagnostics) {
    const Node::List* list = expect_list(node, diagnostics);
    if (!list) return;
    for (const Node& item : *list) {
        DeviceRequest& request = into.emplace_back();
        read(item, request, diagnostics);
        if (!item.map()) continue;
        const bool counted = item.find("count"), named = item.find("device_ids");
        if (!counted && !named) request.count = -1;
        if (counted && named) diagnostics.problem(item, "'count' and 'device_ids' exclude each other");
    }
}

model::DeviceRequest to_model(const DeviceRequest& from) {
    model::DeviceRequest request{
        .driver = from.driver, .capabilities = from.capabilities, .options = from.options};
    if (!from.device_ids.empty()) request.which = from.device_ids;
    else if (from.count >= 0) request.which = from.count;
    return request;
}

}  // namespace dockerext::compose
