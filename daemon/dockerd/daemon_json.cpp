#include "dockerd/daemon_json.hpp"

#include "base/json_document.hpp"
#include "base/url.hpp"
#include "dockerd/config_keys.hpp"
#include "dockerd/json_members.hpp"

#include <algorithm>
#include <utility>

namespace dockerext::dockerd {
namespace {

constexpr std::string_view four_blanks = "    ";
constexpr std::string_view unset = "(unset)";

Error invalid_file_error(const std::string& complaint, std::string_view remedy) {
    return {ErrorKind::invalid_input,
            complaint + "; the file is left unchanged, and the engine settings are not applied: " +
                std::string(remedy)};
}

/// Why dockerd cannot read `text`, and what to do.
Error not_json(std::string_view text, const Error& error) {
    if (JsonDocument::parse(text, JsonDialect::commented)) {
        return invalid_file_error(error.message(),
                                  "remove the comments and trailing commas from daemon.json");
    }
    return invalid_file_error(error.message(), "fix or remove it");
}

Result<JsonDocument> parse_present(std::string_view text) {
    if (text.starts_with("\xEF\xBB\xBF")) {
        return invalid_file_error("it begins with a byte order mark, which some dockerd versions reject",
                                  "save it as UTF-8 without one");
    }
    const bool blank = text.find_first_not_of(" \t\r\n") == std::string_view::npos;
    auto document = JsonDocument::parse(blank ? "{}" : text);
    if (!document) return not_json(text, document.error());
    if (!document->root().is(JsonType::object)) {
        return invalid_file_error(to_text(document->root().expected("object")), "fix or remove it");
    }
    return document;
}

std::string display_text(const std::optional<std::string>& json) {
    if (!json) return std::string(unset);
    if (can_contain_secret(*json)) return "(hidden)";
    const auto document = JsonDocument::parse(*json);
    if (!document) return *json;
    const auto text = document->root().string();
    return text && !text->empty() ? *text : document->root().text();
}

bool same_value(const std::optional<std::string>& one, const std::optional<std::string>& other) {
    if (!one || !other) return one == other;
    const auto document = JsonDocument::parse(*one);
    const auto other_document = JsonDocument::parse(*other);
    if (!document || !other_document) return *one == *other;
    return same_json(document->root(), other_document->root());
}

std::optional<std::string> find_value(const JsonKeys& keys, const std::string& key) {
    const auto found = keys.find(key);
    return found == keys.end() ? std::nullopt : std::optional(found->second);
}

/// Merges the owned and the wanted keys, in their order.
class Merge {
public:
    Merge(JsonKeys present, const JsonKeys& desired, const OwnedKeys& owned)
        : present_(std::move(present)), desired_(desired), owned_(owned) {}

    void run(DaemonJson& result) const {
        for (const auto& [key, want] : desired_) {
            const auto have = find_value(present_, key);
            const auto known = owned_.find(key);
            result.owned[key] = known != owned_.end() ? known->second : have;
            change(result, {key, have, want});
        }
        for (const auto& [key, former] : owned_) {
            const auto have = find_value(present_, key);
            if (desired_.contains(key) || !have) continue;  // absent: someone else has removed it already
            change(result, {key, have, former});
        }
    }

private:
    static void change(DaemonJson& result, KeyChange one) {
        if (same_value(one.have, one.want)) return;
        result.changes.push_back(
            {"engine.config." + one.key, display_text(one.have), display_text(one.want)});
        result.keys.push_back(std::move(one));
    }

    JsonKeys present_;
    const JsonKeys& desired_;
    const OwnedKeys& owned_;
};

/// Owns the texts that the members of a changed file point to.
struct NewMember {
    std::string key_text, text;
};

std::string changed_text(std::vector<JsonMember> members, std::span<const KeyChange> changes,
                         const JsonKeys& desired) {
    std::vector<NewMember> texts;
    texts.reserve(changes.size());
    for (const KeyChange& change : changes) {
        const auto at = std::find_if(members.begin(), members.end(),
                                     [&](const JsonMember& member) { return member.key == change.key; });
        if (!change.want) {
            members.erase(at);
            continue;
        }
        const bool is_owned = desired.contains(change.key);
        texts.push_back(
            {quoted(change.key), is_owned ? indented(*change.want, four_blanks, 1) : *change.want});
        const NewMember& text = texts.back();
        if (at != members.end()) at->text = text.text;
        else members.push_back({change.key, text.key_text, text.text});
    }
    return object_text(members, four_blanks) + "\n";
}

/// A reload does not apply features that dockerd reads at its start. It reads only "buildkit" at each use.
bool only_buildkit_changed(const KeyChange& change) {
    const auto without = [](const std::optional<std::string>& json) {
        JsonKeys features;
        if (const auto keys = json ? desired_keys(*json) : JsonKeys{}) features = *keys;
        features.erase("buildkit");
        return features;
    };
    return without(change.have) == without(change.want);
}

}  // namespace

bool is_sensitive(std::string_view text) {
    const bool sets_proxy =
        text.find("-proxy") != std::string_view::npos || text.find("_PROXY") != std::string_view::npos;
    return sets_proxy || can_contain_secret(text);
}

bool can_contain_secret(std::string_view text) {
    const auto has = [&](std::string_view word) { return text.find(word) != std::string_view::npos; };
    const auto url = split_url(text);
    const bool has_user = url && url->rest.find('@') != std::string_view::npos;
    return has_user || has("token") || has("password") || has("secret");
}

Result<JsonKeys> desired_keys(std::string_view config) {
    const auto document = JsonDocument::parse(config);
    if (!document) return document.error();
    const auto members = document->root().members();
    if (!members) return members.error();
    JsonKeys keys;
    for (const auto& [key, value] : *members) {
        if (!value.is(JsonType::null)) keys.emplace(key, value.text());
    }
    return keys;
}

Result<DaemonJson> merge_daemon_json(std::optional<std::string_view> present, const JsonKeys& desired,
                                     const OwnedKeys& owned) {
    DaemonJson result;
    if (present) result.text = std::string(*present);
    if (desired.empty() && owned.empty()) return result;
    const auto document = parse_present(present.value_or(""));
    if (!document) return document.error();

    const auto members = members_of(document->root(), present.value_or(""));
    JsonKeys keys;
    for (const JsonMember& member : members) keys.emplace(member.key, member.text);
    Merge(std::move(keys), desired, owned).run(result);
    result.can_contain_secrets = std::any_of(desired.begin(), desired.end(), [](const auto& key) {
        return key.first == "proxies" || can_contain_secret(key.second);
    });
    if (!result.keys.empty()) result.text = changed_text(members, result.keys, desired);
    return result;
}

Result<> require_readable(std::string_view present) {
    const auto document = parse_present(present);
    if (!document) return document.error();
    return {};
}

bool can_reload(std::span<const KeyChange> keys, std::string_view engine_version) {
    return std::all_of(keys.begin(), keys.end(), [&](const KeyChange& change) {
        const auto edit = change.want ? KeyEdit::set : KeyEdit::removed;
        return is_reloadable(change.key, edit, engine_version) &&
               (change.key != "features" || only_buildkit_changed(change));
    });
}

}  // namespace dockerext::dockerd
