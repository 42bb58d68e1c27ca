#include "compose/dependency_cycle.hpp"

#include <algorithm>
#include <unordered_map>

namespace dockerext::compose {
namespace {

using Services = std::map<std::string, Service>;
using Counts = std::unordered_map<std::string_view, std::size_t>;

/// For each service, the number of dependencies that can never start before it. All are zero unless there is
/// a cycle.
Counts never_satisfied(const Services& services) {
    Counts waiting;
    std::unordered_map<std::string_view, std::vector<std::string_view>> dependents;
    std::vector<std::string_view> ready;
    for (const auto& [name, service] : services) {
        std::size_t& count = waiting[name];
        for (const auto& [other, dependency] : service.depends_on) {
            if (!services.contains(other)) continue;
            dependents[other].push_back(name);
            ++count;
        }
        if (count == 0) ready.push_back(name);
    }
    while (!ready.empty()) {
        const std::string_view done = ready.back();
        ready.pop_back();
        for (const std::string_view dependent : dependents[done]) {
            if (--waiting[dependent] == 0) ready.push_back(dependent);
        }
    }
    return waiting;
}

/// The first dependency that is in a cycle or waits for one.
const std::string& stuck_dependency(const Service& service, const Counts& waiting) {
    const auto stuck = [&](const auto& entry) {
        const auto found = waiting.find(entry.first);
        return found != waiting.end() && found->second > 0;
    };
    return std::find_if(service.depends_on.begin(), service.depends_on.end(), stuck)->first;
}

}  // namespace

std::vector<std::string> find_dependency_cycle(const Services& services) {
    const Counts waiting = never_satisfied(services);
    const auto stuck = std::find_if(services.begin(), services.end(),
                                    [&](const auto& entry) { return waiting.at(entry.first) > 0; });
    if (stuck == services.end()) return {};
    std::vector<std::string> path;
    std::unordered_map<std::string_view, std::size_t> places;
    const std::string* at = &stuck->first;
    while (places.emplace(*at, path.size()).second) {
        path.push_back(*at);
        at = &stuck_dependency(services.at(*at), waiting);
    }
    path.erase(path.begin(), path.begin() + static_cast<std::ptrdiff_t>(places.at(*at)));
    return path;
}

}  // namespace dockerext::compose
