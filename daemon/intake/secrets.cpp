#include "intake/secrets.hpp"

#include "settings/settings_parser.hpp"

#include <string_view>
#include <vector>

namespace dockerext::intake {
namespace {

/// The last part of a join token or an unlock key is the secret in it; the rest is known to every node. A
/// message may contain it alone. A token that is not valid may still be one that somebody mistyped.
void add_with_last_part(const Secret& token, std::vector<Secret>& secrets) {
    const std::string_view text = token.reveal();
    secrets.push_back(token);
    secrets.emplace_back(text.substr(text.rfind('-') + 1));
}

std::vector<Secret> secret_values(const model::Settings& settings) {
    std::vector<Secret> secrets;
    for (const auto& [name, value] : settings.protected_environment) secrets.push_back(value);
    for (const model::RegistryLogin& login : settings.logins) {
        if (const auto* const password_login = std::get_if<model::PasswordLogin>(&login.method))
            secrets.push_back(password_login->password);
    }
    if (settings.certificates) secrets.push_back(settings.certificates->key);
    const model::SwarmAccess& swarm = settings.swarm_access;
    for (const Secret* token : {&swarm.worker_token, &swarm.manager_token, &swarm.unlock_key})
        add_with_last_part(*token, secrets);
    return secrets;
}

}  // namespace

std::vector<Secret> secret_values(const model::Envelope& envelope) {
    const auto parsed =
        settings::parse_settings(envelope.public_settings, envelope.protected_settings.reveal());
    return secret_values(parsed.settings ? *parsed.settings : parsed.readable);
}

Redactor secrets_of(const model::Settings& settings) { return Redactor(secret_values(settings)); }

Redactor secrets_of(const model::Envelope& envelope) { return Redactor(secret_values(envelope)); }

void SecretsInUse::replace_with(Redactor next) {
    former_ = std::exchange(current_, std::move(next));
    former_.merge(std::exchange(rolled_back_, {}));  // the containers are of those
}

Redactor SecretsInUse::all() const {
    Redactor all = current_;
    all.merge(former_);
    all.merge(rolled_back_);
    return all;
}

}  // namespace dockerext::intake
