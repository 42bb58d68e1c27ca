#include "intake/secrets.hpp"

#include "settings/settings_parser.hpp"

#include <vector>

namespace dockerext::intake {
namespace {

std::vector<Secret> secret_values(const model::Settings& settings) {
    std::vector<Secret> secrets;
    for (const auto& [name, value] : settings.protected_environment) secrets.push_back(value);
    for (const model::RegistryLogin& login : settings.logins) {
        if (const auto* const password_login = std::get_if<model::PasswordLogin>(&login.method))
            secrets.push_back(password_login->password);
    }
    if (settings.certificates) secrets.push_back(settings.certificates->key);
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
