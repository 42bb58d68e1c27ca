// Fuzzes the members of the protected `certs`. An input is `ca`, `cert` and `key`, with a record separator
// between them.
#include "base/problem.hpp"
#include "base/utf8.hpp"
#include "promise.hpp"
#include "settings/certificates.hpp"
#include "settings/x509.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>

namespace dockerext::settings {
namespace {

constexpr model::WallTime now = std::chrono::sys_days(std::chrono::year(2030) / 1 / 1);

std::optional<model::Certificates> check(const model::Certificates& given) {
    Problems problems;
    auto checked = checked_certificates(given, now, problems);
    promise(checked.has_value() == problems.empty(), "they are accepted, or have problems");
    for (const Problem& problem : problems.all()) {
        promise(!problem.message.empty(), "a problem says what it is");
        promise(valid_utf8(problem.message) == problem.message, "what is told is UTF-8", problem.message);
    }
    return checked;
}

void check_public(std::string_view text) {
    for (const PemBlock& block : pem_blocks(text))
        promise(block.label == "CERTIFICATE" && read_certificate(block), "it holds certificates alone", text);
    promise(text.find("PRIVATE") == std::string_view::npos, "it holds no key", text);
}

void check_key(std::string_view text) {
    const auto blocks = pem_blocks(text);
    promise(blocks.size() == 1 && read_private_key(blocks.front()), "it is one key");
}

void check_written(const model::Certificates& written) {
    check_public(written.ca.reveal());
    check_public(written.cert.reveal());
    check_key(written.key.reveal());
    const auto again = check(written);
    promise(again.has_value(), "what is written is accepted");
    promise(again->ca == written.ca && again->cert == written.cert && again->key == written.key,
            "what is written stays as it is");
}

/// Reads the three texts in the way that protected_settings does.
void try_texts(const std::array<std::string, 3>& texts) {
    constexpr std::array kinds{PemKind::certificate, PemKind::certificate, PemKind::private_key};
    model::Certificates given;
    const std::array places{&given.ca, &given.cert, &given.key};
    for (std::size_t i = 0; i < texts.size(); ++i) {
        auto pem = read_pem(texts[i], kinds[i]);
        if (!pem) return promise(!pem.error().message().empty(), "a problem says what it is");
        *places[i] = std::move(*pem);
    }
    if (const auto written = check(given)) check_written(*written);
}

}  // namespace
}  // namespace dockerext::settings

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* bytes, std::size_t size) {
    constexpr char separator = '\x1e';
    std::string_view rest(reinterpret_cast<const char*>(bytes), size);
    std::array<std::string, 3> texts;
    for (std::string& text : texts) {
        text = rest.substr(0, rest.find(separator));
        rest.remove_prefix(std::min(text.size() + 1, rest.size()));
    }
    dockerext::settings::try_texts(texts);
    return 0;
}
