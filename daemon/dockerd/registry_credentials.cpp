#include "dockerd/registry_credentials.hpp"

#include "base/json_document.hpp"
#include "dockerd/json_members.hpp"

#include <algorithm>
#include <list>
#include <utility>

namespace dockerext::dockerd {
namespace {

constexpr std::string_view tab = "\t";  // as docker writes it

Error invalid_file_error(const Error& error) {
    return {
        ErrorKind::invalid_input,
        error.message() + "; the file is left unchanged, and logins are not written to it: fix or remove it"};
}

/// A member that must be an object if it is present.
Read<std::optional<JsonCursor>> object_in(const JsonCursor& parent, std::string_view key) {
    auto member = parent.find(key);
    if (member && *member && !(**member).is(JsonType::object)) return (**member).expected("object");
    return member;
}

std::optional<std::string> text_in(const JsonCursor& parent, std::string_view key) {
    const auto member = parent.find(key);
    if (!member || !*member) return std::nullopt;
    const auto text = (**member).string();
    return text && !text->empty() ? std::optional(*text) : std::nullopt;
}

/// Why docker would not read an entry for `key`; "" if it would.
std::string helper_note(const JsonCursor& config, const std::string& key) {
    const auto helpers = config.find("credHelpers");
    const auto helper = *helpers && (**helpers).is(JsonType::object) ? text_in(**helpers, key) : std::nullopt;
    const auto store = text_in(config, "credsStore");
    const std::string where = helper  ? "credential helper " + *helper
                              : store ? "credential store " + *store
                                      : "";
    if (where.empty()) return "";
    return "docker's config.json delegates " + key + " to the " + where +
           ": the login is used for pulls by dockerextd, and not written there";
}

/// An entry as docker writes it.
Secret entry_of(const Secret& auth) {
    WipedString text("{\n\t\t\t\"auth\": \"");
    return Secret(text.append(auth.reveal()).append("\"\n\t\t}"));
}

/// The entries of config.json: the present ones, and the desired ones.
class Logins {
public:
    explicit Logins(std::vector<JsonMember> members) : members_(std::move(members)) {}

    const std::vector<JsonMember>& members() const { return members_; }

    bool has(std::string_view key) const { return at(key) != members_.end(); }

    bool has_exactly(std::string_view key, const Secret& entry) const {
        const auto found = at(key);
        if (found == members_.end()) return false;
        const auto have = JsonDocument::parse(found->text);
        const auto want = JsonDocument::parse(entry.reveal());
        return have && want && same_json(have->root(), want->root());
    }

    void set(const std::string& key, Secret entry) {
        texts_.push_back(std::move(entry));
        const std::string_view text = texts_.back().reveal();
        if (const auto found = at(key); found != members_.end()) {
            members_[static_cast<std::size_t>(found - members_.begin())].text = text;
            return;
        }
        keys_.push_back(quoted(key));
        members_.push_back({key, keys_.back(), text});
    }

    void remove(std::string_view key) { members_.erase(at(key)); }

private:
    std::vector<JsonMember>::const_iterator at(std::string_view key) const {
        return std::find_if(members_.begin(), members_.end(),
                            [&](const JsonMember& member) { return member.key == key; });
    }

    std::vector<JsonMember> members_;
    std::list<Secret> texts_;  // a list, because members point to its elements, which must not move
    std::list<std::string> keys_;
};

model::Change change_of(const std::string& key, std::string have, std::string want) {
    return {"registry." + key, std::move(have), std::move(want)};
}

void add_desired(const JsonCursor& config, const DesiredLogins& desired, const std::set<std::string>& owned,
                 Logins& logins, RegistryCredentials& result) {
    for (const auto& [key, auth] : desired) {
        if (auto note = helper_note(config, key); !note.empty()) {
            result.notes.push_back(std::move(note));
            continue;
        }
        Secret entry = entry_of(auth);
        const bool matches = logins.has_exactly(key, entry);
        if (!matches || owned.contains(key)) result.owned.insert(key);
        if (matches) continue;
        result.changes.push_back(
            change_of(key, logins.has(key) ? "(another login)" : "(unset)", "(our login)"));
        logins.set(key, std::move(entry));
    }
}

void remove_undesired(const std::set<std::string>& owned, Logins& logins, RegistryCredentials& result) {
    for (const std::string& key : owned) {
        if (result.owned.contains(key) || !logins.has(key)) continue;
        result.changes.push_back(change_of(key, "(our login)", "(unset)"));
        logins.remove(key);
    }
}

/// The whole file with the new logins.
Secret with_logins(std::vector<JsonMember> members, const Logins& logins) {
    const Secret text(object_text(logins.members(), tab, 1));
    const auto found = std::find_if(members.begin(), members.end(),
                                    [](const JsonMember& member) { return member.key == "auths"; });
    if (found != members.end()) found->text = text.reveal();
    else members.push_back({"auths", "\"auths\"", text.reveal()});
    return Secret(object_text(members, tab));
}

}  // namespace

Result<RegistryCredentials> merge_credentials(std::optional<std::string_view> present,
                                              const DesiredLogins& desired,
                                              const std::set<std::string>& owned) {
    RegistryCredentials result;
    if (desired.empty() && owned.empty()) return result;
    std::string_view text = present.value_or("{}");
    if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) text = "{}";
    const auto document = JsonDocument::parse(text);
    if (!document) return invalid_file_error(document.error());
    const JsonCursor config = document->root();
    const auto auths = object_in(config, "auths");
    if (!auths) return invalid_file_error(auths.error());

    const auto members = members_of(config, text);
    std::vector<JsonMember> entries;
    for (const JsonMember& member : members) {
        if (member.key == "auths") entries = members_of(**auths, member.text);
    }
    Logins logins(std::move(entries));
    add_desired(config, desired, owned, logins, result);
    remove_undesired(owned, logins, result);
    if (!result.changes.empty()) result.text = with_logins(members, logins);
    return result;
}

}  // namespace dockerext::dockerd
