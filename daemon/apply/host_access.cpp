#include "apply/host_access.hpp"

namespace dockerext::apply {

Result<state::HostRecord> load_record(const HostAccess& host) {
    auto record = host.record_store.load();
    if (!record && record.error().kind() == ErrorKind::not_found) return state::HostRecord{};
    return record;
}

}  // namespace dockerext::apply
