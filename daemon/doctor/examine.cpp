#include "doctor/examine.hpp"

#include "doctor/check.hpp"

#include <algorithm>

namespace dockerext::doctor {
namespace {

constexpr std::size_t names_listed = 5;

model::Finding finding_of(const Check& check, const Facts& facts) {
    Verdict verdict = check.judge(facts);
    return {std::string(check.id),
            check.category,
            verdict.state,
            std::move(verdict.message),
            std::move(verdict.remedy),
            std::string(check.reference)};
}

}  // namespace

std::string listed(const std::vector<std::string>& names) {
    std::string text;
    for (std::size_t i = 0; i < std::min(names.size(), names_listed); ++i)
        text += (i == 0 ? "" : ", ") + names[i];
    if (names.size() > names_listed) text += " and " + std::to_string(names.size() - names_listed) + " more";
    return text;
}

std::optional<std::string> unreadable(const model::ObservedHost& host, std::string_view path) {
    const auto why = host.unreadable.find(std::string(path));
    return why == host.unreadable.end() ? std::nullopt : std::optional(why->second);
}

std::vector<model::Finding> examine(const Facts& facts) {
    std::vector<model::Finding> findings;
    for (const auto& table : {daemon_checks(), engine_checks(), systemd_checks(), storage_checks(),
                              network_checks(), registry_checks(), compose_checks(), swarm_checks(),
                              swarm_node_checks(), azure_checks(), security_checks()}) {
        for (const Check& check : table) findings.push_back(finding_of(check, facts));
    }
    const auto by_category = [](const auto& one, const auto& other) { return one.category < other.category; };
    std::stable_sort(findings.begin(), findings.end(), by_category);
    return findings;
}

}  // namespace dockerext::doctor
