#include "settings/protected_settings.hpp"

#include "base/json_reader.hpp"
#include "model/registry.hpp"
#include "settings/certificates.hpp"
#include "settings/swarm_access.hpp"
#include "settings/values.hpp"
#include "settings/x509.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <vector>

namespace dockerext::settings {
namespace {

/// Whether the text is a client id: 8-4-4-4-12 hex digits.
bool is_client_id(std::string_view text) {
    constexpr std::string_view form = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
    return std::equal(text.begin(), text.end(), form.begin(), form.end(), [](char c, char expected_char) {
        return expected_char == 'x' ? std::isxdigit(static_cast<unsigned char>(c)) != 0 : c == expected_char;
    });
}

/// Whether the server is a registry of Azure, such as "example.azurecr.io". The machine's token gives access
/// to more than registries, so it must go only to Azure.
bool is_azure_registry(std::string_view server) {
    constexpr auto clouds = std::to_array<std::string_view>({".azurecr.io", ".azurecr.cn", ".azurecr.us"});
    const std::string host = model::registry_key(server);
    return std::any_of(clouds.begin(), clouds.end(), [&](std::string_view cloud) {
        return host.size() > cloud.size() && host.ends_with(cloud);
    });
}

/// The members as written; "" for absent ones.
struct LoginMembers {
    std::string server, username;
    Secret password;
    std::string email, identity;
};

void check_identity(const LoginMembers& login, const std::string& pointer, Problems& problems) {
    if (login.identity != "system" && !is_client_id(login.identity)) {
        problems.add(pointer + "/identity", "expected \"system\" or the client id of a managed identity");
    }
    if (!login.username.empty() || !login.password.reveal().empty()) {
        problems.add(pointer, "identity replaces username and password; remove those");
    }
    if (login.server.empty())
        problems.add(pointer + "/server", "is missing; an identity needs the name of its registry");
    else if (!is_azure_registry(login.server))
        problems.add(pointer + "/server",
                     "expected an Azure Container Registry, such as \"example.azurecr.io\": "
                     "other registries are not given the machine's token");
}

void check_password(const LoginMembers& login, const std::string& pointer, Problems& problems) {
    constexpr std::string_view rule = "is missing; a login needs username and password, or identity";
    if (login.username.empty()) problems.add(pointer + "/username", std::string(rule));
    if (login.password.reveal().empty()) problems.add(pointer + "/password", std::string(rule));
}

void check_server(const LoginMembers& login, const std::string& pointer, Problems& problems) {
    if (login.server.find_first_of(" \t\r\n@") == std::string::npos) return;
    problems.add(pointer + "/server", "expected the name of a registry, such as \"example.azurecr.io\"");
}

/// Whether a template with empty parameters wrote it: all values are empty, or username and
/// password are given as "".
bool is_blank(const LoginMembers& login, const JsonCursor& object) {
    if (!login.username.empty() || !login.password.reveal().empty() || !login.identity.empty()) return false;
    const auto is_string_member = [&](std::string_view key) {
        const auto member = object.find(key);
        return member && *member && (*member)->is(JsonType::string);
    };
    return login.server.empty() || (is_string_member("username") && is_string_member("password"));
}

model::RegistryLogin to_model(LoginMembers login) {
    if (!login.identity.empty())
        return {std::move(login.server), model::IdentityLogin{std::move(login.identity)},
                std::move(login.email)};
    return {std::move(login.server),
            model::PasswordLogin{std::move(login.username), std::move(login.password)},
            std::move(login.email)};
}

std::optional<model::RegistryLogin> read_login(const JsonCursor& object, Problems& problems) {
    const std::size_t before = problems.count();
    ObjectReader reader(object, problems);
    LoginMembers login;
    login.server = reader.string("server").value_or("");
    login.username = reader.string("username").value_or("");
    login.password = reader.secret("password").value_or(Secret());
    login.email = reader.string("email").value_or("");
    login.identity = reader.string("identity").value_or("");
    const bool readable = problems.count() == before;
    reader.finish("login");
    if (!readable || is_blank(login, object)) return std::nullopt;

    check_server(login, object.pointer(), problems);
    if (login.identity.empty()) check_password(login, object.pointer(), problems);
    else check_identity(login, object.pointer(), problems);
    return problems.count() == before ? std::optional(to_model(std::move(login))) : std::nullopt;
}

/// Reads the member `login`: one object, or an array of them. No problem repeats a value.
std::vector<model::RegistryLogin> read_logins(const JsonCursor& login, Problems& problems) {
    if (!login.is(JsonType::array)) {
        auto one = read_login(login, problems);
        return one ? std::vector{std::move(*one)} : std::vector<model::RegistryLogin>{};
    }
    std::vector<model::RegistryLogin> logins;
    std::set<std::string> servers;
    const auto items = login.items();
    for (const JsonCursor& item : *items) {
        auto one = read_login(item, problems);
        if (!one) continue;
        if (!servers.insert(model::registry_key(one->server)).second)
            problems.add(item.pointer(), "a second login to the same server");
        logins.push_back(std::move(*one));
    }
    return logins;
}

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
    if (const auto swarm = reader.take("swarm")) settings.swarm_access = read_swarm_access(*swarm, problems);
    reader.finish("the protected settings");
    return given;
}

}  // namespace dockerext::settings
