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

Error broken(const std::string& complaint, std::string_view remedy) {
    return {ErrorKind::invalid_input,
            complaint + "; the file is left unchanged, and the engine settings are not applied: " +
                std::string(remedy)};
}

/// Why dockerd cannot read `text`, and what to do.
Error not_json(std::string_view text, const Error& error) {
    if (JsonDocument::parse(text, JsonDialect::commented)) {
        return broken(error.message(), "remove the comments and trailing commas from daemon.json");
    }
    return broken(error.message(), "fix or remove it");
}

Result<JsonDocument> read_present(std::string_view text) {
    if (text.starts_with("\xEF\xBB\xBF")) {
        return broken("it begins with a byte order mark, which some dockerd versions reject",
                      "save it as UTF-8 without one");
    }
    const bool blank = text.find_first_not_of(" \t\r\n") == std::string_view::npos;
    auto document = JsonDocument::parse(blank ? "{}" : text);
    if (!document) return not_json(text, document.error());
    if (!document->root().is(JsonType::object)) {
        return broken(to_text(document->root().expected("object")), "fix or remove it");
    }
    return document;
}

std::string for_people(const std::optional<std::string>& json) {
    if (!json) return std::string(unset);
    if (may_be_secret(*json)) return "(hidden)";
    const auto document = JsonDocument::parse(*json);
    if (!document) return *json;
    const auto text = document->root().string();
    return text && !text->empty() ? *text : document->root().text();
}

bool same_text(const std::optional<std::string>& one, const std::optional<std::string>& other) {
    if (!one || !other) return one == other;
    const auto document = JsonDocument::parse(*one);
    const auto other_document = JsonDocument::parse(*other);
    if (!document || !other_document) return *one == *other;
    return same_json(document->root(), other_document->root());
}

std::optional<std::string> looked_up(const JsonKeys& keys, const std::string& key) {
    const auto found = keys.find(key);
    return found == keys.end() ? std::nullopt : std::optional(found->second);
}

/// Merges the owned and the wanted keys, in their order.
class Merge {
public:
    Merge(JsonKeys present, const JsonKeys& wanted, const OwnedKeys& owned)
        : present_(std::move(present)), wanted_(wanted), owned_(owned) {}

    void run(DaemonJson& result) const {
        for (const auto& [key, want] : wanted_) {
            const auto have = looked_up(present_, key);
            const auto known = owned_.find(key);
            result.owned[key] = known != owned_.end() ? known->second : have;
            change(result, {key, have, want});
        }
        for (const auto& [key, former] : owned_) {
            const auto have = looked_up(present_, key);
            if (wanted_.contains(key) || !have) continue;  // absent: someone else has removed it already
            change(result, {key, have, former});
        }
    }

private:
    static void change(DaemonJson& result, KeyChange one) {
        if (same_text(one.have, one.want)) return;
        result.changes.push_back({"engine.config." + one.key, for_people(one.have), for_people(one.want)});
        result.keys.push_back(std::move(one));
    }

    JsonKeys present_;
    const JsonKeys& wanted_;
    const OwnedKeys& owned_;
};

/// Owns the texts that the members of a changed file point to.
struct NewMember {
    std::string key_text, text;
};

std::string changed_text(std::vector<JsonMember> members, std::span<const KeyChange> changes,
                         const JsonKeys& wanted) {
    std::vector<NewMember> texts;
    texts.reserve(changes.size());
    for (const KeyChange& change : changes) {
        const auto at = std::find_if(members.begin(), members.end(),
                                     [&](const JsonMember& member) { return member.key == change.key; });
        if (!change.want) {
            members.erase(at);
            continue;
        }
        const bool is_ours = wanted.contains(change.key);
        texts.push_back(
            {quoted(change.key), is_ours ? indented(*change.want, four_blanks, 1) : *change.want});
        const NewMember& text = texts.back();
        if (at != members.end()) at->text = text.text;
        else members.push_back({change.key, text.key_text, text.text});
    }
    return object_text(members, four_blanks) + "\n";
}

/// A reload does not apply features that dockerd reads at its start. It reads only "buildkit" at each use.
bool only_buildkit(const KeyChange& change) {
    const auto without = [](const std::optional<std::string>& json) {
        JsonKeys features;
        if (const auto keys = json ? wanted_keys(*json) : JsonKeys{}) features = *keys;
        features.erase("buildkit");
        return features;
    };
    return without(change.have) == without(change.want);
}

}  // namespace

bool may_be_secret(std::string_view text) {
    const auto has = [&](std::string_view word) { return text.find(word) != std::string_view::npos; };
    const auto url = split_url(text);
    const bool has_user = url && url->rest.find('@') != std::string_view::npos;
    return has_user || has("token") || has("password") || has("secret");
}

Result<JsonKeys> wanted_keys(std::string_view config) {
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

Result<DaemonJson> merge_daemon_json(std::optional<std::string_view> present, const JsonKeys& wanted,
                                     const OwnedKeys& owned) {
    DaemonJson result;
    if (present) result.text = std::string(*present);
    if (wanted.empty() && owned.empty()) return result;
    const auto document = read_present(present.value_or(""));
    if (!document) return document.error();

    const auto members = members_of(document->root(), present.value_or(""));
    JsonKeys keys;
    for (const JsonMember& member : members) keys.emplace(member.key, member.text);
    Merge(std::move(keys), wanted, owned).run(result);
    result.may_hold_secrets = std::any_of(wanted.begin(), wanted.end(), [](const auto& key) {
        return key.first == "proxies" || may_be_secret(key.second);
    });
    if (!result.keys.empty()) result.text = changed_text(members, result.keys, wanted);
    return result;
}

Result<> require_readable(std::string_view present) {
    const auto document = read_present(present);
    if (!document) return document.error();
    return {};
}

bool can_reload(std::span<const KeyChange> keys, std::string_view engine_version) {
    return std::all_of(keys.begin(), keys.end(), [&](const KeyChange& change) {
        const auto fate = change.want ? KeyFate::set : KeyFate::removed;
        return is_reloadable(change.key, fate, engine_version) &&
               (change.key != "features" || only_buildkit(change));
    });
}

}  // namespace dockerext::dockerd
