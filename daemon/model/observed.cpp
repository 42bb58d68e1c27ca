#include "model/observed.hpp"

#include <algorithm>

namespace dockerext::model {

const Unknown* unknown_of(const Observed& observed, const Subject& subject) {
    if (observed.unknown.empty()) return nullptr;
    for (const Subject& each : {subject, every(subject.kind), engine_facts()}) {
        if (each == engine_facts() && subject.kind != Subject::Kind::container) continue;
        const auto found = observed.unknown.find(each);
        if (found != observed.unknown.end()) return &found->second;
    }
    return nullptr;
}

const ObservedContainer* find_container(const Observed& observed, const std::string& prefix) {
    const auto found = observed.containers.lower_bound({prefix});
    const bool is_there = found != observed.containers.end() && found->first.value.starts_with(prefix);
    return is_there ? &found->second : nullptr;
}

bool all_known(Subject::Kind kind, const Observed& observed) {
    return std::none_of(observed.unknown.begin(), observed.unknown.end(),
                        [&](const auto& entry) { return entry.first.kind == kind; });
}

}  // namespace dockerext::model
