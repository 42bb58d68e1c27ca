#pragma once

#include "model/desired.hpp"

#include <map>
#include <string>

namespace dockerext::model {

/// What the settings ask of a service, as far as a report shows it. Fit for people: secrets are hidden
/// already.
struct ServiceOutline {
    ServiceName name;
    ImageRef image;
    std::map<ServiceName, DependencyCondition> depends_on;
    std::string memory, cpus, pids;  ///< limits as Compose writes them; "" for none
    std::string ports;               ///< "127.0.0.1:8080->80/tcp, …"
};

}  // namespace dockerext::model
