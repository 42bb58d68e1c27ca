#include "compose/restart_policy.hpp"

#include "compose/scalar.hpp"

namespace dockerext::compose {

Result<model::RestartPolicy> parse_restart(std::string_view text) {
    using Kind = model::RestartPolicy::Kind;
    if (text.empty()) return model::RestartPolicy{};
    if (const auto kind = from_string<Kind>(text)) return model::RestartPolicy{.kind = *kind};
    constexpr std::string_view limited = "on-failure:";
    if (text.starts_with(limited)) {
        const auto limit = parse_integer(text.substr(limited.size()));
        if (limit && *limit >= 0 && *limit <= 1'000'000'000) {
            model::RestartPolicy policy{.kind = Kind::on_failure};
            model::set_from(*limit, policy.max_retries);
            return policy;
        }
    }
    return Error(
        ErrorKind::invalid_input,
        "expected no, always, unless-stopped, on-failure or on-failure:N, found '" + std::string(text) + "'");
}

}  // namespace dockerext::compose
