#include "apply/host_access.hpp"

namespace dockerext::apply {

Result<state::HostMemory> remembered(const HostAccess& host) {
    auto memory = host.memory.load();
    if (!memory && memory.error().kind() == ErrorKind::not_found) return state::HostMemory{};
    return memory;
}

}  // namespace dockerext::apply
