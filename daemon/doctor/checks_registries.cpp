#include "doctor/check.hpp"

#include "settings/certificates.hpp"

#include <algorithm>
#include <array>

/// Certificates and registries.
namespace dockerext::doctor {
namespace {

using model::Category;
namespace paths = model::host_paths;

Verdict judge_certificate(const Facts& facts) {
    if (!facts.certificate_end) return skipped("the engine has no certificate in /etc/docker");
    const auto expiry = settings::expiry_warning(*facts.certificate_end, facts.now);
    if (!expiry) return ok("the engine's certificate is valid for more than 30 days");
    const std::string remedy = "apply new certs in the protected settings";
    if (WallTime(*facts.certificate_end) <= facts.now) return error(*expiry, remedy);
    return warning(*expiry, remedy);
}

Verdict judge_key(const Facts& facts) {
    return judged(facts.systemd.host, [](const model::ObservedHost& host) {
        const std::string path(paths::key);
        if (const auto why = unreadable(host, path)) return skipped(*why);
        const auto mode = host.modes.find(path);
        if (mode == host.modes.end()) return skipped("the engine has no key in /etc/docker");
        if ((mode->second & 077) == 0) return ok("only root can read the engine's key");
        return error("others than root can read the engine's key: " + path,
                     "chmod 0600 " + path + "; better, apply new certs");
    });
}

Verdict judge_authorities(const Facts& facts) {
    return judged(facts.machine.has_certificate_authorities, [](bool present) {
        if (present) return ok("the machine has certificate authorities");
        return error(
            "the machine trusts no certificate authority: every pull fails with x509: unknown authority",
            "install the package ca-certificates");
    });
}

bool is_insecure(const RegistryFacts& registry, const EngineInfo& info) {
    const auto& all = info.insecure_registries;
    return std::find(all.begin(), all.end(), registry.server) != all.end();
}

/// The engine may know a way that we do not: a proxy, or no TLS.
bool may_engine_reach(const RegistryFacts& registry, const Facts& facts) {
    if (!facts.engine.info) return false;
    return !facts.engine.info->proxy.empty() || is_insecure(registry, *facts.engine.info);
}

Verdict judge_reach(const Facts& facts) {
    if (!facts.settings) return skipped(facts.settings.error().message());
    if (facts.registries.empty()) return skipped("the settings name no registry");
    std::vector<std::string> away, unsure;
    for (const RegistryFacts& registry : facts.registries) {
        constexpr unsigned server_errors = 500;
        std::string why = registry.answer ? "" : registry.answer.error().message();
        if (registry.answer && *registry.answer >= server_errors)
            why = "status " + std::to_string(*registry.answer);
        if (!why.empty())
            (may_engine_reach(registry, facts) ? unsure : away).push_back(registry.server + ": " + why);
    }
    const std::string remedy =
        "what the name resolves to, firewall, proxy (docker.config: proxies), its certificate "
        "(/etc/docker/certs.d)";
    if (!away.empty()) return error("no answer from " + listed(away), remedy);
    if (!unsure.empty())
        return warning(
            "no answer from " + listed(unsure) + "; the engine may reach it, by its proxy or without TLS",
            remedy);
    return ok("all registries answer");
}

Verdict judge_login(const Facts& facts) {
    if (!facts.settings) return skipped(facts.settings.error().message());
    std::vector<std::string> refused, unknown;
    std::size_t count = 0;
    for (const RegistryFacts& registry : facts.registries) {
        if (!registry.login) continue;
        ++count;
        if (*registry.login) continue;
        const Error& why = registry.login->error();
        const bool is_refusal = why.kind() == ErrorKind::invalid_input;
        (is_refusal ? refused : unknown).push_back(registry.server + ": " + why.message());
    }
    if (!refused.empty())
        return error(listed(refused),
                     "correct login in the protected settings; has the password or token expired?");
    if (count == 0) return skipped("the settings have no login");
    if (!unknown.empty()) return skipped(listed(unknown));
    return ok("all registries accept the logins");
}

constexpr std::array table_of_registries{
    Check{"certificate", Category::tls, "settings.md#protected-settings", judge_certificate},
    Check{"key", Category::tls, "settings.md#protected-settings", judge_key},
    Check{"authorities", Category::tls, "doctor.md#tls", judge_authorities},
    Check{"reach", Category::registries, "doctor.md#registries", judge_reach},
    Check{"login", Category::registries, "settings.md#protected-settings", judge_login},
};

}  // namespace

std::span<const Check> registry_checks() { return table_of_registries; }

}  // namespace dockerext::doctor
