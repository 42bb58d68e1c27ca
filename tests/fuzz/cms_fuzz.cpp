// Fuzzes what Azure's agent hands over: the file with the protected settings (text that begins with a brace),
// or only its encrypted part (raw bytes).
#include "base/base64.hpp"
#include "base/utf8.hpp"
#include "promise.hpp"
#include "settings/cms.hpp"
#include "settings/handler_settings.hpp"
#include "tenant.hpp"

#include <string>

namespace dockerext::settings {
namespace {

constexpr std::string_view secret = "correct-horse";  ///< the plaintext of the seeds contains it

void check_message(const Error& error) {
    const std::string& message_text = error.message();
    promise(error.kind() == ErrorKind::invalid_input, "what cannot be read is bad input", message_text);
    promise(!message_text.empty() && valid_utf8(message_text) == message_text,
            "what is told is a text in UTF-8", message_text);
    promise(message_text.find(secret) == std::string::npos, "no secret is told", message_text);
}

void try_encrypted(const std::string& base64) {
    const Secret certificate(tenant_certificate), key(tenant_key);
    const auto plain = decrypt_cms(base64, certificate, key);
    const auto again = decrypt_cms(base64, certificate, key);
    promise(plain.has_value() == again.has_value(), "the same is decrypted twice, or never");
    if (plain) promise(*plain == *again, "the same is decrypted to the same");
    else check_message(plain.error());
}

void try_file(std::string_view text) {
    const auto settings = read_handler_settings(text);
    if (!settings) {
        promise(valid_utf8(settings.error().message()) == settings.error().message(),
                "what is told is UTF-8");
        return;
    }
    try_encrypted(settings->protected_settings);
}

}  // namespace
}  // namespace dockerext::settings

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* bytes, std::size_t size) {
    using namespace dockerext;
    const std::string_view input(reinterpret_cast<const char*>(bytes), size);
    if (input.starts_with('{')) settings::try_file(input);
    else settings::try_encrypted(base64(input));
    return 0;
}
