#include "apply/host_access.hpp"

namespace dockerext::apply {

Result<state::HostRecord> remembered(const HostAccess& host) {
    auto memory = host.memory.load();
    if (!memory && memory.error().kind() == ErrorKind::not_found) return state::HostRecord{};
    return memory;
}

}  // namespace dockerext::apply
