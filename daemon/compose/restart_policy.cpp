#include "compose/restart_policy.hpp"

#include "compose/scalar.hpp"

namespace dockerext::compose {

Result<model::RestartPolicy> parse_restart(std::string_view text) {
    using Kind = model::RestartPolicy::Kind;
    if (text.empty()) return model::RestartPolicy{};
    if (const auto kind = from_string<Kind>(text)) return model::RestartPolicy{*kind, 0};
    constexpr std::string_view limited = "on-failure:";
    if (text.starts_with(limited)) {
        const auto limit = parse_integer(text.substr(limited.size()));
        if (limit && *limit >= 0 && *limit <= 1'000'000'000) {
            return model::RestartPolicy{Kind::on_failure, static_cast<int>(*limit)};
        }
    }
    return Error(
        ErrorKind::invalid_input,
        "expected no, always, unless-stopped, on-failure or on-failure:N, found '" + std::string(text) + "'");
}

}  // namespace dockerext::compose
