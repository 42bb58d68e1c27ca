#include "settings/protected_settings.hpp"

#include "base/json_reader.hpp"
#include "settings/certificates.hpp"
#include "settings/environment.hpp"
#include "settings/login.hpp"
#include "settings/pem.hpp"

#include <array>

namespace dockerext::settings {
namespace {

struct CertificateMember {
    std::string_view key;
    PemKind kind;
    Secret model::Certificates::*place;
};
constexpr std::array<CertificateMember, 3> certificate_members{
    {{"ca", PemKind::certificate, &model::Certificates::ca},
     {"cert", PemKind::certificate, &model::Certificates::cert},
     {"key", PemKind::private_key, &model::Certificates::key}}};

/// Requires all three or none. An empty text counts as absent, because templates with empty parameters write
/// it.
CertificatesGiven read_certificates(const JsonCursor& certs, std::optional<model::WallTime> now,
                                    model::Settings& settings, Problems& problems) {
    ObjectReader reader(certs, problems);
    if (!certs.is(JsonType::object)) return CertificatesGiven::unknown;
    const std::size_t before = problems.all().size();
    model::Certificates certificates;
    std::vector<std::string_view> missing;
    for (const auto& [key, kind, place] : certificate_members) {
        const auto text = reader.take(key);
        const auto value = text ? text->secret() : Secret();
        if (!value) {
            problems.add(value.error());
        } else if (value->reveal().empty()) {
            missing.push_back(key);
        } else if (auto pem = read_pem(value->reveal(), kind)) {
            certificates.*place = std::move(*pem);
        } else {
            problems.add(text->pointer(), pem.error().message());
        }
    }
    reader.finish("certs");
    if (missing.size() == certificate_members.size()) return CertificatesGiven::no;
    for (const std::string_view key : missing) {
        problems.add(certs.pointer() + "/" + std::string(key),
                     "is missing; ca, cert and key are needed together");
    }
    if (problems.all().size() == before) {
        if (auto checked = checked_certificates(certificates, now, problems))
            certificates = std::move(*checked);
    }
    settings.certificates = std::move(certificates);
    return CertificatesGiven::yes;
}

}  // namespace

CertificatesGiven read_protected(const JsonCursor& document, std::optional<model::WallTime> now,
                                 model::Settings& settings, Problems& problems) {
    ObjectReader reader(document, problems);
    if (const auto environment = reader.take("environment")) {
        for (auto& [name, text] : read_environment(*environment, problems)) {
            settings.protected_environment.emplace(name, Secret(std::move(text)));
        }
    }
    auto given = CertificatesGiven::no;
    if (const auto certs = reader.take("certs")) given = read_certificates(*certs, now, settings, problems);
    if (const auto login = reader.take("login")) settings.logins = read_logins(*login, problems);
    reader.finish("the protected settings");
    return given;
}

}  // namespace dockerext::settings
