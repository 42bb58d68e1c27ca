#pragma once

#include "base/error.hpp"
#include "model/swarm.hpp"
#include "state/sealed.hpp"

#include <filesystem>

namespace dockerext::state {

/// Paths::swarm_record, mode 0600. Not a part of memory.json, where what cannot be read counts as empty: with
/// an empty record, a machine could found a second swarm. The previous copy is only for people.
class SwarmRecordStore {
public:
    explicit SwarmRecordStore(const std::filesystem::path& file);

    /// The empty record if there is none yet. A broken file is an error: without the record the machine may
    /// neither initialize nor join a swarm.
    Result<model::SwarmRecord> load() const;
    Result<> save(const model::SwarmRecord& record) const;
    /// As if this machine had never been in a swarm.
    Result<> remove() const;

private:
    SealedFile file_;
};

}  // namespace dockerext::state
