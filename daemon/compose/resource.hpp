#pragma once

#include "compose/field.hpp"
#include "model/desired.hpp"

#include <optional>
#include <string>
#include <vector>

/// Compose's own fully resolved model of the top-level networks and volumes.
namespace dockerext::compose {

struct IpamPool {
    std::string subnet, gateway, ip_range;
    StringMap aux_addresses;
};
struct Ipam {
    std::string driver;
    std::vector<IpamPool> config;
};

struct Network {
    std::string name;  ///< the name in the engine
    std::string driver;
    StringMap driver_opts;
    Ipam ipam;
    bool external = false;
    bool internal = false;
    bool attachable = false;
    StringMap labels;
    std::optional<bool> enable_ipv4, enable_ipv6;
};

struct Volume {
    std::string name;  ///< the name in the engine
    std::string driver;
    StringMap driver_opts;
    bool external = false;
    StringMap labels;
    bool exclusive = false;
};

/// Reads a member of the section `networks`; null means a network without options.
Network read_network(const Node& node, Diagnostics& diagnostics);
Volume read_volume(const Node& node, Diagnostics& diagnostics);

/// What the engine is asked for, with the labels as written. Of an external network only the name.
model::NetworkSpec network_spec(const std::string& key, const Network& network);

/// The documents whose hashes are the config-hash labels.
std::string hash_document(const Network& network);
std::string hash_document(const Volume& volume);

}  // namespace dockerext::compose
