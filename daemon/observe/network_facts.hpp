#pragma once

#include "base/json_reader.hpp"
#include "model/observed.hpp"

#include <map>
#include <string>

namespace dockerext::observe {

struct Attachment {
    model::Endpoint endpoint;
    model::NetworkId network;  ///< "" before the first start: the engine looks the network up by name then
};

/// NetworkSettings.Networks by the network's name, without the aliases that the engine adds.
std::map<model::NetworkName, Attachment> attachments_in(ObjectReader& network_settings, Problems& problems);

/// A link as it is asked for: the engine tells "/a:/b/x" for "a:x".
std::string asked_link(const std::string& link);

}  // namespace dockerext::observe
