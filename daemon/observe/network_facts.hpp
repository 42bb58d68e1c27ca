#pragma once

#include "base/json_reader.hpp"
#include "model/observed.hpp"

#include <map>
#include <string>

namespace dockerext::observe {

struct Attachment {
    model::Endpoint endpoint;
    model::NetworkId network;  ///< "" before the first start: the engine then looks the network up by name
};

/// NetworkSettings.Networks by network name, without the aliases that the engine adds.
std::map<model::NetworkName, Attachment> attachments_in(ObjectReader& network_settings, Problems& problems);

/// A link in the form of a request: the engine reports "/a:/b/x" for "a:x".
std::string requested_link(const std::string& link);

}  // namespace dockerext::observe
