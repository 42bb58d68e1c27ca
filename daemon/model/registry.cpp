#include "model/registry.hpp"

#include "base/ascii.hpp"
#include "base/base64.hpp"
#include "base/json_writer.hpp"
#include "base/url.hpp"
#include "model/image_reference.hpp"

#include <algorithm>
#include <array>

namespace dockerext::model {
namespace {

constexpr std::string_view docker_hub_key = "https://index.docker.io/v1/";
constexpr auto docker_hub_names =
    std::to_array<std::string_view>({"", "docker.io", "index.docker.io", "registry-1.docker.io"});

bool has_password(const RegistryLogin& login) { return std::holds_alternative<PasswordLogin>(login.method); }

}  // namespace

std::string registry_key(std::string_view server) {
    if (const auto url = split_url(server); is_web(url)) server = url->rest;
    std::string host(server.substr(0, server.find('/')));
    std::transform(host.begin(), host.end(), host.begin(), to_lower);
    const bool is_hub =
        std::find(docker_hub_names.begin(), docker_hub_names.end(), host) != docker_hub_names.end();
    return is_hub ? std::string(docker_hub_key) : host;
}

std::string_view named_registry(std::string_view image) {
    const std::size_t slash = image.find('/');
    const std::string_view first = slash == std::string_view::npos ? "" : image.substr(0, slash);
    return names_registry(first) ? first : "";
}

std::string registry_of(std::string_view image) { return registry_key(named_registry(image)); }

std::string short_digest(std::string_view digest) {
    constexpr std::size_t digits = 12;
    return std::string(digest.substr(0, digest.find(':') + 1 + digits));
}

const RegistryLogin* login_for(std::string_view image, std::span<const RegistryLogin> logins) {
    const std::string key = registry_of(image);
    const auto found = std::find_if(logins.begin(), logins.end(), [&](const RegistryLogin& login) {
        return registry_key(login.server) == key;
    });
    return found == logins.end() ? nullptr : &*found;
}

Secret stored_auth(std::string_view username, const Secret& password) {
    WipedString pair(username);
    pair.append(":").append(password.reveal());
    return Secret(base64(pair));
}

Secret login_json(std::string_view key, std::string_view username, const Secret& password) {
    JsonWriter json;
    json.begin_object();
    json.text("username", username);
    json.text("password", password.reveal());
    json.text("serveraddress", key);
    json.end_object();
    return Secret(json.take());
}

Secret registry_auth_header(std::string_view key, std::string_view username, const Secret& password) {
    return Secret(base64(login_json(key, username, password).reveal(), Base64::url));
}

std::optional<Secret> pull_auth(std::string_view image, std::span<const RegistryLogin> logins) {
    const RegistryLogin* login = login_for(image, logins);
    const auto* const password_login =
        login == nullptr ? nullptr : std::get_if<PasswordLogin>(&login->method);
    if (password_login == nullptr) return std::nullopt;
    return registry_auth_header(registry_key(login->server), password_login->username,
                                password_login->password);
}

std::optional<Secret> build_auth(std::span<const RegistryLogin> logins) {
    if (std::none_of(logins.begin(), logins.end(), has_password)) return std::nullopt;
    JsonWriter json;
    json.begin_object();
    for (const RegistryLogin& login : logins) {
        const auto* const password_login = std::get_if<PasswordLogin>(&login.method);
        if (password_login == nullptr) continue;
        json.begin_object(registry_key(login.server));
        json.text("username", password_login->username);
        json.text("password", password_login->password.reveal());
        json.end_object();
    }
    json.end_object();
    const Secret text(json.take());
    return Secret(base64(text.reveal(), Base64::url));
}

}  // namespace dockerext::model
