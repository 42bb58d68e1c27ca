#include "state/repetitions.hpp"

#include <map>
#include <tuple>
#include <utility>

namespace dockerext::state {
namespace {

auto kind_of(const JournalEntry& entry) {
    std::string changes;
    for (const model::Change& change : entry.changes) changes += to_string(change) + "\n";
    return std::tuple(entry.verb, entry.object, entry.status, entry.reason, std::move(changes), entry.error);
}

}  // namespace

std::vector<Repetition> repetitions_in(std::span<const JournalEntry> entries) {
    constexpr std::size_t few = 3;
    std::map<decltype(kind_of(entries.front())), Repetition> kinds;
    std::vector<Repetition*> kind_of_each;
    for (const JournalEntry& entry : entries) {
        Repetition& kind =
            kinds.try_emplace(kind_of(entry), Repetition{nullptr, 0, entry.time}).first->second;
        kind.last = &entry;
        ++kind.count;
        kind_of_each.push_back(&kind);
    }
    std::vector<Repetition> all;
    for (std::size_t i = 0; i < entries.size(); ++i) {
        const Repetition& kind = *kind_of_each[i];
        if (kind.count <= few) all.push_back({&entries[i], 1, entries[i].time});
        else if (kind.last == &entries[i]) all.push_back(kind);
    }
    return all;
}

}  // namespace dockerext::state
