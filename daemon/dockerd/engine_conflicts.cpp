#include "dockerd/engine_conflicts.hpp"

#include "base/json_document.hpp"
#include "dockerd/config_keys.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

namespace dockerext::dockerd {
namespace {

constexpr std::string_view daemon_json_path = "/etc/docker/daemon.json";

/// Pairs of keys with the same meaning. dockerd accepts only one of each pair.
constexpr auto synonyms = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"graph", "data-root"},
    {"host-gateway-ip", "host-gateway-ips"},
});

/// The keys of the file, and who has set each.
class Keys {
public:
    Keys(const JsonCursor& file, const JsonKeys& desired) : keys_(config_keys(file)), desired_(desired) {}

    const std::vector<ConfigKey>& all() const { return keys_; }

    bool is_owned(const ConfigKey& key) const {
        const std::string top = key.pointer.substr(1, key.pointer.find('/', 1) - 1);
        return desired_.contains(top);
    }

    /// "hosts is set by docker.config"
    std::string describe(const ConfigKey& key) const {
        return key.name + " is set by " + std::string(is_owned(key) ? "docker.config" : daemon_json_path);
    }

    const ConfigKey* find(std::string_view name) const {
        const auto found =
            std::find_if(keys_.begin(), keys_.end(), [&](const auto& key) { return key.name == name; });
        return found == keys_.end() ? nullptr : &*found;
    }

private:
    std::vector<ConfigKey> keys_;
    const JsonKeys& desired_;
};

/// Reports each key of the file that the source sets too, once.
void add_option_conflicts(const FlagSource& source, const Keys& keys, std::vector<std::string>& texts) {
    const auto flags = parse_flags(source.arguments);
    std::set<std::size_t> reported;
    for (const OptionConflict& conflict : option_conflicts(flags, keys.all())) {
        if (!reported.insert(conflict.key).second) continue;
        const ConfigKey& key = keys.all()[conflict.key];
        const bool could_add = key.name == "hosts" && keys.is_owned(key) && source.origin == "docker.service";
        texts.push_back(keys.describe(key) + " and by " + source.origin + " (--" + flags[conflict.flag].name +
                        "): dockerd does not start with both; " +
                        (could_add ? "give the addresses in docker.options (-H) instead" : "remove one"));
    }
}

void add_synonyms(const Keys& keys, std::vector<std::string>& texts) {
    for (const auto& [one, other] : synonyms) {
        const ConfigKey* first = keys.find(one);
        const ConfigKey* second = keys.find(other);
        if (first == nullptr || second == nullptr) continue;
        texts.push_back(keys.describe(*first) + ", and the same thing by the name " + keys.describe(*second) +
                        ": dockerd does not start with both; remove one");
    }
}

bool is_local_address(const JsonCursor& host) {
    const auto text = host.string();
    return text && (text->starts_with("unix:") || text->starts_with("fd:"));
}

void add_unreachable(const JsonCursor& file, const Keys& keys, std::vector<std::string>& texts) {
    const ConfigKey* key = keys.find("hosts");
    if (key == nullptr || !keys.is_owned(*key)) return;
    const auto items = (**file.find("hosts")).items();
    if (!items || std::any_of(items->begin(), items->end(), is_local_address)) return;
    texts.push_back(keys.describe(*key) +
                    " without an address on this machine: the engine would be unreachable from here; add "
                    "\"unix:///var/run/docker.sock\" to it");
}

}  // namespace

std::vector<std::string> engine_conflicts(std::span<const FlagSource> flags, std::string_view daemon_json,
                                          const JsonKeys& desired) {
    std::vector<std::string> texts;
    const auto document = JsonDocument::parse(daemon_json.empty() ? "{}" : daemon_json);
    if (!document) return texts;  // merge_daemon_json reports this
    const JsonCursor file = document->root();
    const Keys keys(file, desired);
    for (const FlagSource& source : flags) add_option_conflicts(source, keys, texts);
    add_synonyms(keys, texts);
    add_unreachable(file, keys, texts);
    return texts;
}

}  // namespace dockerext::dockerd
