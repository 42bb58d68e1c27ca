#include "bundle/hidden.hpp"

#include "base/base64.hpp"
#include "base/folder.hpp"
#include "base/joined.hpp"
#include "base/json_document.hpp"
#include "base/named_file.hpp"
#include "base/regular_file.hpp"
#include "dockerd/json_members.hpp"
#include "intake/secrets.hpp"
#include "model/host.hpp"
#include "state/envelope_json.hpp"
#include "state/good_settings.hpp"
#include "state/settings_store.hpp"

#include <unistd.h>

#include <algorithm>

namespace dockerext::bundle {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t max_files = 1000;
constexpr std::size_t file_limit = std::size_t{1} << 20;

void add_envelope(const model::Envelope& envelope, std::vector<Secret>& secrets) {
    auto values = intake::secret_values(envelope);
    std::move(values.begin(), values.end(), std::back_inserter(secrets));
}

/// Settings that have not been taken, or were refused. What cannot be read as settings is not in force
/// anywhere.
void add_spool(const fs::path& path, std::vector<Secret>& secrets) {
    const auto folder = open_named_folder(path);
    const auto names = folder ? names_in(*folder, max_files) : Result<std::vector<std::string>>();
    for (const std::string& name : names ? *names : std::vector<std::string>()) {
        const auto file = open_regular(folder->get(), name);
        if (!file) continue;
        const auto text = read_all(*file, state::envelope_limit);
        const auto envelope = text ? state::envelope_from(*text) : text.error();
        if (envelope && !envelope->wrapped) add_envelope(*envelope, secrets);
    }
}

/// {"auths": {"registry": {"auth": "base64 of user:password", "identitytoken": "…"}}}
void add_logins(const fs::path& path, std::vector<Secret>& secrets) {
    const auto text = read_named_file(path, file_limit);
    const auto document = JsonDocument::parse(text ? *text : "{}");
    const auto auths = document ? document->root().find("auths") : std::nullopt;
    if (!auths || !*auths) return;
    const auto entries = (*auths)->members();
    if (!entries) return;
    for (const auto& [registry, entry] : *entries) {
        for (const char* key : {"auth", "identitytoken", "registrytoken", "password"}) {
            const auto member = entry.find(key);
            const auto value = member && *member ? (*member)->secret() : Secret();
            if (!value) continue;
            secrets.push_back(*value);
            auto login = from_base64(value->reveal());
            if (!login) continue;
            login->erase(0, std::min(login->find(':') + 1, login->size()));
            secrets.emplace_back(std::move(*login));
        }
    }
}

/// ["NAME=(hidden)", …]
std::string hidden_environment(const JsonCursor& config) {
    const auto member = config.find("Env");
    const auto items = member && *member ? (*member)->items() : std::vector<JsonCursor>{};
    std::vector<std::string> hidden;
    for (const JsonCursor& item : items ? *items : std::vector<JsonCursor>{}) {
        const auto text = item.string();
        const std::string variable = text ? *text : "";
        hidden.push_back(dockerd::quoted(variable.substr(0, variable.find('=')) + "=(hidden)"));
    }
    return "[" + joined(hidden, ", ") + "]";
}

std::string hexadecimal(std::string_view text, std::string_view digits) {
    std::string all;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        all += digits[byte / 16];
        all += digits[byte % 16];
    }
    return all;
}

}  // namespace

Redactor with_hexadecimal(std::vector<Secret> secrets) {
    constexpr std::size_t shortest = 4;  // of a secret (base/redactor.hpp)
    const std::size_t count = secrets.size();
    for (std::size_t i = 0; i < count; ++i) {
        if (secrets[i].reveal().size() < shortest) continue;
        for (const std::string_view digits : {"0123456789abcdef", "0123456789ABCDEF"})
            secrets.emplace_back(hexadecimal(secrets[i].reveal(), digits));
    }
    return Redactor(secrets);
}

Result<Redactor> secrets_of_machine(const fs::path& root, const state::Paths& paths) {
    if (::geteuid() != 0)
        return Error(ErrorKind::invalid_input,
                     "only root can read the secrets that have to be hidden: use sudo");
    const state::SettingsStore store(paths.state);
    const auto loaded = store.load();
    if (loaded.damaged)
        return Error(ErrorKind::unavailable, "the secrets that have to be hidden cannot be read: " +
                                                 loaded.warning + "; apply the settings again first");
    std::vector<Secret> secrets;
    if (loaded.envelope) add_envelope(*loaded.envelope, secrets);
    if (const auto previous = store.previous()) add_envelope(*previous, secrets);
    const state::GoodSettingsStore good(paths.state);
    for (const state::GoodSettings& each : good.list()) {
        if (const auto envelope = good.envelope_of(each)) add_envelope(*envelope, secrets);
    }
    add_spool(paths.spool / "new", secrets);
    add_spool(paths.spool / "rejected", secrets);
    add_logins(paths.docker_config, secrets);
    if (auto key = read_named_file(root / fs::path(model::host_paths::key).relative_path(), file_limit))
        secrets.emplace_back(std::move(*key));
    return with_hexadecimal(std::move(secrets));
}

std::string without_passwords(std::string_view text) {
    std::string out;
    for (;;) {
        const std::size_t scheme = text.find("://");
        if (scheme == std::string_view::npos) return out.append(text);
        const std::size_t begin = scheme + 3;
        const std::size_t end = std::min(text.find_first_of("/ \t\r\n\"'<>,;", begin), text.size());
        const std::string_view authority = text.substr(begin, end - begin);
        const std::size_t colon = authority.find(':'), at = authority.rfind('@');
        const bool has_password = at != std::string_view::npos && colon < at;
        out.append(text.substr(0, begin));
        if (has_password)
            out.append(authority.substr(0, colon + 1)).append("(hidden)").append(authority.substr(at));
        else out.append(authority);
        text.remove_prefix(end);
    }
}

Result<std::string> without_environment(std::string_view inspect) {
    const auto document = JsonDocument::parse(inspect, JsonDialect::strict, {.bytes = inspect.size()});
    if (!document) return document.error();
    const auto config = document->root().find("Config");
    if (!config || !*config || !(*config)->is(JsonType::object))
        return Error(ErrorKind::invalid_input, "not an inspect of a container");
    const std::string environment = hidden_environment(**config);
    std::string config_text;
    auto members = dockerd::members_of(document->root(), inspect);
    for (dockerd::JsonMember& member : members) {
        if (member.key != "Config") continue;
        auto inner = dockerd::members_of(**config, member.text);
        for (dockerd::JsonMember& each : inner) {
            if (each.key == "Env") each.text = environment;
        }
        config_text = dockerd::object_text(inner, " ", 1);
        member.text = config_text;
    }
    return dockerd::object_text(members, " ");
}

}  // namespace dockerext::bundle
