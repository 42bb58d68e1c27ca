#pragma once

#include "compose/field.hpp"
#include "compose/service.hpp"

namespace dockerext::compose {

Table<DeviceRequest> table_of(const DeviceRequest*);

/// Reads a list of requests for devices that a driver provides: gpus, and
/// deploy.resources.reservations.devices.
void read_device_requests(const Node& node, std::vector<DeviceRequest>& into, Diagnostics& diagnostics);

model::DeviceRequest to_model(const DeviceRequest& from);

}  // namespace dockerext::compose
