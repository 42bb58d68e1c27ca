#pragma once

#include "doctor/facts.hpp"
#include "model/finding.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// The form of a check. For this room only.
namespace dockerext::doctor {

struct Verdict {
    model::FindingState state = model::FindingState::ok;
    std::string message, remedy{};
};

inline Verdict ok(std::string message) { return {model::FindingState::ok, std::move(message)}; }
inline Verdict warning(std::string message, std::string remedy) {
    return {model::FindingState::warning, std::move(message), std::move(remedy)};
}
inline Verdict error(std::string message, std::string remedy) {
    return {model::FindingState::error, std::move(message), std::move(remedy)};
}
inline Verdict skipped(std::string why) { return {model::FindingState::skipped, std::move(why)}; }

/// Judges a fact if it is known.
template <typename T, typename Judge>
Verdict judged(const Found<T>& found, Judge judge) {
    if (!found) return skipped(found.error().message());
    return judge(*found);
}

/// Why a file of the engine cannot be judged; nullopt if it can, or if it does not exist.
std::optional<std::string> unreadable(const model::ObservedHost& host, std::string_view path);

/// One check: a pure function of the facts.
struct Check {
    std::string_view id;  ///< within its category
    model::Category category;
    std::string_view reference;
    Verdict (*judge)(const Facts& facts);
};

/// "a, b, c and 4 more"
std::string listed(const std::vector<std::string>& names);

// The tables, by file.
std::span<const Check> daemon_checks();
std::span<const Check> engine_checks();
std::span<const Check> systemd_checks();
std::span<const Check> storage_checks();
std::span<const Check> network_checks();
std::span<const Check> registry_checks();
std::span<const Check> compose_checks();
std::span<const Check> swarm_checks();
std::span<const Check> swarm_node_checks();
std::span<const Check> azure_checks();
std::span<const Check> security_checks();

}  // namespace dockerext::doctor
