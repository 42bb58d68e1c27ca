// Replaces base/machine_addresses.cpp: a machine has one address.
#include "base/machine_addresses.hpp"

#include "here.hpp"

namespace dockerext {

Result<std::vector<MachineAddress>> machine_addresses() {
    if (sim::Here::address.empty()) return std::vector<MachineAddress>();
    return std::vector<MachineAddress>{{"eth0", sim::Here::address, true}};
}

Result<std::string> source_address(const std::string&) { return sim::Here::address; }

}  // namespace dockerext
