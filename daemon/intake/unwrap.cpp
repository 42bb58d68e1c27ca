#include "intake/unwrap.hpp"

#include "settings/cms.hpp"
#include "settings/handler_settings.hpp"
#include "state/sealed.hpp"

namespace dockerext::intake {
namespace {

constexpr std::size_t key_limit = 64 << 10;

Result<Secret> read_key(const std::filesystem::path& path) {
    auto text = state::read_file(path, key_limit);
    if (text || text.error().kind() != ErrorKind::not_found) return text;
    return Error(ErrorKind::unavailable,
                 "cannot read the protected settings yet: " + path.string() +
                     " is missing, which the Azure agent should have fetched; restart the agent to "
                     "fetch it. The previous settings remain in effect");
}

}  // namespace

Result<model::Envelope> unwrap(model::Envelope envelope) {
    if (!envelope.wrapped) return envelope;
    auto settings = settings::read_handler_settings(envelope.public_settings);
    if (!settings) return settings.error();
    envelope.wrapped = false;
    envelope.public_settings = std::move(settings->public_settings);
    if (settings->protected_settings.empty()) return envelope;
    const std::filesystem::path keys = envelope.handler->keys_folder;
    const auto certificate = read_key(keys / (settings->thumbprint + ".crt"));
    if (!certificate) return certificate.error();
    const auto key = read_key(keys / (settings->thumbprint + ".prv"));
    if (!key) return key.error();
    auto plain = settings::decrypt_cms(settings->protected_settings, *certificate, *key);
    if (!plain) return plain.error();
    envelope.protected_settings = std::move(*plain);
    return envelope;
}

}  // namespace dockerext::intake
