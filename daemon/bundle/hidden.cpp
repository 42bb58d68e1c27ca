#include "bundle/hidden.hpp"

#include "base/base64.hpp"
#include "base/folder.hpp"
#include "base/joined.hpp"
#include "base/json_document.hpp"
#include "base/named_file.hpp"
#include "base/regular_file.hpp"
#include "base/split.hpp"
#include "dockerd/daemon_json.hpp"
#include "dockerd/json_members.hpp"
#include "intake/secrets.hpp"
#include "model/host.hpp"
#include "model/labels.hpp"
#include "state/envelope_json.hpp"
#include "state/good_settings.hpp"
#include "state/settings_store.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <span>

namespace dockerext::bundle {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t max_files = 1000;
constexpr std::size_t file_limit = std::size_t{1} << 20;

void add_envelope(const model::Envelope& envelope, std::vector<Secret>& secrets) {
    auto values = intake::secret_values(envelope);
    std::move(values.begin(), values.end(), std::back_inserter(secrets));
}

Error unknown_secrets(const std::string& why) {
    return {ErrorKind::unavailable, "the secrets that have to be hidden cannot be read: " + why};
}

/// Whatever is at the path and cannot be read may hold secrets: only what does not exist has none.
Result<> require_absent(const fs::path& path, const Error& error) {
    if (error.kind() == ErrorKind::not_found) return {};
    return unknown_secrets(path.native() + ": " + error.message() + "; correct or remove it");
}

Result<> add_settings(const state::Paths& paths, std::vector<Secret>& secrets) {
    const state::SettingsStore store(paths.state);
    const auto loaded = store.load();
    if (!loaded.warning.empty()) return unknown_secrets(loaded.warning + "; apply the settings again first");
    if (loaded.envelope) add_envelope(*loaded.envelope, secrets);
    const fs::path copy = store.file().native() + ".previous";
    if (const auto previous = store.previous()) add_envelope(*previous, secrets);
    else if (std::error_code none; fs::symlink_status(copy, none).type() != fs::file_type::not_found)
        return unknown_secrets(copy.native() + " is damaged; remove it");
    return {};
}

/// The files "settings-7.json" (state/good_settings.hpp), with "7.json" or without.
Result<> add_good_settings(const state::Paths& paths, std::vector<Secret>& secrets) {
    const fs::path path = paths.state / "good";
    const auto folder = open_named_folder(path);
    if (!folder) return require_absent(path, folder.error());
    const auto names = names_in(*folder, max_files);
    if (!names) return require_absent(path, names.error());
    const state::GoodSettingsStore good(paths.state);
    for (const std::string& name : *names) {
        constexpr std::string_view beginning = "settings-";
        state::GoodSettings settings;
        if (!name.starts_with(beginning)) continue;
        const char* const end = name.data() + name.size();
        const auto number = std::from_chars(name.data() + beginning.size(), end, settings.number);
        if (number.ec != std::errc() || std::string_view(number.ptr, end) != ".json") continue;
        const auto envelope = good.envelope_of(settings);
        if (envelope) add_envelope(*envelope, secrets);
        else if (auto absent = require_absent(path / name, envelope.error()); !absent) return absent;
    }
    return {};
}

/// Settings that have not been taken, or were refused. What is no regular file or cannot be read as settings
/// is not in force anywhere.
Result<> add_spool(const fs::path& path, std::vector<Secret>& secrets) {
    const auto folder = open_named_folder(path);
    if (!folder) return require_absent(path, folder.error());
    const auto names = names_in(*folder, max_files);
    if (!names) return require_absent(path, names.error());
    for (const std::string& name : *names) {
        const auto file = open_regular(folder->get(), name);
        const auto text = file ? read_all(*file, state::envelope_limit) : file.error();
        if (!text && text.error().kind() != ErrorKind::invalid_input) {
            if (auto absent = require_absent(path / name, text.error()); !absent) return absent;
        }
        const auto envelope = text ? state::envelope_from(*text) : text.error();
        if (envelope && !envelope->wrapped) add_envelope(*envelope, secrets);
    }
    return {};
}

void add_login(const JsonCursor& entry, std::vector<Secret>& secrets) {
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

/// {"auths": {"registry": {"auth": "base64 of user:password", "identitytoken": "…"}}}
Result<> add_logins(const fs::path& path, std::vector<Secret>& secrets) {
    const auto text = read_named_file(path, file_limit);
    if (!text) return require_absent(path, text.error());
    const auto document = JsonDocument::parse(*text);
    if (!document) return require_absent(path, document.error());
    const auto auths = document->root().find("auths");
    if (auths && !*auths) return {};
    const auto entries = auths ? (*auths)->members() : auths.error();
    if (!entries) return require_absent(path, Error(ErrorKind::invalid_input, to_text(entries.error())));
    for (const auto& [registry, entry] : *entries) add_login(entry, secrets);
    return {};
}

Result<> add_key(const fs::path& path, std::vector<Secret>& secrets) {
    auto key = read_named_file(path, file_limit);
    if (!key) return require_absent(path, key.error());
    secrets.emplace_back(std::move(*key));
    return {};
}

constexpr std::string_view hidden = "(hidden)";

/// A member, and the one that it is in ("" for any), whose values may be secrets.
struct HiddenMember {
    std::string_view parent, key;
};
using HiddenMembers = std::span<const HiddenMember>;

constexpr std::size_t only_of_strangers = 2;
constexpr std::array all_hidden{HiddenMember{"", "Command"},
                                HiddenMember{"", "Labels"},
                                HiddenMember{"Config", "Env"},
                                HiddenMember{"LogConfig", "Config"},
                                HiddenMember{"", "log-opts"},
                                HiddenMember{"Volumes", "Options"},
                                HiddenMember{"DriverConfig", "Options"}};
constexpr HiddenMembers hidden_of_strangers = all_hidden;
constexpr HiddenMembers always_hidden = hidden_of_strangers.subspan(only_of_strangers);

bool is_hidden_member(HiddenMembers members, std::string_view parent, std::string_view key) {
    return std::any_of(members.begin(), members.end(), [&](const HiddenMember& each) {
        return each.key == key && (each.parent.empty() || each.parent == parent);
    });
}

/// The value without what it says, but with the names in it: of members, and before "=" in the items of a
/// list.
std::string hidden_value(const JsonCursor& value) {
    std::vector<std::string> parts;
    if (const auto members = value.members()) {
        for (const auto& [key, member] : *members)
            parts.push_back(dockerd::quoted(key) + ":" + dockerd::quoted(hidden));
        return "{" + joined(parts, ",") + "}";
    }
    if (const auto items = value.items()) {
        for (const JsonCursor& item : *items) {
            const auto text = item.string();
            const std::size_t equals = text ? text->find('=') : std::string::npos;
            const std::string name = equals == std::string::npos ? "" : text->substr(0, equals + 1);
            parts.push_back(dockerd::quoted(name + std::string(hidden)));
        }
        return "[" + joined(parts, ",") + "]";
    }
    return value.is(JsonType::null) ? "null" : dockerd::quoted(hidden);
}

bool is_proxy(std::string_view key) {
    constexpr std::array keys{"HttpProxy", "HttpsProxy", "http-proxy", "https-proxy"};
    return std::find(keys.begin(), keys.end(), key) != keys.end();
}

/// An address that may have a user and a password, with a scheme or without.
std::string without_user(const std::string& address) {
    const std::size_t at = address.rfind('@');
    return at == std::string::npos ? address : std::string(hidden) + address.substr(at);
}

/// The value as JSON. The document's depth is bounded (base/json_document.hpp).
std::string shown(const JsonCursor& value, std::string_view parent, std::string_view key,
                  HiddenMembers hidden_members) {
    if (is_hidden_member(hidden_members, parent, key)) return hidden_value(value);
    if (const auto text = value.string(); text && is_proxy(key)) return dockerd::quoted(without_user(*text));
    std::vector<std::string> parts;
    if (const auto members = value.members()) {
        for (const auto& [name, member] : *members)
            parts.push_back(dockerd::quoted(name) + ":" + shown(member, key, name, hidden_members));
        return "{" + joined(parts, ",") + "}";
    }
    if (const auto items = value.items()) {
        for (const JsonCursor& item : *items) parts.push_back(shown(item, parent, key, hidden_members));
        return "[" + joined(parts, ",") + "]";
    }
    return value.text();
}

std::string label_of(const JsonCursor& container, std::string_view name) {
    const auto labels = container.find("Labels");
    const auto label = labels && *labels ? (*labels)->find(name) : std::nullopt;
    const auto text = label && *label ? (*label)->string() : std::string();
    return text ? *text : "";
}

std::string_view trimmed(std::string_view line) {
    const std::size_t begin = std::min(line.find_first_not_of(" \t\r"), line.size());
    return line.substr(begin, line.find_last_not_of(" \t\r") + 1 - begin);
}

/// The name of a variable, perhaps after a quote.
bool is_name(std::string_view text) {
    text = trimmed(text);
    text.remove_prefix(std::min(text.find_first_not_of("\"'"), text.size()));
    return !text.empty() && std::all_of(text.begin(), text.end(),
                                        [](unsigned char c) { return std::isalnum(c) != 0 || c == '_'; });
}

bool is_comment(std::string_view line) {
    const std::string_view text = trimmed(line);
    return text.starts_with('#') || text.starts_with(';');
}

/// Where a line of a unit, with those that continue it, begins to tell what a variable, a credential or a
/// sensitive option is; its size if it does not.
std::size_t end_of_public_part(std::string_view line) {
    const std::size_t equals = line.find('=');
    if (equals == std::string_view::npos) return line.size();
    std::string_view key = trimmed(line.substr(0, equals));
    key.remove_prefix(std::min(key.find_first_not_of("#; \t"), key.size()));  // commented out
    if (key.starts_with("Exec") && dockerd::is_sensitive(line)) return equals + 1;
    if (key.starts_with("export ") || key.starts_with("SetCredential")) return equals + 1;
    if (key != "Environment") return line.size();
    const std::size_t end = line.find('=', equals + 1);
    const bool has_name = end != std::string_view::npos && is_name(line.substr(equals + 1, end - equals - 1));
    return has_name ? end + 1 : equals + 1;
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
    std::vector<Secret> secrets;
    const fs::path key = root / fs::path(model::host_paths::key).relative_path();
    for (const auto& added :
         {add_settings(paths, secrets), add_good_settings(paths, secrets),
          add_spool(paths.spool / "new", secrets), add_spool(paths.spool / "rejected", secrets),
          add_logins(paths.docker_config, secrets), add_key(key, secrets)}) {
        if (!added) return added.error();
    }
    return with_hexadecimal(std::move(secrets));
}

std::string without_passwords(std::string_view text) {
    std::string out;
    for (;;) {
        const std::size_t scheme = text.find("://");
        if (scheme == std::string_view::npos) return out.append(text);
        const std::size_t begin = scheme + 3;
        // A password that was not escaped may have any other character, even "://".
        const std::size_t end = std::min(text.find_first_of(" \t\r\n\"<>", begin), text.size());
        const std::string_view address = text.substr(begin, end - begin);
        const std::size_t at = address.rfind('@');
        out.append(text.substr(0, begin));
        if (at == std::string_view::npos) out.append(address);
        else out.append(hidden).append(address.substr(at));
        text.remove_prefix(end);
    }
}

Result<std::string> without_values(std::string_view json) {
    const auto document = JsonDocument::parse(json, JsonDialect::strict, {.bytes = json.size()});
    if (!document) return document.error();
    return shown(document->root(), {}, {}, always_hidden);
}

Result<std::string> without_strangers(std::string_view containers, std::string_view project) {
    const auto document = JsonDocument::parse(containers, JsonDialect::strict, {.bytes = containers.size()});
    if (!document) return document.error();
    const auto items = document->root().items();
    if (!items) return Error(ErrorKind::invalid_input, to_text(items.error()));
    std::vector<std::string> texts;
    for (const JsonCursor& item : *items) {
        const bool is_ours = !project.empty() && label_of(item, model::labels::project) == project;
        texts.push_back(shown(item, {}, {}, is_ours ? always_hidden : hidden_of_strangers));
    }
    return "[" + joined(texts, ",\n") + "]";
}

std::string without_unit_secrets(std::string_view units) {
    std::string out;
    const std::vector<std::string_view> lines = split(units, '\n');
    for (std::size_t i = 0; i < lines.size();) {
        const std::size_t first = i++;
        const bool may_go_on =
            !is_comment(lines[first]) || end_of_public_part(lines[first]) < lines[first].size();
        bool goes_on = may_go_on && trimmed(lines[first]).ends_with('\\');
        for (; goes_on && i < lines.size(); ++i)
            goes_on = is_comment(lines[i]) || trimmed(lines[i]).ends_with('\\');
        const char* const begin = lines[first].data();
        const std::string_view whole(
            begin, static_cast<std::size_t>(lines[i - 1].data() + lines[i - 1].size() - begin));
        const std::size_t kept = end_of_public_part(whole);
        out.append(whole.substr(0, kept)).append(kept < whole.size() ? hidden : "").append("\n");
    }
    out.pop_back();
    return out;
}

std::string without_request_bodies(std::string_view log) {
    std::string out;
    for (const std::string_view line : split(log, '\n')) {
        const std::size_t begin = std::min({line.find("form data:"), line.find("form-data="), line.size()});
        out.append(line.substr(0, begin)).append(begin < line.size() ? hidden : "").append("\n");
    }
    out.pop_back();
    return out;
}

std::string without_variables(std::string_view file) {
    std::string out;
    for (const std::string_view line : split(file, '\n')) {
        const std::size_t equals = line.find('=');
        const bool is_variable = equals != std::string_view::npos;
        std::string_view name = trimmed(line.substr(0, equals));
        name.remove_prefix(std::min(name.find_first_not_of("# \t"), name.size()));
        if (name.starts_with("export ")) name.remove_prefix(name.find(' '));
        if (is_variable && is_name(name)) out.append(line.substr(0, equals + 1)).append(hidden);
        else if (is_variable || !(trimmed(line).empty() || trimmed(line).starts_with('#')))
            out.append(hidden);
        else out.append(line);
        out.append("\n");
        const auto is_odd = [&](char quote) { return std::count(line.begin(), line.end(), quote) % 2 != 0; };
        const bool may_go_on = trimmed(line).ends_with('\\') || is_odd('"') || is_odd('\'');
        if (is_variable && may_go_on) return out.append(hidden).append("\n");
    }
    out.pop_back();
    return out;
}

}  // namespace dockerext::bundle
